import * as tf from '@tensorflow/tfjs';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { PredictRows, Rows } from '../patches/predict-loop';
import { onVariableDisposed } from '../patches/variables';
import { kept } from './kept-programs';
import { readyModel } from './run-compiled';

onVariableDisposed((variable) => {
  kept.dropUsersOf(variable);
});

/** Predicts in batches, as tfjs does, each of which is one call of TensorFlow where that is known to be the same. */
export const predictRows: PredictRows = (model, rows, batchSize, run) => {
  const inputs: readonly unknown[] = Array.isArray(rows) ? rows : [rows];
  if (!areRows(model, inputs)) return run(rows, batchSize);
  const count = inputs[0]?.shape[0] ?? 0;
  const ready = readyModel(model, Math.ceil(count / batchSize));
  if (ready === undefined) return run(rows, batchSize);
  return tf.tidy(() => {
    const batches: (readonly Tensor[])[] = [];
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      const some = size === count ? inputs : inputs.map((input) => slice(input, start, size));
      const batch = (): Tensor[] => {
        const results = run(Array.isArray(rows) ? [...some] : (some[0] as Tensor), size);
        return Array.isArray(results) ? results : [results];
      };
      batches.push(ready.runBatch(ready.policy, some, batch));
    }
    return joined(batches);
  });
};

const NO_ROWS: { readonly isDisposed: boolean; readonly shape: readonly number[] } = {
  isDisposed: true,
  shape: [],
};

/** Inputs of the kind that tfjs's loop takes; what it makes of others, it says itself. */
function areRows(model: LayersModel, inputs: readonly unknown[]): inputs is readonly Tensor[] {
  const counts = inputs.map((input): number => {
    const { isDisposed, shape }: typeof NO_ROWS =
      input instanceof tf.Tensor ? (input as Tensor) : NO_ROWS;
    return isDisposed ? 0 : (shape[0] ?? 0);
  });
  const [count = 0] = counts;
  return inputs.length === model.inputs.length && count > 0 && counts.every((one) => one === count);
}

function slice(input: Tensor, start: number, size: number): Tensor {
  const zeros = input.shape.slice(1).map(() => 0);
  return tf.slice(input, [start, ...zeros], [size, ...input.shape.slice(1)]);
}

function joined(batches: readonly (readonly Tensor[])[]): Rows {
  const [first = []] = batches;
  const results = first.map((result, i) =>
    batches.length === 1
      ? result
      : tf.concat(
          batches.map((batch) => batch[i] as Tensor),
          0,
        ),
  );
  return results.length === 1 ? (results[0] as Tensor) : results;
}
