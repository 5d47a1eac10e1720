import { HalfnoteError, shown } from '../errors';

/**
 * Which elements share a scale: all; those with the same index on an axis (a channel); or `size`
 * neighbors along an axis, as ONNX's blocked quantization has them. Axes count from the end when
 * negative.
 */
export type QuantizationGranularity =
  | { readonly kind: 'tensor' }
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'group'; readonly axis: number; readonly size: number };

/**
 * The same in the words of `quantize`, for weights whose last axis counts the outputs, as tfjs has
 * them: a channel is an index of the last axis, and groups lie along the axis before it.
 */
export type GivenGranularity =
  QuantizationGranularity | 'per-tensor' | 'per-channel' | { readonly group: number };

const ALLOWED =
  "'per-tensor', 'per-channel', { group: 32 }, { kind: 'tensor' }, { kind: 'axis', axis: 0 } and { kind: 'group', axis: 0, size: 32 }";

/** @throws HalfnoteError `invalid-granularity` that lists what is allowed. */
export function granularityOf(
  given: GivenGranularity,
  shape: readonly number[],
): QuantizationGranularity {
  if (given === 'per-tensor') return { kind: 'tensor' };
  if (given === 'per-channel') return { kind: 'axis', axis: Math.max(0, shape.length - 1) };
  // JavaScript can hand over anything.
  const fields =
    typeof given === 'object' ? (given as Readonly<Record<string, unknown>> | null) : null;
  if (typeof fields?.group === 'number') {
    return { kind: 'group', axis: Math.max(0, shape.length - 2), size: fields.group };
  }
  if (fields?.kind === 'tensor' || fields?.kind === 'axis' || fields?.kind === 'group') {
    return given as QuantizationGranularity;
  }
  throw new HalfnoteError(
    'invalid-granularity',
    `${shown(given)} is not a granularity; allowed are ${ALLOWED}.`,
  );
}

/** A tensor's elements by group. */
export interface Partition {
  readonly groups: number;
  /** The group of an element by its row-major index. Groups are numbered row-major too. */
  readonly groupOf: (index: number) => number;
  /** For messages: `the tensor`, `channel 3 of axis 1`, `group 5 of 32 along axis 0`. */
  readonly nameOf: (group: number) => string;
}

/**
 * @throws HalfnoteError `invalid-axis`, or `invalid-group` where the size does not divide the axis.
 */
export function partition(
  shape: readonly number[],
  granularity: QuantizationGranularity,
): Partition {
  if (granularity.kind === 'tensor') {
    return { groups: 1, groupOf: () => 0, nameOf: () => 'the tensor' };
  }
  const axis = resolveAxis(shape, granularity.axis);
  const length = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  if (granularity.kind === 'axis') {
    return {
      groups: length,
      groupOf: (index) => Math.floor(index / inner) % length,
      nameOf: (group) => `channel ${group} of axis ${axis}`,
    };
  }
  const { size } = granularity;
  if (!Number.isInteger(size) || size < 1 || length % size !== 0) {
    throw new HalfnoteError(
      'invalid-group',
      `Groups of ${size} do not divide axis ${axis} of shape [${shape.join(', ')}]; allowed are ${divisors(length).join(', ')}.`,
    );
  }
  return inGroups(length, size, inner, outer, axis);
}

/** As groups, of which the last of an axis may be shorter: the blocks of formats that have some. */
export function blockPartition(shape: readonly number[], given: number, size: number): Partition {
  const axis = resolveAxis(shape, given);
  const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const before = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  return inGroups(shape[axis] ?? 1, size, after, before, axis);
}

function inGroups(
  length: number,
  size: number,
  inner: number,
  outer: number,
  axis: number,
): Partition {
  const along = Math.ceil(length / size);
  return {
    groups: outer * along * inner,
    groupOf: (index) => {
      const place = Math.floor(index / inner);
      const block = Math.floor((place % length) / size);
      return (Math.floor(place / length) * along + block) * inner + (index % inner);
    },
    nameOf: (group) => `group ${group} of ${size} along axis ${axis}`,
  };
}

function resolveAxis({ length: rank }: readonly number[], axis: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new HalfnoteError(
    'invalid-axis',
    `Axis ${axis} is none of a tensor of rank ${rank}; allowed are integers from ${-rank} to ${rank - 1}.`,
  );
}

function divisors(length: number): number[] {
  return Array.from({ length }, (_, i) => i + 1).filter((size) => length % size === 0);
}
