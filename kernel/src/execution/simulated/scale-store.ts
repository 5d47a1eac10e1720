import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { BLOCK_FORMATS } from '../../formats/blocks';
import { decodeArray, encodeArray } from '../../formats/arrays';
import { SCALES_A_SCALE } from '../../formats/double-quantization';
import type { WeightCodes } from '../../graph/quantized-graph';
import { hasPowerScales, scaleBytes } from '../../graph/weight-bytes';
import { isBlockFormat } from '../../graph/weight-codes';
import { type LowBitStore, packedStore } from './low-bits';

/** The scales of blocks `[groups, channels]`, in as few bytes as their format needs. */
export function scaleStore(weights: WeightCodes, groups: number): LowBitStore {
  const { format, scales, channels, quantizedScales: kept } = weights;
  const shape = [groups, channels];
  if (kept !== undefined) {
    const all = Uint8Array.from({ length: 256 }, (_, code) => code);
    const places = Int32Array.from({ length: scales.length }, (_, i) =>
      Math.floor(i / SCALES_A_SCALE),
    );
    const own = [tf.tensor1d(decodeArray('e4m3', all)), tf.tensor1d(kept.scalesOfScales.slice())];
    const [values, factors] = own.map((tensor) => tf.keep(tensor)) as [Tensor, Tensor];
    const store = packedStore(Uint8Array.from(kept.scaleCodes), 8, [scales.length], (codes) => {
      const centered = tf.gather(values, tf.cast(codes, 'int32'));
      const scaled = tf.mul(centered, tf.gather(factors, tf.tensor1d(places, 'int32')));
      return tf.transpose(tf.reshape(tf.add(scaled, kept.mean), [channels, groups]));
    });
    return owning(store, scaleBytes(weights), [values, factors]);
  }
  if (hasPowerScales(format) && isBlockFormat(format)) {
    const fraction = 2 ** BLOCK_FORMATS[format].fraction;
    const codes = encodeArray(
      'e8m0',
      scales.map((scale) => scale * fraction),
    );
    const all = Uint8Array.from({ length: 256 }, (_, code) => code);
    const powers = decodeArray('e8m0', all).map((power) => power / fraction);
    const table = tf.keep(tf.tensor1d(powers));
    const store = packedStore(Uint8Array.from(codes), 8, shape, (places) =>
      tf.gather(table, tf.cast(places, 'int32')),
    );
    return owning(store, scaleBytes(weights), [table]);
  }
  const tensor = tf.keep(tf.tensor2d(scales.slice(), [groups, channels]));
  return {
    bytes: scaleBytes(weights),
    toFloat: () => tf.clone(tensor),
    dispose: () => {
      tensor.dispose();
    },
  };
}

function owning(store: LowBitStore, bytes: number, own: readonly Tensor[]): LowBitStore {
  return {
    bytes,
    toFloat: () => store.toFloat(),
    dispose: () => {
      store.dispose();
      tf.dispose([...own]);
    },
  };
}
