import * as tf from '@tensorflow/tfjs';
import {
  flag,
  layerOf,
  type MappedLayer,
  type Mapper,
  numbersOf,
  onImages,
  textOf,
} from '../mapped';
import { reshapeTo } from './shapes';

/** Reads `MaxPool` and `AvgPool` of images. */
export const pool: Mapper = (node, graph) => {
  const [x] = node.inputs;
  const poolSize = onImages(numbersOf(node, 'kernelSize'));
  const strides = onImages(numbersOf(node, 'strides'));
  const padding = textOf(node, 'pad');
  if (x === undefined || poolSize === undefined || strides === undefined) return undefined;
  if ((padding !== 'same' && padding !== 'valid') || graph.shape(x).length !== 4) return undefined;
  const make = node.op === 'MaxPool' ? tf.layers.maxPooling2d : tf.layers.averagePooling2d;
  return layerOf([x], (name) => make({ name, poolSize, strides, padding }));
};

/** `Mean` and `Max` over all pixels, or all steps. */
const reduce: Mapper = (node, graph) => {
  const [x, place] = node.inputs;
  const axes = graph.numbers(place);
  if (x === undefined || axes === undefined || !graph.isFloat(x)) return undefined;
  const shape = graph.shape(x);
  const over = axes.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
  const channels = shape.at(-1);
  const global = `${node.op} ${over.join()} of ${shape.length}`;
  const make = Object.hasOwn(GLOBAL, global) ? GLOBAL[global] : undefined;
  if (make === undefined) return undefined;
  if (!flag(node, 'keepDims')) return layerOf([x], make);
  if (typeof channels !== 'number') return undefined;
  const target = [...over.map(() => 1), channels];
  return {
    inputs: [x],
    layers: [{ part: node.op.toLowerCase(), make }, { make: reshapeTo(target) }],
  };
};

const GLOBAL: Readonly<Record<string, MappedLayer['make']>> = {
  'Mean 1,2 of 4': (name) => tf.layers.globalAveragePooling2d({ name }),
  'Max 1,2 of 4': (name) => tf.layers.globalMaxPooling2d({ name }),
  'Mean 1 of 3': (name) => tf.layers.globalAveragePooling1d({ name }),
  'Max 1 of 3': (name) => tf.layers.globalMaxPooling1d({ name }),
};

export const pools: Readonly<Record<string, Mapper>> = {
  MaxPool: pool,
  AvgPool: pool,
  Mean: reduce,
  Max: reduce,
};
