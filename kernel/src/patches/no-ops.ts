import type * as tf from '@tensorflow/tfjs';
import { kernelPatch, type Patch } from './patch';

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

/** The result of such a call shares its input's data, as a clone does, and TensorFlow isn't called. */
export const noOps: readonly Patch[] = Object.entries(CHANGES_NOTHING).map(
  ([member, changesNothing]) =>
    kernelPatch(
      {
        member,
        why: 'Gradients reshape to the shape that is there already, layers cast to the type that is.',
        on: 'native',
      },
      (original) => (call) => {
        const x = call.inputs['x'] as tf.TensorInfo;
        if (!changesNothing(x, call.attrs as Attributes)) return original(call);
        (call.backend as Counted).incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      },
    ),
);
