import { type KernelCall, runInJavaScript } from './javascript-kernels';
import { kernelPatch, type Patch } from './patch';

interface Meaning {
  readonly why: string;
  /** Whether the two differ in a call. */
  readonly differs: (call: KernelCall) => boolean;
}

/** Ops of TensorFlow whose kernel by the same name means something else in tfjs. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // An upper bound above 2^31, as the metric `MAPE` gives, clipped all integers to the lower one.
  ClipByValue: {
    why: "TensorFlow casts the bounds to the tensor's type, where they wrap, and makes booleans integers.",
    differs: ({ inputs }) => inputs['x']?.dtype !== 'float32',
  },
  NonMaxSuppressionV5: {
    why: 'TensorFlow knows no hard threshold any more where boxes are suppressed softly.',
    differs: ({ attrs }) => attrs?.['softNmsSigma'] !== 0,
  },
  ScatterNd: {
    why: 'A list of numbers is one index of several axes to TensorFlow, and several indices of one to tfjs.',
    differs: ({ inputs }) => inputs['indices']?.shape.length === 1,
  },
};

export const otherMeanings: readonly Patch[] = Object.entries(MEANINGS).map(
  ([member, { why, differs }]) =>
    kernelPatch(
      { member, why, on: 'native' },
      (original) => (call) => (differs(call) ? runInJavaScript(member, call) : original(call)),
    ),
);
