import * as tf from '@tensorflow/tfjs';
import { replaceProperty } from './methods';
import { methodPatch, type Patch } from './patch';

interface SeparableConv extends tf.layers.Layer {
  readonly depthMultiplier: number;
}

const separableConfig: Patch = methodPatch(
  {
    target: 'SeparableConv.prototype',
    member: 'getConfig',
    why: 'tfjs leaves depthMultiplier out: what is saved or copied has weights of another shape.',
  },
  () => {
    const layer = tf.layers.separableConv2d({ filters: 1, kernelSize: 1 });
    return Object.getPrototypeOf(Object.getPrototypeOf(layer)) as object;
  },
  (original) =>
    function (this: SeparableConv): tf.serialization.ConfigDict {
      const config = original.apply(this) as tf.serialization.ConfigDict;
      return { ...config, depthMultiplier: this.depthMultiplier };
    },
);

/** As `tf.loadLayersModel` reads `gelu_new` in a file. */
const READ = 'geluNew';
const SAVED = 'gelu_new';

const geluNewName: Patch = {
  target: 'serialization map',
  member: READ,
  adds: true,
  why: 'tfjs saves the activation as gelu_new, and looks for geluNew when it loads.',
  isThere: () => Object.hasOwn(classes(), READ),
  install: () => replaceProperty(classes(), READ, classes()[SAVED]),
};

function classes(): Record<string, unknown> {
  return tf.serialization.SerializationMap.getMap().classNameMap;
}

/** So that what was saved can be loaded. */
export const saving: readonly Patch[] = [separableConfig, geluNewName];
