import * as tf from '@tensorflow/tfjs';
import { type Convolution, CONVOLUTIONS, gradientsOf } from './dilated-gradients';
import { isDilated } from './dilated-grid';
import { engine } from './engine-internals';
import { kernelPatch, methodPatch, type Patch } from './patch';

const FUSED: Readonly<Record<string, Convolution>> = {
  FusedConv2D: CONVOLUTIONS.Conv2D,
  FusedDepthwiseConv2D: CONVOLUTIONS.DepthwiseConv2dNative,
};
const WHY = 'tfjs refuses gradients of fused convolutions with dilations, or with channels first.';

interface Ran {
  readonly convolution: Convolution;
  readonly attributes: tf.NamedAttrMap;
}

/** What the custom gradient at work has run, where tfjs's own function would refuse its gradient. */
let ran: Ran | undefined;

const noted: readonly Patch[] = Object.entries(FUSED).map(([member, convolution]) =>
  kernelPatch({ member, why: WHY, on: 'native' }, (original) => (call) => {
    const attributes = call.attrs ?? {};
    const isRefused = isDilated(attributes, convolution.axes) || isChannelsFirst(attributes);
    if (isRefused) ran = { convolution, attributes };
    return original(call);
  }),
);

type Custom = (...args: unknown[]) => { readonly value: tf.Tensor; readonly gradFunc: unknown };

/** While gradients are recorded tfjs fuses the bias only, and the gradient is a function of its own. */
const customGradients: Patch = methodPatch(
  { target: 'engine', member: 'customGrad', why: WHY, on: 'native' },
  engine,
  (original) => {
    const customGrad = original.bind(engine()) as (f: Custom) => unknown;
    return (f: Custom) =>
      customGrad((...args) => {
        const outer = ran;
        ran = undefined;
        try {
          const result = f(...args);
          const refused = noteOf();
          if (refused === undefined) return result;
          const gradFunc = (dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor[] =>
            gradientsOfFused(refused, dy, saved);
          return { ...result, gradFunc };
        } finally {
          ran = outer;
        }
      });
  },
);

export const fusedGradients: readonly Patch[] = [...noted, customGradients];

function noteOf(): Ran | undefined {
  return ran;
}

/** @param saved as tfjs saves them: filter, image, result, and the bias where there is one */
function gradientsOfFused(
  { convolution, attributes }: Ran,
  dy: tf.Tensor,
  [filter, x, y, bias]: readonly tf.Tensor[],
): tf.Tensor[] {
  if (!filter || !x || !y) throw new Error('a fused convolution that saved nothing');
  const upstream = tf.reshape(dy, y.shape);
  const gradients = gradientsOf(convolution, upstream, x, filter, attributes);
  const plain = [gradients.x(), gradients.filter()];
  return bias ? [...plain, ofBias(upstream, bias, isChannelsFirst(attributes))] : plain;
}

function ofBias(dy: tf.Tensor, bias: tf.Tensor, isFirst: boolean): tf.Tensor {
  const image = isFirst && bias.rank === 1 ? tf.transpose(dy, [0, 2, 3, 1]) : dy;
  const axes = tf.backend_util.getReductionAxes(bias.shape, image.shape);
  return tf.reshape(tf.sum(image, axes), bias.shape);
}

function isChannelsFirst(attributes: tf.NamedAttrMap): boolean {
  return attributes['dataFormat'] === 'NCHW';
}
