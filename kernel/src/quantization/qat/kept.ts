import type * as tf from '@tensorflow/tfjs';

/** Where a model's own metadata, which is saved with it, says what was left in float. */
const KEY = 'halfnoteQat';

/** Notes in the model which layers were left in float, and why. */
export function noteKept(model: tf.LayersModel, reasons: Readonly<Record<string, string>>): void {
  model.setUserDefinedMetadata({ ...model.getUserDefinedMetadata(), [KEY]: reasons });
}

/** The reasons by the layer's id. */
export function keptLayers(model: tf.LayersModel): Readonly<Record<string, string>> {
  // Undefined in a model without any, whatever the types say.
  const metadata = model.getUserDefinedMetadata() as Record<string, unknown> | undefined;
  return (metadata?.[KEY] ?? {}) as Readonly<Record<string, string>>;
}
