import * as tf from '@tensorflow/tfjs';
import type { PackedBits } from '../../formats/packing';
import type { WeightCodes } from '../../graph/quantized-graph';
import type { WeightTable } from '../../graph/weight-table';
import { type LowBitStore, packedStore } from './low-bits';

/**
 * Packed codes that are looked up in a table when used: `toFloat` gives what they stand for, before the
 * scale of formats that have one. Codebooks count as bytes; a table that the format itself says does
 * not.
 */
export function tableStore(
  weights: WeightCodes,
  table: WeightTable,
  shape: readonly number[],
): LowBitStore {
  const { codes, depth, channels, groupSize, codebooks } = weights;
  const { values, size, offset, isShared } = table;
  const groups = depth / groupSize;
  const bits = Math.log2(size) as PackedBits | 8;
  const kept = tf.keep(tf.tensor1d(values.slice()));
  const unsigned = Uint8Array.from(codes, (code) => code + offset);
  const store = packedStore(
    unsigned,
    bits,
    isShared ? shape : [groups, groupSize, channels],
    (places) => {
      const within = tf.cast(places, 'int32');
      if (isShared) return tf.gather(kept, within);
      // Each group and channel has a table of its own, one after another.
      const first = (): tf.Tensor =>
        tf.reshape(tf.mul(tf.range(0, groups * channels, 1, 'int32'), tf.scalar(size, 'int32')), [
          groups,
          1,
          channels,
        ]);
      return tf.reshape(tf.gather(kept, tf.add(within, first())), [...shape]);
    },
  );
  return {
    bytes: store.bytes + (codebooks?.byteLength ?? 0),
    toFloat: () => store.toFloat(),
    dispose: () => {
      store.dispose();
      kept.dispose();
    },
  };
}
