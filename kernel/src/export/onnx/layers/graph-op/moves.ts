import { typeCode } from '../../proto/attribute';
import { range } from '../../writer/layout';
import { floats, type OpScope } from './arguments';
import type { OpEmitter } from './elementwise';

/** Beyond every axis: `Slice` stops at its end. */
const END = 2 ** 31 - 1;

/** `Reshape` to the output's shape, of which one size may be open. */
const reshape: OpEmitter = (scope) => {
  const sizes = scope.layer.outputShape().map((size) => size ?? -1);
  if (sizes.filter((size) => size === -1).length > 1) {
    throw scope.unsupported('more than one size of its output is open');
  }
  return scope.layer.op('Reshape', [scope.value(0), scope.layer.indices('shape', sizes)]);
};

const pad: OpEmitter = (scope) => {
  const pairs = scope.numbers(1, 'paddings');
  const [before, after] = [0, 1].map((end) => pairs.filter((_, i) => i % 2 === end));
  const pads = scope.layer.indices('pads', [...(before ?? []), ...(after ?? [])]);
  if (scope.op === 'MirrorPad') {
    if (scope.text('mode').toUpperCase() !== 'REFLECT') {
      throw scope.unsupported('ONNX has no padding that repeats the edge');
    }
    return scope.layer.op('Pad', [scope.value(0), pads], { mode: 'reflect' });
  }
  const filler = scope.op === 'PadV2' ? [scope.value(2)] : [];
  return scope.layer.op('Pad', [scope.value(0), pads, ...filler]);
};

const transpose: OpEmitter = (scope) =>
  scope.layer.op('Transpose', [scope.value(0)], { perm: scope.numbers(1, 'axes') });

const slice: OpEmitter = (scope) => {
  const begin = scope.numbers(1, 'begins');
  const size = scope.numbers(2, 'sizes');
  const ends = begin.map((from, axis) => ((size[axis] ?? -1) < 0 ? END : from + (size[axis] ?? 0)));
  return sliced(
    scope,
    begin,
    ends,
    begin.map(() => 1),
  );
};

/** What a slice takes of an axis. */
interface Limits {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Of one place, and without its axis afterwards. */
  readonly isShrunk: boolean;
}

const stridedSlice: OpEmitter = (scope) => {
  const [begin = [], end = [], steps = []] = [1, 2, 3].map((i) => scope.numbers(i, 'limits'));
  const has = (mask: string, place: number): boolean =>
    ((scope.number(mask, 0) >> place) & 1) === 1;
  const rank = scope.shape(0).length;
  const isEllipsis = (place: number): boolean => has('ellipsis_mask', place);
  const isNew = (place: number): boolean => !isEllipsis(place) && has('new_axis_mask', place);
  const taken = begin.filter((_, place) => !isEllipsis(place) && !isNew(place)).length;
  const added: number[] = [];
  // Of the input, and of the result, which a place is about.
  let [axis, made] = [-1, -1];
  const limits = begin.flatMap((from, place): Limits[] => {
    if (isEllipsis(place)) {
      axis += rank - taken;
      made += rank - taken;
      return [];
    }
    if (isNew(place)) {
      added.push((made += 1));
      return [];
    }
    axis += 1;
    if (!has('shrink_axis_mask', place)) made += 1;
    const step = steps[place] ?? 1;
    const [low, high] = step < 0 ? [END, -END] : [0, END];
    const isShrunk = has('shrink_axis_mask', place);
    const start = has('begin_mask', place) && !isShrunk ? low : from;
    if (isShrunk) return [{ axis, start, end: start === -1 ? END : start + 1, step: 1, isShrunk }];
    const stop = has('end_mask', place) ? high : (end[place] ?? high);
    return [{ axis, start, end: stop, step, isShrunk }];
  });
  const y = sliced(
    scope,
    limits.map(({ start }) => start),
    limits.map((limit) => limit.end),
    limits.map(({ step }) => step),
    limits.map(({ axis }) => axis),
  );
  const shrunk = limits.flatMap(({ axis, isShrunk }) => (isShrunk ? [axis] : []));
  const fewer =
    shrunk.length === 0 ? y : scope.layer.op('Squeeze', [y, scope.layer.indices('shrunk', shrunk)]);
  return added.length === 0
    ? fewer
    : scope.layer.op('Unsqueeze', [fewer, scope.layer.indices('added', added)]);
};

function sliced(
  scope: OpScope,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[],
  axes: readonly number[] = range(0, starts.length),
): string {
  const { layer } = scope;
  return layer.op('Slice', [
    scope.value(0),
    layer.indices('starts', starts),
    layer.indices('ends', ends),
    layer.indices('axes', axes),
    layer.indices('steps', steps),
  ]);
}

/** Several values side by side on a new axis. */
const pack: OpEmitter = (scope) => {
  const axis = scope.number('axis', 0);
  const added = scope.layer.indices('added', [axis]);
  const parts = range(0, scope.count).map((i) =>
    scope.layer.op('Unsqueeze', [scope.value(i), added]),
  );
  return scope.layer.op('Concat', parts, { axis });
};

const concat: OpEmitter = (scope) => {
  const last = scope.count - 1;
  const [axis = 0] = scope.numbers(last, 'axis');
  const parts = range(0, last).map((i) => scope.value(i));
  return scope.layer.op('Concat', parts, { axis });
};

const gather: OpEmitter = (scope) => {
  if (scope.number('batch_dims', 0) !== 0) throw scope.unsupported('it gathers batch by batch');
  const [axis = 0] = scope.op === 'GatherV2' ? scope.numbers(2, 'axis') : [0];
  return scope.layer.op('Gather', [scope.value(0), scope.value(1)], { axis });
};

const gatherNd: OpEmitter = (scope) => {
  const places = scope.layer.op('Cast', [scope.value(1)], { to: typeCode('int64') });
  return scope.layer.op('GatherND', [scope.value(0), places]);
};

const tile: OpEmitter = (scope) => {
  const repeats = scope.layer.indices('repeats', scope.numbers(1, 'repeats'));
  return scope.layer.op('Tile', [scope.value(0), repeats]);
};

/** Equal parts, or, of `Unpack`, slices of one without their axis. */
const split: OpEmitter = (scope) => {
  const isUnpack = scope.op === 'Unpack';
  const data = scope.op === 'Split' ? 1 : 0;
  const rank = scope.shape(data).length;
  const given = isUnpack
    ? scope.number('axis', 0)
    : (scope.numbers(scope.op === 'Split' ? 0 : 2, 'axis')[0] ?? 0);
  const axis = given < 0 ? given + rank : given;
  const size = scope.shape(data)[axis];
  if (typeof size !== 'number') throw scope.unsupported('the axis that it splits is open');
  const count = isUnpack ? size : scope.number('num_split', 1);
  const sizes =
    scope.op === 'SplitV' ? scope.numbers(1, 'sizes') : range(0, count).map(() => size / count);
  const lengths = scope.layer.indices('sizes', sizes);
  const parts = scope.layer.ops('Split', [scope.value(data), lengths], sizes.length, { axis });
  const removed = scope.layer.indices('removed', [axis]);
  return isUnpack ? parts.map((part) => scope.layer.op('Squeeze', [part, removed])) : parts;
};

const resize: OpEmitter = (scope) => {
  const [, rows, columns] = scope.layer.outputShape();
  const [, height, width] = scope.shape(0);
  const sizes = [rows, columns, height, width];
  if (sizes.some((size) => typeof size !== 'number')) {
    throw scope.unsupported('the size of its images is open');
  }
  const [toRows = 1, toColumns = 1, fromRows = 1, fromColumns = 1] = sizes as number[];
  const nearest = scope.op === 'ResizeNearestNeighbor';
  const halfPixels = scope.flag('half_pixel_centers');
  const corners = scope.flag('align_corners');
  const { layer } = scope;
  // ONNX Runtime resizes images whose channels come first.
  const x = layer.op('Transpose', [scope.value(0)], { perm: [0, 3, 1, 2] });
  const scales = floats(scope, 'scales', [1, 1, toRows / fromRows, toColumns / fromColumns]);
  const mode = halfPixels ? 'half_pixel' : 'asymmetric';
  const y = layer.op('Resize', [x, '', scales], {
    mode: nearest ? 'nearest' : 'linear',
    coordinate_transformation_mode: corners ? 'align_corners' : mode,
    ...(nearest ? { nearest_mode: corners ? 'round_prefer_ceil' : 'floor' } : {}),
  });
  return layer.op('Transpose', [y], { perm: [0, 2, 3, 1] });
};

/** TensorFlow's order of what becomes a block is ONNX's `DCR`: depth, column, row. */
const depthToSpace: OpEmitter = (scope) => {
  const { layer } = scope;
  const attributes = { blocksize: scope.number('block_size', 1), mode: 'DCR' };
  if (scope.text('data_format') === 'NCHW') {
    return layer.op('DepthToSpace', [scope.value(0)], attributes);
  }
  const x = layer.op('Transpose', [scope.value(0)], { perm: [0, 3, 1, 2] });
  const y = layer.op('DepthToSpace', [x], attributes);
  return layer.op('Transpose', [y], { perm: [0, 2, 3, 1] });
};

const shape: OpEmitter = (scope) => {
  const sizes = scope.layer.op('Shape', [scope.value(0)]);
  return scope.layer.op('Cast', [sizes], { to: typeCode('int32') });
};

export const moves: Readonly<Record<string, OpEmitter>> = {
  Concat: concat,
  ConcatV2: concat,
  DepthToSpace: depthToSpace,
  ExpandDims: reshape,
  Gather: gather,
  GatherNd: gatherNd,
  GatherV2: gather,
  MirrorPad: pad,
  Pack: pack,
  Pad: pad,
  PadV2: pad,
  Reshape: reshape,
  ResizeBilinear: resize,
  ResizeNearestNeighbor: resize,
  Shape: shape,
  Slice: slice,
  Split: split,
  SplitV: split,
  Squeeze: reshape,
  StridedSlice: stridedSlice,
  Tile: tile,
  Transpose: transpose,
  Unpack: split,
};
