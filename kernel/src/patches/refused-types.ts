import * as tf from '@tensorflow/tfjs';
import { isInJavaScript, type KernelCall, runInJavaScript } from './javascript-kernels';
import type { Undo } from './methods';
import { type Patch, wrapKernel } from './patch';

/** What TensorFlow answers where it lacks a kernel for the type, or won't divide integers by zero. */
const REFUSALS: readonly RegExp[] = [
  /Value for attr '\w+' of \w+ is not in the list of allowed values/,
  /Could not find (?:valid )?device for node/,
  /was expected to be an? \w+ tensor but is an? \w+ tensor/,
  /Integer division by zero/,
  /Integers to negative integer powers are not allowed/,
];

/**
 * TensorFlow says itself what it can't do, so that no list of its types has to follow its versions. What
 * fails for another reason, an index out of range for instance, stays TensorFlow's error.
 */
export const refusedTypes: Patch = {
  target: 'kernel registry',
  member: '*',
  why: "TensorFlow lacks types that tfjs has, the minimum of booleans for instance: tfjs's JavaScript runs.",
  on: 'native',
  isThere: ({ backendName }) => tf.getKernelsForBackend(backendName).length > 0,
  install({ backendName }) {
    const undone = tf
      .getKernelsForBackend(backendName)
      .filter(({ kernelName }) => isInJavaScript(kernelName))
      .map(({ kernelName }) =>
        wrapKernel(kernelName, backendName, (original) => answered(kernelName, original)),
      );
    return (): ReturnType<Undo> => {
      for (const undo of undone) undo();
    };
  },
};

function answered(name: string, original: tf.KernelFunc): tf.KernelFunc {
  return (call) => {
    if (isOfFloats(call)) return original(call);
    try {
      // The scope frees what the kernel had made before TensorFlow refused.
      return tf.engine().tidy(() => original(call) as tf.Tensor);
    } catch (error) {
      if (!isRefusal(error) || hasComplex(call)) throw error;
      return runInJavaScript(name, call);
    }
  };
}

/** TensorFlow has kernels for floats, so that training has nothing to wait for here. */
function isOfFloats({ inputs }: KernelCall): boolean {
  let some = false;
  for (const name in inputs) {
    const dtype = inputs[name]?.dtype ?? 'float32';
    if (dtype !== 'float32') return false;
    some = true;
  }
  return some;
}

function hasComplex({ inputs }: KernelCall): boolean {
  return Object.values(inputs).some((input) => input?.dtype === 'complex64');
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && REFUSALS.some((refusal) => refusal.test(error.message));
}
