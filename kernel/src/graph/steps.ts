import * as tf from '@tensorflow/tfjs';
import type { FusedOp } from './fused-graph';
import type { MoveOp } from './quantized-graph';

/** Of a value, with the batch; `null` where a size is open. */
export type Shape = readonly (number | null)[];

/** One of the nodes that a layer becomes, each reading the one before it. */
export interface Step {
  /** Undefined for the node that has the layer's name. */
  readonly part?: string;
  readonly kind?: string;
  readonly op: FusedOp;
  /** Of its output, with the batch. */
  readonly shape: Shape;
}

/** A move to a shape. */
export function moveTo(shape: Shape): MoveOp {
  return { kind: 'move', shape: shape.slice(1) };
}

/** `[batch, width, channels]` as an image of height 1, `[batch, channels]` as one of a pixel. */
export function asImage([batch = null, ...rest]: Shape): Shape {
  return rest.length === 1 ? [batch, 1, 1, ...rest] : [batch, 1, ...rest];
}

/** The steps between moves from the shape `from` to an image, and to the shape `to`. */
export function onImage(steps: readonly Step[], from: Shape, to: Shape): Step[] {
  const image = asImage(from);
  const first: Step = { part: 'image', kind: 'Reshape', op: moveTo(image), shape: image };
  const isBack = JSON.stringify(steps.at(-1)?.shape) === JSON.stringify(to);
  const last: Step = { part: 'line', kind: 'Reshape', op: moveTo(to), shape: to };
  return [first, ...steps, ...(isBack ? [] : [last])];
}

/** An activation that no integer node can take over. */
export function activate(activation: string, shape: Shape): Step {
  const layer = tf.layers.activation({ activation: activation as 'softmax' });
  const reason = `no integer kernel for ${activation}`;
  return { part: activation, kind: 'Activation', op: { kind: 'float', layer, reason }, shape };
}
