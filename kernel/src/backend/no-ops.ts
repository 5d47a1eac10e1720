import * as tf from '@tensorflow/tfjs';

interface Counted {
  incRef(dataId: object): void;
}

/** Whether a kernel's output is its input, number by number and in the same shape. */
const CHANGES_NOTHING: Readonly<Record<string, (x: tf.TensorInfo, to: Attributes) => boolean>> = {
  Reshape: (x, { shape }) =>
    Array.isArray(shape) &&
    shape.length === x.shape.length &&
    x.shape.every((n, i) => n === shape[i]),
  Cast: (x, { dtype }) => dtype === x.dtype,
};

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Gradients reshape to the shape that is there already, and layers cast to the type that is: the result
 * then shares its input's data, as a clone does, and TensorFlow isn't called.
 */
export function installNoOps(backendName: string): void {
  for (const [kernelName, changesNothing] of Object.entries(CHANGES_NOTHING)) {
    const config = tf.getKernel(kernelName, backendName) as tf.KernelConfig | undefined;
    if (config === undefined) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => {
        const x = call.inputs['x'] as tf.TensorInfo;
        if (!changesNothing(x, call.attrs as Attributes)) return config.kernelFunc(call);
        (call.backend as Counted).incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      },
    });
  }
}
