import * as tf from '@tensorflow/tfjs';
import { deviceFacts } from '../../backend/load';
import type { BatchHandlers } from '../../patches/models';
import { floatsOf, onBatch, type NamedData } from './batch';
import { allFinite } from './finite';

/** What a model in `fit` was handed. */
interface FitData {
  readonly whole: readonly NamedData[];
  readonly finite: boolean;
}

const fits = new WeakMap<tf.LayersModel, FitData>();

/**
 * Knows of each step of a model what it trains on. `fit` is handed all data at once, which is looked at
 * once: one number is read back per fit, and none per step while the data is finite. A batch of
 * `fitDataset` or `trainOnBatch` is looked at on a CPU, where ops have run when they return; on a GPU
 * that would wait for the device, so there only where the loss is scaled and gradients are read anyway.
 */
export const batchHandlers: BatchHandlers = {
  step: (model, train) => (tensors) => {
    const data = namedData(model, tensors);
    const fit = fits.get(model);
    const onGpu = deviceFacts().device === 'gpu';
    const finite = fit?.finite ?? (!onGpu && isFinite(data));
    const suspect = !finite && (fit !== undefined || !onGpu);
    const step = (): tf.Tensor[] =>
      onBatch({ data, suspect, whole: fit?.whole }, () => train(tensors));
    // When the step is refused, what it made is let go of.
    return finite ? step() : tf.tidy(step);
  },
  async epochs(model, tensors, run) {
    const whole = namedData(model, tensors);
    fits.set(model, { whole, finite: isFinite(whole) });
    try {
      return await run();
    } finally {
      fits.delete(model);
    }
  },
};

function isFinite(data: readonly NamedData[]): boolean {
  return allFinite(data.map(({ tensor }) => tensor));
}

/** As tfjs orders them: inputs, targets, then sample weights, which may be missing. */
function namedData(
  { inputNames, outputNames }: tf.LayersModel,
  tensors: readonly (tf.Tensor | null | undefined)[],
): NamedData[] {
  const names = [
    ...inputNames.map((name) => `input "${name}"`),
    ...outputNames.map((name) => `target of "${name}"`),
    ...outputNames.map((name) => `sample weights of "${name}"`),
  ];
  return floatsOf(
    tensors.flatMap((tensor, i) => (tensor ? [{ name: names[i] ?? `data ${i}`, tensor }] : [])),
  );
}
