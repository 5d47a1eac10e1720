import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { hasNativeBackend } from '../../backend/load';
import {
  castHandle,
  deleteHandles,
  handleOf,
  nativeDtype,
  rawOp1,
  readHandle,
} from '../../backend/raw';

const FLOAT = attr.type('T', DT.float);

/**
 * True when no gradient holds an infinity or NaN. One number is read back: the sum of all squares is
 * finite only if all values are. Where it overflows though all values may be finite, they are looked at.
 */
export function allFinite(gradients: readonly Tensor[]): boolean {
  if (gradients.length === 0) return true;
  if (!hasNativeBackend()) return eachFinite(gradients);
  return Number.isFinite(sumOfSquares(gradients)) || eachFinite(gradients);
}

function sumOfSquares(gradients: readonly Tensor[]): number {
  const owned: number[] = [];
  const keep = (id: number): number => {
    owned.push(id);
    return id;
  };
  try {
    const sums = gradients.map((gradient) => {
      const code = nativeDtype(gradient);
      const id = handleOf(gradient);
      return keep(
        rawOp1('L2Loss', [FLOAT], [code === DT.float ? id : keep(castHandle(id, code, DT.float))]),
      );
    });
    const total = keep(rawOp1('AddN', [attr.int('N', sums.length), FLOAT], sums));
    return readHandle(total)[0] ?? 0;
  } finally {
    deleteHandles(...owned);
  }
}

function eachFinite(gradients: readonly Tensor[]): boolean {
  const answer = tf.tidy(() =>
    tf.all(tf.stack(gradients.map((gradient) => tf.all(tf.isFinite(gradient))))),
  );
  try {
    return answer.dataSync()[0] === 1;
  } finally {
    answer.dispose();
  }
}
