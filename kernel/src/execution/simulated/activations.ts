import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { castHandle, deleteHandles, handleOf, tensorFromHandle } from '../../backend/raw';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks } from '../../formats/blocks';
import { limits } from '../../formats/limits';
import { FORMATS, type FormatId } from '../../formats/table';
import { elementOf } from '../../graph/float-codes';
import type { ActivationRounding } from '../../graph/quantized-graph';
import { isBlockFormat } from '../../graph/weight-codes';
import { DelayedScaling } from '../../precision/products/delayed-scaling';
import { roundInScript } from '../../precision/products/script';

/** Gives what a format holds of the inputs of a product, as float32. */
export interface ActivationRounder {
  /** To be called in a `tidy`. */
  round(x: Tensor): Tensor;
  /** What the next inputs are divided by, where earlier ones decide; undefined before any. */
  readonly scale?: number | undefined;
}

/** Rounds to nearest even, saturated; with a scale where the rounding says which. */
export function activationRounder(rounding: ActivationRounding): ActivationRounder {
  const { format, scale } = rounding;
  if (isBlockFormat(format)) return { round: (x) => inBlocks(x, format) };
  const element = elementOf(format);
  const { max } = limits(element);
  const round = (x: Tensor): Tensor => roundTensor(tf.clipByValue(x, -max, max), element);
  if (scale === 'none') return { round };
  if (scale === 'delayed') {
    const scaling = new DelayedScaling(max);
    return {
      round: (x) => {
        // Of this batch, to be used for later ones.
        const factor = scaling.next(tf.max(tf.abs(x)).dataSync()[0] ?? 0);
        return tf.mul(round(tf.mul(x, factor)), 1 / factor);
      },
      get scale() {
        return scaling.coming === undefined ? undefined : 1 / scaling.coming;
      },
    };
  }
  if (scale !== 'batch') {
    return { round: (x) => tf.mul(round(tf.div(x, tf.scalar(scale))), tf.scalar(scale)) };
  }
  return {
    round: (x) => {
      const full = tf.div(tf.max(tf.abs(x)), tf.scalar(max));
      const own = tf.where(tf.greater(full, 0), full, tf.onesLike(full));
      return tf.mul(round(tf.div(x, own)), own);
    },
  };
}

/** How the inputs of a product are rounded, for reports: `e4m3, scaled by calibration`. */
export function roundingText({ format, scale }: ActivationRounding): string {
  if (isBlockFormat(format)) return `${format}, in blocks of ${BLOCK_FORMATS[format].size}`;
  if (scale === 'none') return `${format}, cast`;
  if (scale === 'delayed') return `${format}, scaled by earlier batches`;
  return `${format}, scaled by ${scale === 'batch' ? 'each batch' : 'calibration'}`;
}

/** Formats that TensorFlow casts to; values are within their range. */
const TYPES: Readonly<Partial<Record<FormatId, number>>> = {
  fp16: DT.half,
  bf16: DT.bfloat16,
  e4m3: DT.float8E4M3FN,
  e5m2: DT.float8E5M2,
};

/** Rounds float32 numbers that are within a format's range, to nearest even. */
export function roundTensor(x: Tensor, format: FormatId): Tensor {
  const type = TYPES[format];
  if (type === undefined || !hasNativeBackend()) return roundInScript(FORMATS[format], x);
  const narrow = castHandle(handleOf(x), DT.float, type);
  try {
    const id = castHandle(narrow, type, DT.float);
    return tensorFromHandle({ id, shape: x.shape.slice(), dtype: DT.float });
  } finally {
    deleteHandles(narrow);
  }
}

/** Blocks along the last axis; the last of a row may be shorter. */
function inBlocks(x: Tensor, format: keyof typeof BLOCK_FORMATS): Tensor {
  const values = x.dataSync<'float32'>();
  const width = x.shape.at(-1) ?? 1;
  const { size } = BLOCK_FORMATS[format];
  const row = width % size === 0 ? values.length : width;
  const all = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += row) {
    const part = Float32Array.from(values.subarray(from, from + row));
    all.set(decodeBlocks(encodeBlocks(format, part)), from);
  }
  return tf.tensor(all, x.shape, 'float32');
}
