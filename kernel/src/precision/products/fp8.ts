import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import { castHandle, deleteHandles, handleOf, tensorFromHandle } from '../../backend/raw';
import { castTo } from '../../backend/storage';
import { limits } from '../../formats/limits';
import { FORMATS } from '../../formats/table';
import { DelayedScaling } from './delayed-scaling';
import type { ProductRole } from './around-products';
import { roundInScript } from './script';

const CODE = { e4m3: DT.float8E4M3FN, e5m2: DT.float8E5M2 } as const;

/**
 * FP8 training as NVIDIA's recipe has it, simulated: what a product reads is rounded to FP8 and
 * multiplied in a wider format. Weights and activations are E4M3, output gradients E5M2; the scale of
 * each follows the largest magnitude of its last steps.
 */
export class Fp8Recipe {
  private readonly scalings = new Map<string, DelayedScaling>();

  /** `key` names the tensor's place in the model over the steps; without one it is scaled by itself. */
  quantizeDequantize(tensor: Tensor, role: ProductRole, key: string | undefined): Tensor {
    const format = role === 'output-gradient' ? 'e5m2' : 'e4m3';
    const { max } = limits(FORMATS[format]);
    return tf.tidy(() => {
      // A 16-bit product with the scale would be a first rounding before the one to FP8.
      const wide = hasNativeBackend() ? castTo(tensor, 'fp32') : tensor;
      const amax = tf.max(tf.abs(wide)).dataSync()[0] ?? 0;
      const scale = this.scaling(key, format, max).next(amax);
      const scaled = tf.clipByValue(tf.mul(wide, scale), -max, max);
      const rounded = hasNativeBackend()
        ? throughStorage(scaled, CODE[format])
        : roundInScript(FORMATS[format], scaled);
      return tf.mul(rounded, 1 / scale);
    });
  }

  private scaling(key: string | undefined, format: string, max: number): DelayedScaling {
    if (key === undefined) return new DelayedScaling(max);
    const name = `${key}/${format}`;
    const known = this.scalings.get(name);
    if (known !== undefined) return known;
    const scaling = new DelayedScaling(max);
    this.scalings.set(name, scaling);
    return scaling;
  }
}

/** Rounds to FP8 by TensorFlow's own cast, which never saturates: values are clamped before. */
function throughStorage(tensor: Tensor, code: number): Tensor {
  const float = tf.cast(tensor, 'float32');
  const eight = castHandle(handleOf(float), DT.float, code);
  try {
    const id = castHandle(eight, code, DT.float);
    return tensorFromHandle({ id, shape: tensor.shape.slice(), dtype: DT.float });
  } finally {
    deleteHandles(eight);
  }
}
