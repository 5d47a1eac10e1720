import type * as tf from '@tensorflow/tfjs';
import { pair, type Unsupported } from './linear-layer';
import type { PadOp } from './quantized-graph';

/** Reads a `ZeroPadding2D` layer: Keras's MobileNet and ResNet have one before a `valid` window. */
export function readPadding(layer: tf.layers.Layer): PadOp | Unsupported {
  const { padding, dataFormat } = layer.getConfig();
  if (dataFormat === 'channelsFirst') {
    return { reason: 'no integer kernel for channelsFirst data' };
  }
  const [rows, columns] = Array.isArray(padding) ? padding : [padding, padding];
  return { kind: 'pad', rows: pair(rows), columns: pair(columns) };
}
