import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { SlowProgress } from '../../display/slow-progress';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { createObserver } from '../observers/observers';
import type { Observer } from '../observers/observer';
import type { Range } from '../observers/range';

/** What a model takes at once: a tensor, one per input, or by the names of the inputs. */
export type OnnxInput = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;

/**
 * Example inputs. A tensor of a model with one input is split into batches that it takes; a list of
 * tensors is one per input of a model with several, and batches of one with one input; inputs by name,
 * and lists of them, are run as they are.
 */
export type OnnxCalibration = OnnxInput | readonly OnnxInput[];

/** Observers see batches of at most this many rows where a model takes any number. */
const BATCH_ROWS = 32;

/**
 * The examples as what the model takes at once. Those that were split off are new: `disposeBatches`.
 * @throws HalfnoteError `calibration-empty`.
 */
export function calibrationBatches(model: OnnxModel, examples: OnnxCalibration): OnnxInput[] {
  const { inputs } = model;
  const list: readonly OnnxInput[] =
    Array.isArray(examples) && !(inputs.length > 1 && examples[0] instanceof tf.Tensor)
      ? (examples as readonly OnnxInput[])
      : [examples as OnnxInput];
  const batches = list.flatMap((one) =>
    one instanceof tf.Tensor && inputs.length === 1 ? split(one, inputs[0]?.shape?.[0]) : [one],
  );
  if (batches.length > 0) return batches;
  throw new HalfnoteError(
    'calibration-empty',
    'calibrate has no samples.',
    'Give a few batches of real inputs as `calibrate`.',
  );
}

/** Frees the batches that were split off; the examples stay the caller's. */
export function disposeBatches(batches: readonly OnnxInput[], examples: OnnxCalibration): void {
  const given: readonly unknown[] = [examples].flat();
  for (const batch of batches) {
    if (batch instanceof tf.Tensor && !given.includes(batch)) batch.dispose();
  }
}

/** Into batches of the size that the model fixes, without a last one that isn't whole. */
function split(x: Tensor, fixed: number | string | undefined): Tensor[] {
  const [rows = 0]: readonly number[] = x.shape;
  const size = typeof fixed === 'number' ? fixed : BATCH_ROWS;
  if (x.rank === 0 || rows <= size) return rows === 0 && x.rank > 0 ? [] : [x];
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, i) => i * size);
  const whole = typeof fixed === 'number' ? starts.filter((from) => from + size <= rows) : starts;
  return whole.map((from) => tf.slice(x, from, Math.min(size, rows - from)));
}

/**
 * Runs the float model on the examples, and says in which range each value was. Values that aren't
 * float32 have none.
 * @throws HalfnoteError `calibration-mismatch`, `calibration-empty`, `calibration-not-finite`.
 */
export async function observeRanges(
  graph: ForeignGraph,
  model: OnnxModel,
  values: readonly string[],
  examples: OnnxCalibration,
  observerName: string,
): Promise<ReadonlyMap<string, Range>> {
  const inputs = new Set(graph.inputs);
  const inner = values.filter((name) => !inputs.has(name) && !graph.outputs.includes(name));
  const batches = calibrationBatches(model, examples);
  const watched = await loadOnnx(graph.encode(inner)).catch((error: unknown) => {
    disposeBatches(batches, examples);
    throw error;
  });
  const observers = new Map<string, Observer>();
  const wanted = new Set(values);
  const watch = (name: string, data: Float32Array): void => {
    if (!wanted.has(name)) return;
    checkFinite(name, data, inputs.has(name));
    const observer = observers.get(name) ?? createObserver(observerName);
    observers.set(name, observer);
    observer.observe(data);
  };
  const progress = new SlowProgress(`Calibrating ${model.source}`, batches.length);
  try {
    for (const batch of batches) {
      const results = await watched.run(batch).catch(asMismatch);
      for (const [name, tensor] of watched.named(batch)) {
        if (tensor.dtype === 'float32') watch(name, tensor.dataSync<'float32'>());
      }
      for (const [name, { type, data }] of Object.entries(results)) {
        if (type === 'float32') watch(name, data as Float32Array);
      }
      await progress.advanceAndYield();
    }
  } finally {
    await watched.dispose();
    disposeBatches(batches, examples);
  }
  const ranges = new Map<string, Range>();
  for (const [name, observer] of observers) {
    const range = observer.range();
    if (range !== undefined) ranges.set(name, range);
  }
  return ranges;
}

/** The same reason, but of the examples. */
function asMismatch(error: unknown): never {
  if (!(error instanceof HalfnoteError) || error.code === 'onnxruntime-refused') throw error;
  throw new HalfnoteError('calibration-mismatch', `calibrate: ${error.message}`, undefined, {
    cause: error,
  });
}

function checkFinite(name: string, data: Float32Array, isInput: boolean): void {
  const index = data.findIndex((x) => !Number.isFinite(x));
  if (index < 0) return;
  throw new HalfnoteError(
    'calibration-not-finite',
    `${isInput ? `calibrate, for the input '${name}',` : `The value '${name}'`} is ${data[index] ?? NaN} at element ${index}; ranges can be taken of finite numbers only.`,
    isInput
      ? 'Remove such samples from `calibrate`, or mend them.'
      : 'The float model itself gives this for the calibration data: leave out the node by `exclude`, or mend the data.',
  );
}
