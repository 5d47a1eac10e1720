import * as tf from '@tensorflow/tfjs';
import { deviceFacts } from '../../backend/load';
import { floatsOf, onBatch, type NamedData } from './batch';
import { allFinite } from './finite';

type TrainFunction = (data: (tf.Tensor | null | undefined)[]) => unknown;
type FitLoop = (
  this: tf.LayersModel,
  train: unknown,
  data: (tf.Tensor | null | undefined)[],
  ...rest: unknown[]
) => Promise<unknown>;

/** The parts of tfjs's models that aren't in its types. */
interface Trainable {
  makeTrainFunction: (this: tf.LayersModel) => TrainFunction;
  fitLoop: FitLoop;
}

/** Models in `fit`, and whether all of their data is finite. */
const finiteFits = new WeakMap<tf.LayersModel, boolean>();

/**
 * Knows of each step of a model what it trains on. `fit` is handed all data at once, which is looked at
 * once: one number is read back per fit, and none per step while the data is finite. A batch of
 * `fitDataset` or `trainOnBatch` is looked at on a CPU, where ops have run when they return; on a GPU
 * that would wait for the device, so there only where the loss is scaled and gradients are read anyway.
 */
export function watchBatches(): void {
  const prototype = tf.LayersModel.prototype as unknown as Trainable;
  const { makeTrainFunction, fitLoop } = prototype;
  prototype.makeTrainFunction = function () {
    const train = makeTrainFunction.call(this);
    return (tensors) => {
      const data = namedData(this, tensors);
      const finite = finiteFits.get(this) ?? (deviceFacts().device === 'gpu' || isFinite(data));
      return onBatch({ data, suspect: !finite }, () => train(tensors));
    };
  };
  prototype.fitLoop = async function (train, tensors, ...rest) {
    finiteFits.set(this, isFinite(namedData(this, tensors)));
    try {
      return await fitLoop.call(this, train, tensors, ...rest);
    } finally {
      finiteFits.delete(this);
    }
  };
}

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
