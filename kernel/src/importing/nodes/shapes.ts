import * as tf from '@tensorflow/tfjs';
import { flag, layerOf, type Mapped, type MappedLayer, type Mapper } from '../mapped';
import type { Ref } from '../read-graph';
import type { GraphReader, Sizes } from '../reader';

/** The same values in the same order, in rows of another shape. */
const reshape: Mapper = (node, graph) => {
  const [x] = node.inputs;
  if (x === undefined) return undefined;
  const from = graph.shape(x);
  const to = graph.shape({ node: node.name, index: 0 });
  const target = inRow(to);
  const isOfRows = target !== undefined && sizeOf(inRow(from)) === sizeOf(target);
  if (!isOfRows || to[0] !== from[0] || target.length === 0 || from.length < 2) return undefined;
  return layerOf([x], reshapeTo(target));
};

export function reshapeTo(targetShape: readonly number[]): MappedLayer['make'] {
  return (name) => tf.layers.reshape({ name, targetShape: [...targetShape] });
}

/** Sizes without the batch; undefined where one is open. */
function inRow(shape: Sizes): number[] | undefined {
  const row = shape.slice(1);
  return row.every((size) => size !== null) ? row : undefined;
}

function sizeOf(row: readonly number[] | undefined): number {
  return row?.reduce((product, size) => product * size, 1) ?? NaN;
}

const transpose: Mapper = (node, graph) => {
  const [x, order] = node.inputs;
  const [first, ...dims] = graph.numbers(order) ?? [];
  if (x === undefined || first !== 0 || dims.length === 0) return undefined;
  return layerOf([x], (name) => tf.layers.permute({ name, dims }));
};

const pad: Mapper = (node, graph) => {
  const [x, paddings, filler] = node.inputs;
  const zeros = graph.numbers(paddings);
  const isOther = filler !== undefined && graph.numbers(filler)?.[0] !== 0;
  if (x === undefined || isOther || zeros?.length !== 8 || !graph.isFloat(x)) return undefined;
  const [before = 0, after = 0, top = 0, bottom = 0, left = 0, right = 0, ...channels] = zeros;
  if ([before, after, ...channels].some((count) => count !== 0)) return undefined;
  const padding: [[number, number], [number, number]] = [
    [top, bottom],
    [left, right],
  ];
  return layerOf([x], (name) => tf.layers.zeroPadding2d({ name, padding }));
};

/** Images that become larger by whole factors, with corners as tfjs's layer has them. */
function resize(interpolation: 'nearest' | 'bilinear'): Mapper {
  return (node, graph) => {
    const [x] = node.inputs;
    if (x === undefined || flag(node, 'alignCorners') || flag(node, 'halfPixelCenters')) {
      return undefined;
    }
    const [from, to] = [graph.shape(x), graph.shape({ node: node.name, index: 0 })];
    const factors = [1, 2].map((axis) => (to[axis] ?? NaN) / (from[axis] ?? NaN));
    const [rows = NaN, columns = NaN] = factors;
    if (!factors.every(Number.isInteger) || !graph.isFloat(x)) return undefined;
    return layerOf([x], (name) =>
      tf.layers.upSampling2d({ name, size: [rows, columns], interpolation }),
    );
  };
}

/** Vectors of a table, by their numbers. */
const gather: Mapper = (node, graph) => {
  const [params, indices, place] = node.inputs;
  const table = graph.constant(params);
  const [axis = 0] = graph.numbers(place) ?? [];
  if (indices === undefined || table?.dtype !== 'float32' || table.shape.length !== 2) {
    return undefined;
  }
  const isLookUp = axis === 0 && graph.known(indices).dtype === 'int32';
  if (!isLookUp || graph.constant(indices) !== undefined || isScalar(graph, indices)) {
    return undefined;
  }
  const [inputDim = 1, outputDim = 1] = table.shape;
  return embedding(indices, inputDim, outputDim, Float32Array.from(table.values));
};

function embedding(
  indices: Ref,
  inputDim: number,
  outputDim: number,
  values: Float32Array,
): Mapped {
  return {
    inputs: [indices],
    layers: [
      {
        make: (name) =>
          tf.layers.embedding({ name, inputDim, outputDim, embeddingsInitializer: 'zeros' }),
        weights: [{ values, shape: [inputDim, outputDim] }],
      },
    ],
  };
}

function isScalar(graph: GraphReader, ref: Ref): boolean {
  return graph.shape(ref).length < 2;
}

export const shapes: Readonly<Record<string, Mapper>> = {
  Reshape: reshape,
  Squeeze: reshape,
  ExpandDims: reshape,
  Transpose: transpose,
  Pad: pad,
  PadV2: pad,
  ResizeBilinear: resize('bilinear'),
  ResizeNearestNeighbor: resize('nearest'),
  Gather: gather,
  GatherV2: gather,
};
