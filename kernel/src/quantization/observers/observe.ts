import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { placeOf } from '../../graph/check-weights';
import type { Observer } from './observer';
import { createObserver } from './observers';
import { ACTIVATION_SCALES, type ActivationScale, type AffineParams } from '../../integer/affine';
import type { FusedGraph } from '../../graph/fused-graph';
import { keepsCodes, sharedCodes } from '../../graph/integer-values';
import type { ValueId } from '../../models/model-graph';
import { FusedRunner } from '../../graph/run-fused';

export interface Observation {
  /** Scale and zero point of each value that was to be observed. */
  readonly params: ReadonlyMap<ValueId, AffineParams>;
  /** The largest absolute value of each that was to be measured only. */
  readonly largest: ReadonlyMap<ValueId, number>;
  readonly notes: readonly string[];
}

export interface ObserveOptions {
  /** How a range becomes scale and zero point. Default `range`. */
  readonly scale?: ActivationScale;
  /** Values whose range is wanted, but that stay in float. */
  readonly measured?: ReadonlySet<ValueId>;
  /** Called after each batch. */
  readonly onBatch?: () => void | Promise<void>;
}

/**
 * Runs batches, each one tensor per input, through the graph and says how `values` are to be
 * quantized. Only histograms are kept from one batch to the next; `onBatch` is called after each.
 * @throws HalfnoteError `calibration-not-finite`, `calibration-empty`.
 */
export async function observe(
  graph: FusedGraph,
  values: ReadonlySet<ValueId>,
  batches: Iterable<readonly Tensor[]>,
  observerName: string,
  { scale = 'range', measured = new Set(), onBatch = () => undefined }: ObserveOptions = {},
): Promise<Observation> {
  const makers = new Map(graph.nodes.map((node) => [node.output, node]));
  const observers = new Map<ValueId, Observer>();
  for (const id of values) {
    const maker = makers.get(id);
    if (maker === undefined || !keepsCodes(maker)) observers.set(id, createObserver(observerName));
  }
  const floats = new Map<ValueId, Observer>();
  for (const id of measured) floats.set(id, createObserver(observerName));
  const runner = new FusedRunner(graph);
  try {
    for (const batch of batches) {
      const outputs = runner.run(batch, (id, tensor) => {
        const observer = observers.get(id);
        const isInput = !makers.has(id) && tensor.dtype === 'float32';
        const float = floats.get(id);
        if (observer === undefined && float === undefined && !isInput) return;
        const data = Float32Array.from(tensor.dataSync());
        checkFinite(id, makers.get(id)?.id, tensor, data);
        observer?.observe(data);
        float?.observe(data);
      });
      for (const output of outputs) output.dispose();
      await onBatch();
    }
  } finally {
    runner.dispose();
  }
  const largest = new Map(Array.from(floats, ([id, seen]) => [id, largestOf(id, seen)]));
  return { ...settle(sharedCodes(graph, values), observers, scale), largest };
}

function largestOf(id: ValueId, observer: Observer): number {
  const range = observer.range();
  if (range === undefined) throw nothingSeen(id);
  return Math.max(Math.abs(range.min), Math.abs(range.max));
}

function nothingSeen(id: ValueId): HalfnoteError {
  return new HalfnoteError(
    'calibration-empty',
    `No values reached '${id}' during calibration.`,
    'Give a few batches of real inputs as `calibrate`.',
  );
}

/**
 * For what is 0 throughout: the least scale that PyTorch's observers give. Products add their bias in
 * steps of their input times their weights: of a large one much of the bias would be rounded away.
 */
const ONLY_ZERO: AffineParams = { scale: 2 ** -23, zeroPoint: 0 };

/** One scale and zero point for all that share codes: of the range that holds all their ranges. */
function settle(
  leaders: ReadonlyMap<ValueId, ValueId>,
  observers: ReadonlyMap<ValueId, Observer>,
  scale: ActivationScale,
): Omit<Observation, 'largest'> {
  const ranges = new Map<ValueId, { min: number; max: number }>();
  const notes: string[] = [];
  for (const [id, observer] of observers) {
    const range = observer.range();
    if (range === undefined) {
      throw nothingSeen(id);
    }
    if (range.min === 0 && range.max === 0) {
      notes.push(`'${id}' is 0 throughout the calibration data: its codes can hold nothing else.`);
    }
    const leader = leaders.get(id) ?? id;
    const others = ranges.get(leader) ?? range;
    ranges.set(leader, {
      min: Math.min(range.min, others.min),
      max: Math.max(range.max, others.max),
    });
  }
  const params = new Map<ValueId, AffineParams>();
  for (const [id, leader] of leaders) {
    const { min, max } = ranges.get(leader) ?? { min: 0, max: 0 };
    params.set(id, min === 0 && max === 0 ? ONLY_ZERO : ACTIVATION_SCALES[scale](min, max));
  }
  return { params, notes };
}

function checkFinite(
  id: ValueId,
  layer: string | undefined,
  { shape }: Tensor,
  data: Float32Array,
): void {
  const index = data.findIndex((x) => !Number.isFinite(x));
  if (index < 0) return;
  const place = placeOf(index, shape).join(', ');
  const where =
    layer === undefined ? `calibrate, for input '${id}',` : `The output of layer '${layer}'`;
  throw new HalfnoteError(
    'calibration-not-finite',
    `${where} is ${data[index] ?? NaN} at [${place}]; ranges can be taken of finite numbers only.`,
    layer === undefined
      ? 'Remove such samples from `calibrate`, or mend them.'
      : 'The float model itself gives this for the calibration data: mend it first.',
  );
}
