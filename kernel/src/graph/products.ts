import type * as tf from '@tensorflow/tfjs';
import {
  activationOf,
  floats,
  type LinearLayer,
  pair,
  readLinear,
  text,
  type Unsupported,
} from './linear-layer';
import { TiedEmbedding } from '../layers/tied-embedding';
import { traitsOf } from '../models/layer-traits';
import { type ConvGeometry, type Geometry, outputChannels } from '../integer/product';

/** A layer as a product with constant weights, or two. */
export interface Products {
  /** Of a separable convolution: what comes before the product, without bias and activation. */
  readonly depthwise?: LinearLayer;
  readonly product: LinearLayer;
  /** `line`: of `[batch, width, channels]`, computed as an image of height 1. */
  readonly data: 'as-is' | 'line';
}

/**
 * Reads dense, convolution, depthwise and separable layers, and tied embeddings as the product that they
 * also are; all others come with the reason.
 */
export function readProducts(layer: tf.layers.Layer): Products | Unsupported {
  const { product, axes } = traitsOf(layer);
  if (product === 'convolution' && axes === 1) return readConv1d(layer);
  if (product === 'separable') return readSeparable(layer);
  if (layer instanceof TiedEmbedding) return readTied(layer);
  const linear = readLinear(layer);
  return 'reason' in linear ? linear : { product: linear, data: 'as-is' };
}

/** [tokens, width] as a kernel [width, tokens]. */
function readTied(layer: TiedEmbedding): Products {
  const { inputDim: units, outputDim: inputs } = layer;
  const [embeddings] = layer.getWeights();
  const table = floats(embeddings, units * inputs);
  const kernel = new Float32Array(table.length);
  for (let unit = 0; unit < units; unit++) {
    for (let i = 0; i < inputs; i++) kernel[i * units + unit] = table[unit * inputs + i] ?? 0;
  }
  const product: LinearLayer = {
    geometry: { kind: 'dense', inputs, units },
    kernel,
    bias: new Float32Array(units),
    activation: 'linear',
  };
  return { product, data: 'as-is' };
}

function readConv1d(layer: tf.layers.Layer): Products | Unsupported {
  const convolution = readWindow(layer);
  if ('reason' in convolution) return convolution;
  const [kernel, bias] = layer.getWeights();
  const [width = 0, inputs = 0, filters = 0] = kernel?.shape ?? [];
  const { strides, padding } = convolution;
  const linear: LinearLayer = {
    geometry: {
      kind: 'conv2d',
      kernel: [1, width, inputs, filters],
      strides: [1, strides[0]],
      padding,
    },
    kernel: floats(kernel, width * inputs * filters),
    bias: floats(bias, filters),
    activation: activationOf(layer.getConfig()),
  };
  return { product: linear, data: 'line' };
}

function readSeparable(layer: tf.layers.Layer): Products | Unsupported {
  const convolution = readWindow(layer);
  if ('reason' in convolution) return convolution;
  const [depthwise, pointwise, bias] = layer.getWeights();
  const [height = 0, width = 0, inputs = 0, multiplier = 0] = depthwise?.shape ?? [];
  const between = inputs * multiplier;
  const filters = pointwise?.shape[3] ?? 0;
  return {
    depthwise: {
      geometry: { kind: 'depthwise', kernel: [height, width, inputs, multiplier], ...convolution },
      kernel: floats(depthwise, height * width * between),
      bias: new Float32Array(between),
      activation: 'linear',
    },
    product: {
      geometry: {
        kind: 'conv2d',
        kernel: [1, 1, between, filters],
        strides: [1, 1],
        padding: 'valid',
      },
      kernel: floats(pointwise, between * filters),
      bias: floats(bias, filters),
      activation: activationOf(layer.getConfig()),
    },
    data: 'as-is',
  };
}

/** What integer kernels need a convolution's or a pooling's window to be. */
function readWindow(
  layer: tf.layers.Layer,
): Pick<ConvGeometry, 'strides' | 'padding'> | Unsupported {
  const config = layer.getConfig();
  if (config['dataFormat'] === 'channelsFirst') {
    return { reason: 'no integer kernel for channelsFirst data' };
  }
  if (pair(config['dilationRate'] ?? 1).some((rate) => rate !== 1)) {
    return { reason: 'no integer kernel with dilation' };
  }
  const padding = text(config['padding']);
  if (padding !== 'same' && padding !== 'valid') {
    return { reason: `no integer kernel with ${padding} padding` };
  }
  return { strides: pair(config['strides'] ?? 1), padding };
}

/** The shape that a convolution gives to a batch of images; `null` where a size is open. */
export function convolved(
  [batch = null, height = null, width = null]: readonly (number | null)[],
  geometry: Geometry,
): (number | null)[] {
  if (geometry.kind === 'dense') throw new TypeError('a dense product is no convolution');
  const { kernel, strides, padding } = geometry;
  const sizes = [height, width].map((size, axis) => {
    if (size === null) return null;
    const reach = padding === 'same' ? size : size - (kernel[axis] ?? 1) + 1;
    return Math.ceil(reach / (strides[axis] ?? 1));
  });
  return [batch, ...sizes, outputChannels(geometry)];
}
