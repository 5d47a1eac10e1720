import * as tf from '@tensorflow/tfjs';

/** Puts another function in the place of a backend's kernel, made from that; none where there is none. */
export function wrapKernel(
  name: string,
  backendName: string,
  wrap: (original: tf.KernelFunc) => tf.KernelFunc,
): void {
  const config = tf.getKernel(name, backendName) as tf.KernelConfig | undefined;
  if (config === undefined) return;
  tf.unregisterKernel(name, backendName);
  tf.registerKernel({ ...config, kernelFunc: wrap(config.kernelFunc) });
}
