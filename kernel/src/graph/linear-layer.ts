import type * as tf from '@tensorflow/tfjs';
import { GraphOp } from '../layers/graph-op';
import { traitsOf } from '../models/layer-traits';
import type { ConvGeometry, Geometry } from '../integer/product';

/** A layer that is a product with constant weights: what quantization needs to know of it. */
export interface LinearLayer {
  readonly geometry: Geometry;
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  /** As in the layer's configuration: `linear`, `relu`, `softmax`, ... */
  readonly activation: string;
}

/** Why a layer stays in float. */
export interface Unsupported {
  readonly reason: string;
}

/** Reads a dense, conv2d or depthwise layer; anything else comes back with the reason. */
export function readLinear(layer: tf.layers.Layer): LinearLayer | Unsupported {
  const { product, axes } = traitsOf(layer);
  const config = layer.getConfig();
  if (product === 'dense') return readDense(layer, config);
  if (product === 'depthwise') return readConv(layer, 'depthwise', config);
  if (product === 'convolution' && axes === 2) return readConv(layer, 'conv2d', config);
  const kind = layer instanceof GraphOp ? `TensorFlow's ${layer.definition.op}` : undefined;
  return { reason: `no integer kernel for ${kind ?? layer.getClassName()}` };
}

export type Config = ReturnType<tf.layers.Layer['getConfig']>;

function readDense(layer: tf.layers.Layer, config: Config): LinearLayer {
  const [kernel, bias] = layer.getWeights();
  const [inputs = 0, units = 0] = kernel?.shape ?? [];
  return {
    geometry: { kind: 'dense', inputs, units },
    kernel: floats(kernel, inputs * units),
    bias: floats(bias, units),
    activation: activationOf(config),
  };
}

function readConv(
  layer: tf.layers.Layer,
  kind: ConvGeometry['kind'],
  config: Config,
): LinearLayer | Unsupported {
  if (config['dataFormat'] === 'channelsFirst') {
    return { reason: 'no integer kernel for channelsFirst data' };
  }
  const dilation = pair(config['dilationRate'] ?? 1);
  if (dilation.some((rate) => rate !== 1)) return { reason: 'no integer kernel with dilation' };
  const padding = text(config['padding']);
  if (padding !== 'same' && padding !== 'valid') {
    return { reason: `no integer kernel with ${padding} padding` };
  }
  const strides = pair(config['strides'] ?? 1);
  const [kernel, bias] = layer.getWeights();
  const [height = 0, width = 0, inputs = 0, last = 0] = kernel?.shape ?? [];
  const geometry: ConvGeometry = {
    kind,
    kernel: [height, width, inputs, last],
    strides,
    padding,
  };
  const channels = kind === 'conv2d' ? last : inputs * last;
  return {
    geometry,
    kernel: floats(kernel, height * width * inputs * last),
    bias: floats(bias, channels),
    activation: activationOf(config),
  };
}

export function activationOf(config: Config): string {
  return text(config['activation'], 'linear');
}

export function text(value: unknown, otherwise = 'unknown'): string {
  return typeof value === 'string' ? value : otherwise;
}

export function pair(value: unknown): [number, number] {
  if (Array.isArray(value)) return [Number(value[0]), Number(value[1] ?? value[0])];
  return [Number(value), Number(value)];
}

/** A copy of the tensor's values; zeros where the layer has no such weight. */
export function floats(tensor: tf.Tensor | undefined, size: number): Float32Array {
  return tensor === undefined ? new Float32Array(size) : Float32Array.from(tensor.dataSync());
}
