import type { Metric } from '../../models/score';
import type { DeviceFacts } from '../../backend/contract';
import { ensureBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { checkGroups, type GroupedLayer } from '../../graph/check-groups';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import { fingerprint } from '../../models/fingerprint';
import { inFloat } from '../../graph/in-float';
import { fuseGraph } from '../../graph/fuse';
import { type ByKind, OnnxModel } from '../../export/onnx/onnx-model';
import { onnxSensitivity, type OnnxSensitivityOptions } from '../onnx/sensitivity';
import type { FusedGraph } from '../../graph/fused-graph';
import { readModel } from '../../graph/read-model';
import type { ModelGraph } from '../../models/model-graph';
import type { WeightFormat } from '../../graph/quantized-graph';
import { outputChannels } from '../../integer/product';
import { linearNodes } from '../repair/float-graph';
import { INT8, type IntegerRange } from '../../integer/affine';
import { about } from '../../display/variable-name';
import { SlowProgress } from '../../display/slow-progress';
import { ruleOf } from '../../graph/scale-rules';
import {
  decodeWeights,
  encodeWeights,
  isBlockFormat,
  usualGranularity,
} from '../../graph/weight-codes';
import { addBatch, referenceOf, sqnrDb, type Sums, testOf, zeroSums } from './metrics';
import {
  batchesOf,
  type SensitivityOptions,
  type SensitivitySettings,
  settleSensitivity,
} from './settings';
import type { SensitivityResult, SensitivityRow } from './result';
import { allWeights, BatchTrial, disposeWeights, type Kernels } from './trial';
import { fixedBytes, keptBytes, type LayerUnit, layerUnits } from './units';
import { LayerSensitivity } from './view';

/** A float model's layers with their weights rounded in each format. */
export interface Measurable {
  readonly graph: FusedGraph;
  readonly units: readonly LayerUnit[];
  readonly settings: SensitivitySettings;
  readonly facts: DeviceFacts;
}

/**
 * Quantizes the weights of one layer at a time, in each format, with all else in float, and measures
 * what that does to the outputs. The model is not changed or copied: kernels are swapped, and only
 * the layers after a swap run again. Of what `loadOnnx` gave: see {@link onnxSensitivity}.
 *
 * @throws HalfnoteError `unsupported-model`, `no-linear-layers`, `unknown-weight-format`,
 *   `unknown-metric`, `no-formats`, `data-missing`, `data-mismatch`, `invalid-group`.
 */
export function layerSensitivity<M extends FloatModel | OnnxModel>(
  source: M,
  options: ByKind<M, SensitivityOptions, OnnxSensitivityOptions>,
): Promise<LayerSensitivity>;
export async function layerSensitivity(
  source: FloatModel | OnnxModel,
  options: SensitivityOptions | OnnxSensitivityOptions,
): Promise<LayerSensitivity> {
  if (source instanceof OnnxModel)
    return onnxSensitivity(source, options as OnnxSensitivityOptions);
  const model = asLayersModel(source, 'layerSensitivity');
  const settings = settleSensitivity(model, options, 'layerSensitivity');
  const facts = await ensureBackend();
  const read = readModel(model);
  const graph = fuseGraph(read);
  const units = quantizableUnits(graph, read.graph);
  const result = await measureUnits({ graph, units, settings, facts });
  const identified = { ...result, fingerprint: fingerprint(model, settings.data) };
  return about(new LayerSensitivity(identified), { model: source });
}

/** @throws HalfnoteError `no-linear-layers`. */
export function quantizableUnits(graph: FusedGraph, model: ModelGraph): LayerUnit[] {
  const units = layerUnits(graph, model);
  if (units.length > 0) return units;
  throw new HalfnoteError(
    'no-linear-layers',
    `Model '${graph.name}' has no layer whose weights can be quantized: it is made of ${graph.nodes.map(({ kind }) => kind).join(', ')}.`,
    'Dense, convolution and depthwise layers can.',
  );
}

/** Each unit in each format. */
export async function measureUnits(
  measurable: Measurable,
  int8: IntegerRange = INT8,
): Promise<SensitivityResult> {
  const { graph, units, settings } = measurable;
  const { formats, metric, scorer } = settings;
  const { granularity } = settings;
  const hasGroups = !formats.every(isBlockFormat);
  if (typeof granularity === 'object' && hasGroups) checkGroups(grouped(units, granularity.group));
  const trials = units.flatMap((unit) =>
    formats.map((format) => ({
      unit,
      format,
      ...roundedUnit(unit, format, measurable, int8),
    })),
  );
  const label = `Sensitivity of ${graph.name}`;
  const { sums, reference } = await tryKernels(measurable, trials, label);
  const score = reference.score / reference.rows;
  const rows = trials.map(({ unit, format, bytes }, i): SensitivityRow => {
    const own = sums[i] ?? zeroSums();
    const scored = own.score / own.rows;
    return {
      layer: unit.layer,
      kind: unit.kind,
      format,
      weights: unit.weights,
      bytes,
      floatBytes: unit.floatBytes,
      unfoldedBytes: unit.unfoldedBytes,
      ...figures(own, scored, score, scorer.metric),
    };
  });
  const { name: model } = graph;
  const scoreMetric = scorer.metric;
  return {
    ...{ model, metric, scoreMetric, score, samples: reference.rows, formats, rows },
    fixedBytes: fixedBytes(graph),
  };
}

function grouped(units: readonly LayerUnit[], group: number): GroupedLayer[] {
  return units.flatMap(({ layer, nodes }) =>
    nodes.map(({ op }) => ({ layer, depth: op.kernel.length / op.bias.length, group })),
  );
}

/** What sums over all rows say, against the float model's score. */
export function figures(
  sums: Sums,
  score: number,
  floatScore: number,
  metric: Metric,
): Pick<SensitivityRow, 'sqnrDb' | 'relativeNoise' | 'kl' | 'score' | 'drop' | 'scoreTest'> {
  const worse = metric === 'accuracy' ? floatScore - score : score - floatScore;
  const isScored = metric !== 'none';
  const scoreTest = testOf(sums, metric);
  return {
    sqnrDb: sqnrDb(sums),
    relativeNoise: sums.noise / sums.signal,
    kl: sums.divergence / sums.rows,
    score: isScored ? score : NaN,
    drop: isScored ? worse : NaN,
    ...(scoreTest !== undefined && { scoreTest }),
  };
}

/** A unit's kernels as they are after rounding, and the bytes that they take: each call has its own. */
function roundedUnit(
  { nodes }: LayerUnit,
  format: WeightFormat,
  { settings, facts }: Pick<Measurable, 'settings' | 'facts'>,
  int8: IntegerRange,
): { kernels: Kernels; bytes: number } {
  const { granularity = usualGranularity(format), scaleRule } = settings;
  const rule = ruleOf(format, scaleRule);
  const kernels = new Map<string, Float32Array>();
  let bytes = 0;
  for (const { op, id, fused } of nodes) {
    const scheme = { format, granularity, rule, int8 };
    const weights = encodeWeights(op.kernel, outputChannels(op.geometry), scheme, fused[0] ?? id);
    kernels.set(id, decodeWeights(weights));
    bytes += keptBytes({ ...op, weights }, facts);
  }
  return { kernels, bytes };
}

/** Runs the data with each set of kernels; sums per set, and those of the float model itself. */
async function tryKernels(
  { graph, settings }: Omit<Measurable, 'facts'>,
  trials: readonly { readonly kernels: Kernels }[],
  label?: string,
): Promise<{ sums: Sums[]; reference: Sums }> {
  const { data, batchSize, scorer } = settings;
  const sums = trials.map(zeroSums);
  const reference = zeroSums();
  const [first] = [data.x].flat();
  const batches = Math.ceil((first?.shape[0] ?? 0) / batchSize);
  const progress =
    label === undefined ? undefined : new SlowProgress(label, batches * trials.length);
  const run = async (): Promise<void> => {
    const weights = allWeights(linearNodes(graph));
    try {
      for (const { inputs, labels } of batchesOf(data, batchSize)) {
        const trial = new BatchTrial(graph, weights, inputs);
        try {
          const expected = referenceOf(trial.outputs, labels, scorer);
          addBatch(reference, expected, trial.outputs, scorer);
          for (const [i, { kernels }] of trials.entries()) {
            trial.with(kernels, (outputs) => {
              addBatch(sums[i] ?? zeroSums(), expected, outputs, scorer);
            });
            progress?.advance();
            await new Promise(setImmediate);
          }
        } finally {
          trial.dispose();
        }
      }
    } finally {
      disposeWeights(weights);
    }
  };
  await inFloat(run);
  return { sums, reference };
}
