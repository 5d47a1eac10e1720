import type * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../models/layer-traits';
import { pair, text, type Unsupported } from './linear-layer';
import type { PoolOp } from './quantized-graph';

export interface Pool {
  readonly op: PoolOp;
  /** `line`: over `[batch, width, channels]`, computed as an image of height 1. */
  readonly data: 'as-is' | 'line';
}

/** Reads a pooling layer of lines or images; undefined where the layer is none. */
export function readPool(layer: tf.layers.Layer): Pool | Unsupported | undefined {
  const { pools, axes, global } = traitsOf(layer);
  if (pools === undefined || axes === 3) return undefined;
  const op: PoolOp['kind'] = `${pools}-pool`;
  const data = axes === 1 ? 'line' : 'as-is';
  const config = layer.getConfig();
  if (config['dataFormat'] === 'channelsFirst') {
    return { reason: 'no integer kernel for channelsFirst data' };
  }
  if (global) return { op: { kind: op, window: 'global' }, data };
  const padding = text(config['padding']);
  if (padding !== 'same' && padding !== 'valid') {
    return { reason: `no integer kernel with ${padding} padding` };
  }
  const size = pair(config['poolSize']);
  const strides = pair(config['strides'] ?? config['poolSize']);
  const along = data === 'line' ? onLine : (pixels: [number, number]) => pixels;
  return {
    op: { kind: op, window: { size: along(size), strides: along(strides), padding } },
    data,
  };
}

/** A window along a line, as one of an image of height 1. */
function onLine([width]: readonly [number, number]): [number, number] {
  return [1, width];
}
