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
  const bits = Math.log2(size) as PackedBits;
  const kept = tf.keep(tf.tensor1d(values.slice()));
  const store = packedStore(
    Uint8Array.from(codes, (code) => code + offset),
    bits,
    [groups, groupSize, channels],
    (places) => {
      const within = tf.cast(places, 'int32');
      // Each group and channel has a table of its own, one after another.
      const first = (): tf.Tensor =>
        tf.reshape(tf.mul(tf.range(0, groups * channels, 1, 'int32'), tf.scalar(size, 'int32')), [
          groups,
          1,
          channels,
        ]);
      const all = isShared ? within : tf.add(within, first());
      return tf.reshape(tf.gather(kept, all), [...shape]);
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
