import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { nativeDtype } from '../backend/raw';
import { ShadowMismatch } from '../backend/deferred/shadow';

/**
 * Runs the layers too, and compares bit for bit.
 *
 * @throws ShadowMismatch that names the first result which differs.
 */
export function compareResults(results: readonly Tensor[], run: () => readonly Tensor[]): void {
  tf.tidy(() => {
    run().forEach((expected, i) => {
      const result = results[i] as Tensor;
      const same =
        result.shape.join() === expected.shape.join() &&
        nativeDtype(result) === nativeDtype(expected) &&
        bitsOf(result).equals(bitsOf(expected));
      if (same) return;
      throw new ShadowMismatch(
        `A model as one program and its layers differ in result ${i}, of shape [${expected.shape.join(', ')}].`,
      );
    });
  });
}

function bitsOf(tensor: Tensor): Buffer {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
