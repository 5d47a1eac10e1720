import * as tf from '@tensorflow/tfjs';
import { isKnownLayer, traitsOf } from '../models/layer-traits';
import '../layers/attention-heads';
import '../layers/graph-op';
import '../layers/group-normalization';
import '../layers/multi-head-attention';
import '../layers/position-embedding';
import '../layers/rms-normalization';
import '../layers/rotary-embedding';
import '../layers/tied-embedding';

type Layer = tf.layers.Layer;

/** Layers that draw at random, or remember, when they predict too. */
const NOT_A_FUNCTION: ReadonlySet<string> = new Set(['RandomWidth', 'FakeQuantize']);

/** The classes that are registered when this is loaded, before a user's: tfjs's own and ours. */
const REGISTERED: ReadonlySet<unknown> = new Set(
  Object.values(tf.serialization.SerializationMap.getMap().classNameMap).map(([cls]) => cls),
);

/** Why a layer has to run as JavaScript: it may do anything, or remembers; undefined for all others. */
export function whyNotCompiled(layer: Layer): string | undefined {
  const name = layer.getClassName();
  if (layer instanceof tf.LayersModel) return undefined;
  if (!isKnownLayer(layer) || !isGenuine(layer)) return `${name} is a layer class of its own`;
  if (NOT_A_FUNCTION.has(name) || traitsOf(layer).wraps === 'rounding') return `${name} remembers`;
  if (layer.stateful) return `${layer.name} is stateful`;
  return undefined;
}

/** Whether an object is of a class that was there before any of a user's, and not of one derived from it. */
export function isGenuine(object: object): boolean {
  return REGISTERED.has(object.constructor);
}
