import * as tf from '@tensorflow/tfjs';
import { layerOf, type Mapped, type Mapper } from '../mapped';
import type { Ref } from '../read-graph';
import type { GraphReader } from '../reader';
import { clamp } from './activations';
import { affine } from './affine';
import { einsumBias } from './einsum';
import { norm } from './norms';

type Merge = (args: { name: string }) => tf.layers.Layer;

/** Several values of one shape, element by element. */
function elementwise(merge: Merge): Mapper {
  return ({ inputs }, graph) => {
    const shapes = new Set(inputs.map((ref) => JSON.stringify(graph.shape(ref))));
    return shapes.size === 1 ? merged(inputs, graph, merge) : undefined;
  };
}

/** A product of two values, where one may be as wide as a single pixel. */
const multiply: Mapper = (node, graph) => {
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [graph.shape(a), graph.shape(b)];
  const fits =
    left.length === right.length &&
    left[0] === right[0] &&
    left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1);
  return fits ? merged(node.inputs, graph, (args) => tf.layers.multiply(args)) : undefined;
};

const sum = elementwise((args) => tf.layers.add(args));
const largest = elementwise((args) => tf.layers.maximum(args));
const least = elementwise((args) => tf.layers.minimum(args));

const concat: Mapper = (node, graph) => {
  const [refs, place] =
    node.op === 'Concat'
      ? [node.inputs.slice(1), node.inputs[0]]
      : [node.inputs.slice(0, -1), node.inputs.at(-1)];
  const [given] = graph.numbers(place) ?? [];
  const rank = graph.shape(refs[0] as Ref).length;
  if (given === undefined || refs.length < 2) return undefined;
  const axis = given < 0 ? given + rank : given;
  return axis === 0
    ? undefined
    : merged(refs, graph, (args) => tf.layers.concatenate({ ...args, axis }));
};

function merged(refs: readonly Ref[], graph: GraphReader, merge: Merge): Mapped | undefined {
  // A layer reads each of its inputs once.
  const isMergeable =
    refs.length > 1 &&
    refs.every(
      (ref) =>
        graph.isFloat(ref) && graph.shape(ref).length >= 2 && graph.constant(ref) === undefined,
    );
  return isMergeable ? layerOf(refs, (name) => merge({ name })) : undefined;
}

/** The first mapper that can. */
function either(...mappers: readonly Mapper[]): Mapper {
  return (node, graph) => {
    for (const mapper of mappers) {
      const mapped = mapper(node, graph);
      if (mapped !== undefined) return mapped;
    }
    return undefined;
  };
}

export const merges: Readonly<Record<string, Mapper>> = {
  Add: either(norm, einsumBias, affine, sum),
  AddV2: either(norm, einsumBias, affine, sum),
  AddN: sum,
  BiasAdd: either(norm, affine),
  Sub: affine,
  Mul: either(norm, affine, multiply),
  RealDiv: either(norm, affine),
  Div: either(norm, affine),
  FusedBatchNorm: affine,
  FusedBatchNormV2: affine,
  FusedBatchNormV3: affine,
  Maximum: either(clamp, largest),
  Minimum: either(clamp, least),
  Concat: concat,
  ConcatV2: concat,
};
