import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** A gradient that isn't finite: whose it is, and how much of it. */
export interface NonFiniteGradient {
  /** Name of the variable, such as `dense_1/kernel`; of one without a name which it is, and its shape. */
  readonly variable: string;
  /** The part before the last slash, the layer; where there is none, the same. */
  readonly layer: string;
  readonly nan: number;
  /** Infinities of both signs. */
  readonly infinite: number;
  readonly size: number;
}

/** The gradients that hold an infinity or NaN, counted. Reads two numbers a gradient, in one go. */
export function nonFiniteGradients(
  gradients: readonly { readonly name: string; readonly gradient: Tensor }[],
): NonFiniteGradient[] {
  if (gradients.length === 0) return [];
  const counts = tf.tidy(() =>
    tf
      .stack(
        gradients.flatMap(({ gradient }) =>
          [tf.isNaN(gradient), tf.isInf(gradient)].map((found) => tf.sum(tf.cast(found, 'int32'))),
        ),
      )
      .dataSync(),
  );
  return gradients.flatMap(({ name, gradient: { size, shape } }, index) => {
    const [nan = 0, infinite = 0] = [counts[2 * index], counts[2 * index + 1]];
    const variable = NUMBERED.test(name)
      ? `variable ${index + 1} of ${gradients.length}, shape [${shape.join(', ')}]`
      : name;
    const slash = variable.lastIndexOf('/');
    const layer = slash < 0 ? variable : variable.slice(0, slash);
    return nan + infinite === 0 ? [] : [{ variable, layer, nan, infinite, size }];
  });
}

/** What tfjs calls a variable that was given no name: a count of all that were made, which tells nothing. */
const NUMBERED = /^\d+$/;

/** Gradients that a sentence names. */
const NAMED = 3;

/** For example `dense_1/kernel: 3 NaN, 2 infinite of 64; and 2 more`. */
export function describeGradients(gradients: readonly NonFiniteGradient[]): string {
  const parts = gradients.slice(0, NAMED).map(describeNonFinite);
  if (gradients.length > NAMED) parts.push(`and ${gradients.length - NAMED} more`);
  return parts.join('; ');
}

function describeNonFinite({ variable, nan, infinite, size }: NonFiniteGradient): string {
  const parts = [
    ...(nan > 0 ? [`${nan} NaN`] : []),
    ...(infinite > 0 ? [`${infinite} infinite`] : []),
  ];
  return `${variable}: ${parts.join(', ')} of ${size}`;
}
