import type * as tf from '@tensorflow/tfjs';
import { loadavg } from 'node:os';
import type { DeviceFacts } from '../../backend/contract';
import { ensureBackend } from '../../backend/load';
import { walkLayers } from '../../models/walk';
import { checkBatchSize, costOf } from '../cost/model-cost';
import type { LayerCost, ModelCostResult } from '../cost/result';
import { checkRooflineFormats, type RooflineFormat } from './formats';
import { timeLayers } from './layer-times';
import { measureRoofs } from './machine';
import type { Roof, RooflinePoint } from './result';
import { Roofline } from './view';

export interface RooflineOptions {
  /** Samples in a batch. Default 32. */
  readonly batchSize?: number;
  /** Default fp32, bf16 and int8. */
  readonly formats?: readonly RooflineFormat[];
}

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
  model: tf.LayersModel,
  options: RooflineOptions = {},
): Promise<Roofline> {
  const { batchSize: given = 32, formats = DEFAULT_FORMATS } = options;
  const batchSize = checkBatchSize(given);
  checkRooflineFormats(formats);
  const facts = await ensureBackend();
  const costs: ModelCostResult[] = [];
  for (const format of formats) {
    costs.push(await costOf(model, { batchSize, format }, 'roofline'));
  }
  const loadBefore = loadavg()[0] ?? 0;
  const roofs = measureRoofs(formats, facts);
  const points = roofs.flatMap((roof, i) =>
    pointsOf(costs[i]?.layers ?? [], roof, layerTimes(model, batchSize, roof, facts)),
  );
  const layers = costs[0]?.layers ?? [];
  return new Roofline({
    model: model.name,
    batchSize,
    device: facts.deviceName,
    threads: facts.threads,
    loadBefore,
    roofs,
    points,
    others: layers.filter(({ forwardFlops }) => forwardFlops === 0).length,
  });
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
