import type * as tf from '@tensorflow/tfjs';
import { loadavg } from 'node:os';
import type { DeviceFacts } from '../../backend/contract';
import { ensureBackend } from '../../backend/load';
import { about } from '../../display/variable-name';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import { quickFingerprint } from '../../models/fingerprint';
import type { FloatModel } from '../../models/graph-model';
import { walkLayers } from '../../models/walk';
import { withoutStates } from '../cost/count-operations';
import { checkBatchSize } from '../cost/batch-size';
import { costOf } from '../cost/model-cost';
import type { LayerCost, ModelCostResult } from '../cost/result';
import { checkRooflineFormats, type RooflineFormat } from './formats';
import { timeLayers } from './layer-times';
import { measureRoofs } from './machine';
import type { Roof, RooflinePoint } from './result';
import { Roofline } from './view';

export interface RooflineOptions {
  /** Samples in a batch. Default 32, or the batch that the model is built for. */
  readonly batchSize?: number;
  /** Default fp32, bf16 and int8. */
  readonly formats?: readonly RooflineFormat[];
}

const DEFAULT_BATCH = 32;
const DEFAULT_FORMATS = ['fp32', 'bf16', 'int8'] as const;

/**
 * Is a layer bound by computing or by memory? For each format, the FLOP/s and the memory bandwidth of this
 * machine are measured, which are the roof that a layer's FLOP per byte puts above it; each layer is then
 * timed under it. In int8, whose kernels are a quantized model's own, and on a GPU layers are not timed one
 * by one: the roof is what is modelled for them. A format that is simulated here has no roof. The whole
 * takes some seconds.
 *
 * @throws HalfnoteError `unsupported-model`, `invalid-batch-size`, `unknown-format`, `unknown-shape`.
 */
export async function roofline(
  source: FloatModel,
  options: RooflineOptions = {},
): Promise<Roofline> {
  const { formats = DEFAULT_FORMATS } = options;
  const model = asLayersModel(source, 'roofline');
  checkRooflineFormats(formats);
  const batchSize = batchSizeFor(model, options.batchSize);
  const facts = await ensureBackend();
  const costs: ModelCostResult[] = [];
  for (const format of formats) {
    costs.push(await costOf(model, { batchSize, format }, 'roofline'));
  }
  const loadBefore = loadavg()[0] ?? 0;
  const roofs = measureRoofs(formats, facts);
  const points = await withoutStates(model, (timed) =>
    roofs.flatMap((roof, i) =>
      pointsOf(costs[i]?.layers ?? [], roof, layerTimes(timed, batchSize, roof, facts)),
    ),
  );
  const layers = costs[0]?.layers ?? [];
  const found = new Roofline({
    model: model.name,
    fingerprint: quickFingerprint(model),
    batchSize,
    device: facts.deviceName,
    threads: facts.threads,
    loadBefore,
    roofs,
    points,
    others: layers.filter(({ forwardFlops }) => forwardFlops === 0).length,
  });
  // What is proposed is another batch, which a model that is built for one doesn't take.
  const isOpen = (model.inputs[0]?.shape[0] ?? null) === null;
  return about(found, { model: isOpen ? source : undefined });
}

/** That of the model, where it is built for one. */
function batchSizeFor(model: tf.LayersModel, given: number | undefined): number {
  const fixed = model.inputs[0]?.shape[0] ?? undefined;
  const batchSize = checkBatchSize(given ?? fixed ?? DEFAULT_BATCH);
  if (fixed === undefined || batchSize === fixed) return batchSize;
  throw new HalfnoteError(
    'invalid-batch-size',
    `batchSize is ${batchSize}, but '${model.name}' is built for batches of ${fixed}.`,
  );
}

/** Seconds of each layer by name; none where they can't be told. */
function layerTimes(
  model: tf.LayersModel,
  batchSize: number,
  { format, peakFlopPerS }: Roof,
  { device }: DeviceFacts,
): ReadonlyMap<string, number> {
  if (peakFlopPerS === null || device === 'gpu' || format === 'int8' || format === 'int4') {
    return new Map();
  }
  const found = walkLayers(model);
  const rows = new Set(found.map(({ layer }) => layer));
  const times = timeLayers(model, rows, { batchSize, format });
  return new Map(found.map(({ name, layer }) => [name, times.get(layer) ?? 0]));
}

/** The layers that multiply, under a roof. */
export function pointsOf(
  layers: readonly LayerCost[],
  { format, peakFlopPerS, bandwidthBytePerS }: Roof,
  seconds: ReadonlyMap<string, number>,
): RooflinePoint[] {
  if (peakFlopPerS === null || bandwidthBytePerS === null) return [];
  return layers
    .filter(({ intensityFlopPerByte }) => intensityFlopPerByte !== null)
    .map(({ name, kind, forwardFlops, intensityFlopPerByte }, i): RooflinePoint => {
      const intensity = intensityFlopPerByte ?? 0;
      const slope = bandwidthBytePerS * intensity;
      const time = seconds.get(name) ?? 0;
      return {
        number: i + 1,
        name,
        kind,
        format,
        intensityFlopPerByte: intensity,
        attainableFlopPerS: Math.min(peakFlopPerS, slope),
        measuredFlopPerS: time > 0 ? forwardFlops / time : null,
        bound: slope < peakFlopPerS ? 'memory' : 'compute',
      };
    });
}
