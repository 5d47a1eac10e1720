import type * as tf from '@tensorflow/tfjs';
import { pair, text, type Unsupported } from './linear-layer';
import type { PoolOp } from './quantized-graph';

export interface Pool {
  readonly op: PoolOp;
  /** `line`: over `[batch, width, channels]`, computed as an image of height 1. */
  readonly data: 'as-is' | 'line';
}

const KINDS: Readonly<
  Record<string, Pick<Pool, 'data'> & { op: PoolOp['kind']; global: boolean }>
> = {
  MaxPooling2D: { op: 'max-pool', data: 'as-is', global: false },
  AveragePooling2D: { op: 'average-pool', data: 'as-is', global: false },
  GlobalMaxPooling2D: { op: 'max-pool', data: 'as-is', global: true },
  GlobalAveragePooling2D: { op: 'average-pool', data: 'as-is', global: true },
  MaxPooling1D: { op: 'max-pool', data: 'line', global: false },
  AveragePooling1D: { op: 'average-pool', data: 'line', global: false },
  GlobalMaxPooling1D: { op: 'max-pool', data: 'line', global: true },
  GlobalAveragePooling1D: { op: 'average-pool', data: 'line', global: true },
};

/** Reads a pooling layer; undefined where the layer is none. */
export function readPool(layer: tf.layers.Layer): Pool | Unsupported | undefined {
  const kind = KINDS[layer.getClassName()];
  if (kind === undefined) return undefined;
  const config = layer.getConfig();
  if (config['dataFormat'] === 'channelsFirst') {
    return { reason: 'no integer kernel for channelsFirst data' };
  }
  if (kind.global) return { op: { kind: kind.op, window: 'global' }, data: kind.data };
  const padding = text(config['padding']);
  if (padding !== 'same' && padding !== 'valid') {
    return { reason: `no integer kernel with ${padding} padding` };
  }
  const size = pair(config['poolSize']);
  const strides = pair(config['strides'] ?? config['poolSize']);
  const { op, data } = kind;
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
