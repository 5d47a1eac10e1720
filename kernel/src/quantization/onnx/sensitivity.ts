import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { about } from '../../display/variable-name';
import { SlowProgress } from '../../display/slow-progress';
import { HalfnoteError } from '../../errors';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { readForeign } from '../../export/onnx/foreign/read-foreign';
import { upgradeOpset } from '../../export/onnx/foreign/upgrade-opset';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { INTEGER_WEIGHT_FORMATS } from '../../formats/names';
import type { WeightFormat, WeightName } from '../../formats/uses';
import { weightFormatNamed } from '../../formats/weight-names';
import { ruleOf, type WeightScaleRule } from '../../graph/scale-rules';
import { packedWeightBytes } from '../../graph/weight-bytes';
import {
  decodeWeights,
  encodeWeights,
  usualGranularity,
  type WeightGranularity,
} from '../../graph/weight-codes';
import { INT8 } from '../../integer/affine';
import { sqnrDb } from '../sensitivity/metrics';
import type { SensitivityRow } from '../sensitivity/result';
import { LayerSensitivity } from '../sensitivity/view';
import { calibrationBatches, disposeBatches, type OnnxCalibration } from './calibrate';
import { foldIntoProducts } from './fold-into-products';
import { foldConstants } from './fold-constants';
import { refuseOthers } from './options';
import { checkFinite, countOf, findProducts, type Product } from './products';
import { inWeightOrder, matrixOf, valuesOf } from './weight-codes';

export interface OnnxSensitivityOptions {
  /** Formats of weights to try. Default `int8`, `int4`, `int3`, `int2`. */
  readonly formats?: readonly WeightName[];
  /** Inputs, as `calibrate` of `quantize` takes them. */
  readonly data: { readonly x: OnnxCalibration };
  /** `sqnr`: of the outputs. What ONNX Runtime gives are no classes with labels. */
  readonly metric?: 'sqnr';
  readonly granularity?: WeightGranularity;
  readonly scaleRule?: WeightScaleRule;
}

/**
 * Rounds the weights of one product of an ONNX model at a time, in each format, with all else in float.
 * ONNX Runtime takes the weights as inputs, so that nothing is loaded anew for a trial.
 * @throws HalfnoteError `onnx-opset`, `invalid-option`, `unknown-weight-format`, `unsupported-mode` for another metric than
 *   `sqnr`, `no-linear-layers`, `not-finite`, `invalid-group`, `data-missing`, `calibration-...`.
 */
export async function onnxSensitivity(
  model: OnnxModel,
  options: OnnxSensitivityOptions,
): Promise<LayerSensitivity> {
  const { formats, data } = checked(options);
  const graph = await readForeign(model);
  upgradeOpset(graph);
  await foldConstants(graph);
  foldIntoProducts(graph);
  const units = unitsOf(graph);
  for (const unit of units) checkFinite(unit, graph);
  const batches = calibrationBatches(model, data.x);
  const floats = new Map(units.map((unit) => [unit.weight, weightOf(unit, graph)]));
  const progress = new SlowProgress(`Sensitivity of ${model.source}`, units.length);
  let open: OnnxModel | undefined;
  try {
    open = await loadOnnx(
      graph.encodeOpen(units.map(({ weight, shape }) => ({ name: weight, shape }))),
      { source: model.source },
    );
    const trials = new Trials(open, batches, floats);
    const expected = await trials.run();
    const rows: SensitivityRow[] = [];
    for (const unit of units) {
      for (const format of formats) {
        const { values, bytes } = rounded(unit, format, graph, options);
        const noise = noiseOf(expected, await trials.run({ name: unit.weight, values }));
        rows.push({ ...figuresOf(unit, format, noise), bytes });
      }
      await progress.advanceAndYield(unit.name);
    }
    const samples = batches.reduce((sum, batch) => sum + rowsIn(model, batch), 0);
    const unscored = { metric: 'sqnr', scoreMetric: 'none', score: NaN } as const;
    const result = { model: model.source, ...unscored, samples, formats, rows };
    return about(new LayerSensitivity(result), { model });
  } finally {
    await open?.dispose();
    tf.dispose([...floats.values()]);
    disposeBatches(batches, data.x);
  }
}

interface Checked {
  readonly formats: readonly WeightFormat[];
  readonly data: OnnxSensitivityOptions['data'];
}

const ALLOWED = {
  formats: true,
  data: true,
  metric: true,
  granularity: true,
  scaleRule: true,
} as const satisfies Record<keyof OnnxSensitivityOptions, true>;

function checked(options: OnnxSensitivityOptions): Checked {
  refuseOthers(options, ALLOWED, "The sensitivity of an ONNX model can't be measured with");
  const { formats = INTEGER_WEIGHT_FORMATS } = options;
  // JavaScript can leave anything out.
  const { data } = options as Partial<OnnxSensitivityOptions>;
  const { metric }: { readonly metric?: string } = options;
  const named = formats.map((format) => weightFormatNamed(format));
  if (data === undefined) {
    throw new HalfnoteError(
      'data-missing',
      'layerSensitivity() measures on data, and was given none.',
      'Pass inputs as `data: {x}`.',
    );
  }
  refuseOthers(
    data,
    { x: true },
    'The outputs of an ONNX model are scored against no labels: no use for',
  );
  if (metric !== undefined && metric !== 'sqnr') {
    throw new HalfnoteError(
      'unsupported-mode',
      `The metric '${metric}' is for models of tfjs, whose first output has a class a row; allowed for an ONNX model is sqnr.`,
    );
  }
  return { formats: [...new Set(named)], data };
}

/** The products, one for each weight. */
function unitsOf(graph: ForeignGraph): readonly Product[] {
  const { products, kept } = findProducts(graph);
  const units = new Map<string, Product>();
  for (const product of products) {
    if (!units.has(product.weight)) units.set(product.weight, product);
  }
  if (units.size > 0) return [...units.values()];
  const reasons = [...new Set(kept.map(({ op, reason }) => `${op}: ${reason}`))].join('; ');
  throw new HalfnoteError(
    'no-linear-layers',
    `'${graph.source}' has no product whose weights can be quantized${reasons && `: ${reasons}`}.`,
  );
}

function weightOf({ weight, shape }: Product, graph: ForeignGraph): Tensor {
  return tf.tensor(valuesOf(graph.constant(weight)), [...shape]);
}

/** The float32 outputs of each batch. */
type Outputs = readonly (readonly Float32Array[])[];

class Trials {
  constructor(
    private readonly open: OnnxModel,
    private readonly batches: ReturnType<typeof calibrationBatches>,
    private readonly floats: ReadonlyMap<string, Tensor>,
  ) {}

  /** Runs all batches, with one weight replaced. */
  async run(swap?: { readonly name: string; readonly values: Tensor }): Promise<Outputs> {
    const weights = Object.fromEntries(this.floats);
    const outputs: (readonly Float32Array[])[] = [];
    const own = this.open.inputs.filter(({ name }) => !this.floats.has(name));
    try {
      for (const batch of this.batches) {
        const given =
          batch instanceof tf.Tensor || Array.isArray(batch)
            ? Object.fromEntries([batch].flat().map((x, i) => [own[i]?.name ?? '', x as Tensor]))
            : (batch as Readonly<Record<string, Tensor>>);
        const changed = swap === undefined ? {} : { [swap.name]: swap.values };
        const results = await this.open.run({ ...given, ...weights, ...changed });
        outputs.push(
          Object.values(results).flatMap(({ type, data }) =>
            type === 'float32' ? [data as Float32Array] : [],
          ),
        );
      }
      return outputs;
    } finally {
      swap?.values.dispose();
    }
  }
}

function rounded(
  unit: Product,
  format: WeightFormat,
  graph: ForeignGraph,
  { granularity, scaleRule }: OnnxSensitivityOptions,
): { readonly values: Tensor; readonly bytes: number } {
  const { values, channels } = matrixOf(unit, graph);
  const usual = granularity ?? usualGranularity(format);
  const shared = unit.axis === undefined ? 'per-tensor' : usual;
  const scheme = { format, granularity: shared, rule: ruleOf(format, scaleRule), int8: INT8 };
  const codes = encodeWeights(values, channels, scheme, unit.name);
  return {
    values: tf.tensor(inWeightOrder(decodeWeights(codes), unit), [...unit.shape]),
    bytes: packedWeightBytes(codes),
  };
}

function noiseOf(expected: Outputs, actual: Outputs): { signal: number; noise: number } {
  let [signal, noise] = [0, 0];
  expected.forEach((outputs, batch) => {
    outputs.forEach((values, output) => {
      const others = actual[batch]?.[output] ?? new Float32Array();
      values.forEach((value, i) => {
        signal += value * value;
        noise += (value - (others[i] ?? NaN)) ** 2;
      });
    });
  });
  return { signal, noise };
}

function figuresOf(
  { name, op, shape }: Product,
  format: WeightFormat,
  { signal, noise }: { readonly signal: number; readonly noise: number },
): Omit<SensitivityRow, 'bytes'> {
  const weights = countOf(shape);
  return {
    layer: name,
    kind: op,
    format,
    weights,
    floatBytes: 4 * weights,
    sqnrDb: sqnrDb({ signal, noise }),
    relativeNoise: noise / signal,
    kl: NaN,
    score: NaN,
    drop: NaN,
  };
}

function rowsIn(model: OnnxModel, batch: ReturnType<typeof calibrationBatches>[number]): number {
  const [first] = model.named(batch).values();
  return first?.shape[0] ?? 1;
}
