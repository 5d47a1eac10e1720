import * as tf from '@tensorflow/tfjs';
import { energyCallback, type EnergyCallbackOptions } from './energy-callback';
import type { TrainingEnergy } from './training-energy';

export interface EnergyFit {
  readonly history: tf.History;
  readonly energy: TrainingEnergy;
}

/**
 * Trains as `model.fit` does, and gives the joules of each epoch and sample with the history.
 * @throws what `model.fit` throws.
 */
export async function energyPerEpoch(
  model: tf.LayersModel,
  x: Parameters<tf.LayersModel['fit']>[0],
  y: Parameters<tf.LayersModel['fit']>[1],
  args: tf.ModelFitArgs = {},
  options: EnergyCallbackOptions = {},
): Promise<EnergyFit> {
  const callback = energyCallback(options);
  const given = args.callbacks === undefined ? [] : [args.callbacks].flat();
  // tfjs takes either all classes or all plain objects.
  const others = given.map((other) =>
    other instanceof tf.Callback || other instanceof tf.CustomCallback
      ? other
      : new tf.CustomCallback(other as tf.CustomCallbackArgs, args.yieldEvery),
  );
  const callbacks = [callback, ...others] as tf.Callback[];
  const history = await model.fit(x, y, { ...args, callbacks });
  return { history, energy: callback.energy };
}
