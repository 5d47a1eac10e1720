import type * as tf from '@tensorflow/tfjs';
import { type LayerProduct, traitsOf } from '../models/layer-traits';
import { walkLayers } from '../models/walk';

export interface LayerFlops {
  readonly name: string;
  readonly kind: string;
  readonly parameters: number;
  /** Floating-point operations of the layer's products for one sample; a multiply-add counts two. */
  readonly flops: number;
}

export interface ModelFlops {
  readonly layers: readonly LayerFlops[];
  readonly parameters: number;
  /** Of one inference on one sample. Training takes about three times as much. */
  readonly flops: number;
}

/**
 * Parameters and FLOPs by layer, for one sample: dense `2 M N K`, convolutions
 * `2 x output elements x kernel volume x input channels`, depthwise the same without the channels.
 * Element-wise layers count as 0: their cost is memory traffic. Unknown sizes count as 1.
 */
export function modelFlops(model: tf.LayersModel): ModelFlops {
  const layers = walkLayers(model).map(({ name, layer }) => ({
    name,
    kind: layer.getClassName(),
    parameters: layer.countParams(),
    flops: layerFlops(layer),
  }));
  return {
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    flops: layers.reduce((sum, layer) => sum + layer.flops, 0),
  };
}

function layerFlops(layer: tf.layers.Layer): number {
  const kernel = layer.weights[0]?.shape.map((size) => size ?? 1) ?? [];
  // A shared layer works once for each place it stands in.
  return layer.inboundNodes.reduce((sum, { outputTensors }) => {
    const shape = outputTensors[0]?.shape ?? [];
    const outputs = product(shape.slice(1).map((size) => size ?? 1));
    return sum + perCall(traitsOf(layer).product, kernel, outputs);
  }, 0);
}

function perCall(
  multiplies: LayerProduct | undefined,
  kernel: readonly number[],
  outputs: number,
): number {
  switch (multiplies) {
    case 'dense':
      return 2 * outputs * (kernel[0] ?? 0);
    case 'convolution':
      return 2 * outputs * product(kernel.slice(0, -1));
    case 'depthwise':
      return 2 * outputs * product(kernel.slice(0, 2));
    case 'separable':
    case 'transposed':
    case 'recurrent':
    case 'attention':
    case 'inputs':
    case undefined:
      return 0;
  }
}

function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}
