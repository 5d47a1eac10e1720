import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../models/model-graph';
import type { FusedNode, FusedOp } from './fused-graph';
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

/**
 * The steps of a call as nodes, the last of which makes the value `end`.
 *
 * @param taken Ids of the layers that the call takes over.
 * @param declare Makes a value between two steps known.
 */
export function nodesOf(
  { id, kind, inputs }: Pick<FusedNode, 'id' | 'kind' | 'inputs'>,
  steps: readonly Step[],
  end: ValueId,
  taken: readonly string[],
  declare: (id: ValueId, shape: Shape) => void,
): FusedNode[] {
  let read = inputs;
  return steps.map((step, i) => {
    const { part, op, shape } = step;
    const isLast = i === steps.length - 1;
    const output = isLast ? end : `${id}:${part ?? op.kind}`;
    if (!isLast) declare(output, shape);
    const node: FusedNode = {
      id: part === undefined ? id : `${id}:${part}`,
      kind: step.kind ?? kind,
      inputs: read,
      output,
      op,
      fused: part === undefined ? [id, ...taken] : [id],
    };
    read = [output];
    return node;
  });
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
