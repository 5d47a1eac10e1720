import * as tf from '@tensorflow/tfjs';
import { attr } from '../backend/attributes';
import type { NativeBackend } from '../backend/binding';
import { DT } from '../backend/dtypes';
import { kernelPatch, methodPatch, type Patch } from './patch';
import { drawSeed, seedInForce } from './seed-stream';

/** tf.data takes the time where nobody gave a seed. */
const shuffle: Patch = methodPatch(
  {
    target: 'data.Dataset.prototype',
    member: 'shuffle',
    why: 'Under a seed the order of the data is decided by it, not by the time.',
  },
  () => tf.data.Dataset.prototype,
  (original) =>
    function (this: unknown, bufferSize: unknown, seed?: unknown, ...rest: unknown[]): unknown {
      const own = seedInForce() === null ? seed : (seed ?? String(drawSeed()));
      return original.call(this, bufferSize, own, ...rest);
    },
);

interface Draws {
  readonly numSamples: number;
  readonly normalized: boolean;
  /** A fraction where the user gave none; TensorFlow's op reads it as 0, and seeds itself. */
  readonly seed: number;
}

const ATTRIBUTES = [
  attr.type('T', DT.float),
  attr.type('Tseed', DT.int32),
  attr.type('output_dtype', DT.int32),
];

/** The op with a state goes on where its last call stopped, whatever seed it is given. */
const multinomial: Patch = kernelPatch(
  {
    member: 'Multinomial',
    why: "Under a seed tf.multinomial draws by it; tfjs's fraction of a seed is none to TensorFlow.",
    on: 'native',
  },
  (original) => (call) => {
    const { numSamples, normalized, seed } = call.attrs as unknown as Draws;
    if (seedInForce() === null || Number.isInteger(seed) || normalized) return original(call);
    const backend = call.backend as unknown as NativeBackend;
    const logits = call.inputs['logits'] as tf.Tensor;
    return tf.tidy(() => {
      const count = tf.scalar(numSamples, 'int32');
      const key = tf.tensor1d([drawSeed(), drawSeed()], 'int32');
      return backend.executeSingleOutput('StatelessMultinomial', ATTRIBUTES, [logits, count, key]);
    });
  },
);

/** What draws at random and doesn't take its chance from `Math.random`. */
export const seeded: readonly Patch[] = [shuffle, multinomial];
