import * as tf from '@tensorflow/tfjs';
import { single } from '../layers/register';
import { ownerOf } from './methods';
import { methodPatch, type Patch } from './patch';

interface Convolution extends tf.layers.Layer {
  readonly rank: number;
  readonly padding: string;
  readonly dataFormat: string;
  readonly kernelSize: readonly number[];
  readonly dilationRate: number | readonly number[];
}

function isCausal({ rank, padding }: Convolution): boolean {
  return rank === 1 && padding === 'causal';
}

/** The same layer, weights and all, that pads otherwise. */
function padding(layer: Convolution, value: 'same' | 'valid'): Convolution {
  return Object.create(layer, { padding: { value } }) as Convolution;
}

/** With zeros in front of the sequence, so that no step sees a later one. */
function withPast(layer: Convolution, x: tf.Tensor): tf.Tensor {
  const { dataFormat, kernelSize, dilationRate } = layer;
  const [size = 1, dilation = 1] = [kernelSize, dilationRate].map((value) => [value].flat()[0]);
  const axis = dataFormat === 'channelsFirst' ? 2 : 1;
  const past = (size - 1) * dilation;
  return tf.pad(
    x,
    x.shape.map((_, i): [number, number] => [i === axis ? past : 0, 0]),
  );
}

const owner = (member: string) => (): object => {
  const layer = tf.layers.conv1d({ filters: 1, kernelSize: 1 });
  return ownerOf(layer, member) ?? layer;
};

const TARGET = 'BaseConv.prototype';

const call: Patch = methodPatch(
  { target: TARGET, member: 'call', why: 'tfjs has no causal padding of conv1d layers.' },
  owner('call'),
  (original) =>
    function (this: Convolution, ...[inputs, options]: Parameters<tf.layers.Layer['call']>) {
      if (!isCausal(this)) return original.call(this, inputs, options);
      return tf.tidy(
        () =>
          original.call(
            padding(this, 'valid'),
            withPast(this, single(inputs)),
            options,
          ) as tf.Tensor,
      );
    },
);

const computeOutputShape: Patch = methodPatch(
  {
    target: TARGET,
    member: 'computeOutputShape',
    why: 'A causal convolution gives as many steps as it takes.',
  },
  owner('computeOutputShape'),
  (original) =>
    function (this: Convolution, ...args: unknown[]) {
      return original.apply(isCausal(this) ? padding(this, 'same') : this, args);
    },
);

/** `tf.layers.conv1d({ padding: 'causal' })`. */
export const causalConvolution: readonly Patch[] = [call, computeOutputShape];
