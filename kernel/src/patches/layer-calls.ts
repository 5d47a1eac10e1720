import * as tf from '@tensorflow/tfjs';

type Layer = tf.layers.Layer;
type LayerInput = Parameters<Layer['apply']>[0];
type LayerOutput = ReturnType<Layer['apply']>;

/** Runs instead of a layer's `apply`; `run` is that, and the calls around it that came before. */
export type LayerCall = (layer: Layer, inputs: LayerInput, run: () => LayerOutput) => LayerOutput;

let installed = false;
const calls = new Set<LayerCall>();

/**
 * Puts `call` around the `apply` of every layer and model of tfjs, whichever was made when; what is put
 * there later is outside. Returns what takes it away.
 */
export function aroundLayers(call: LayerCall): () => void {
  install();
  calls.add(call);
  return () => {
    calls.delete(call);
  };
}

function install(): void {
  if (installed) return;
  installed = true;
  const { prototype } = tf.layers.Layer;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its layer below
  const { apply } = prototype;
  prototype.apply = function (this: Layer, ...args) {
    const stock = (): LayerOutput => apply.apply(this, args);
    return [...calls].reduce<() => LayerOutput>(
      (run, around) => () => around(this, args[0], run),
      stock,
    )();
  };
}
