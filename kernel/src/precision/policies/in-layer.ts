import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { castTo, storageFormat } from '../../backend/storage';
import type { StorageFormat } from '../../backend/contract';
import { engine } from '../../patches/engine-internals';
import { regime, runAt } from '../session';
import type { KeptLayers } from './kept-layers';
import { isWatched, place, tellOutput, type Place } from './place';
import { isInnerGraph, layersOf } from '../../models/inner-layers';

type Layer = tf.layers.Layer;
type Output = Tensor | Tensor[];

/**
 * The paths of layers in the model that was used last: a graph may run the layers of a nested model as
 * its own, without running that model.
 */
const paths = new WeakMap<Layer, string>();

/** Learns under which names a user knows a model's layers. */
export function notePaths(model: tf.LayersModel): void {
  for (const { path, layer } of layersOf(model)) paths.set(layer, path);
}

/** True for a model that runs by itself, not as a layer of another. */
export function isOutermost(layer: Layer): boolean {
  return layer instanceof tf.LayersModel && place() === undefined && !paths.has(layer);
}

/**
 * Runs a layer's `call` under the layer's policy. What it hands on is in the output format of that
 * policy, as a Keras layer's is in its dtype.
 */
export function inLayer(layer: Layer, fn: () => Output): Output {
  const { keep } = regime();
  if (keep.isEmpty && !isWatched()) return fn();
  const outer = place();
  // `super.call` of the same layer, and what isn't a layer to the user.
  if (outer?.layer === layer || isOutermost(layer) || isInnerGraph(layer, outer?.layer))
    return fn();
  const here = enter(layer, outer, keep);
  const { rule } = here;
  const firstNewId = engine().nextTensorId();
  return runAt(here, () => {
    const result = fn();
    const output =
      rule === undefined || rule === outer?.rule
        ? result
        : inFormat(result, rule.policy.output, firstNewId);
    tellOutput(here, output);
    return output;
  });
}

function enter(layer: Layer, outer: Place | undefined, keep: KeptLayers): Place {
  const path =
    paths.get(layer) ?? (outer === undefined ? layer.name : `${outer.path}/${layer.name}`);
  const rule = keep.ruleFor(path);
  if (rule !== undefined) {
    for (const weight of layer.weights) keep.own(weight.read(), rule.policy);
  }
  return { layer, path, outer, regime: regime(), rule };
}

/** Outputs that the layer made, in the format; what it was given or keeps is left alone. */
export function inFormat(output: Output, format: StorageFormat, firstNewId: number): Output {
  if (!hasNativeBackend()) return output;
  if (Array.isArray(output)) {
    return output.map((tensor) => inFormat(tensor, format, firstNewId) as Tensor);
  }
  const current = storageFormat(output);
  if (current === undefined || current === format) return output;
  const cast = castTo(output, format);
  const isOurs = output.id >= firstNewId && !output.kept && !(output instanceof tf.Variable);
  if (isOurs && engine().state.gradientDepth === 0) output.dispose();
  return cast;
}
