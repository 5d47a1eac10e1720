import { inspect } from 'node:util';
import { fromTable, HalfnoteError, nearest } from '../errors';
import { BLOCK_FORMATS } from '../formats/blocks';
import { limits } from '../formats/limits';
import { USES } from '../formats/uses';
import { SCALE_RULES } from '../integer/affine';
import { fitCodebook } from './codebook';
import { blockNamed, floatNamed } from './format-names';
import { fitBlock, fitFloat } from './float';
import { FLOAT_SCALE_RULES, usualFloatRule } from './float-scale';
import {
  blockPartition,
  type GivenGranularity,
  granularityOf,
  partition,
  type Partition,
  type QuantizationGranularity,
} from './granularity';
import { fitAffine, fitPowerOfTwo, largest } from './linear';
import { QuantizedTensor } from './quantized-tensor';
import type { FittedScheme, QuantizationScheme } from './scheme';
import { fitBinary, fitLogarithmic, fitTernary } from './sign';

export interface QuantizeTensorOptions {
  /** Which elements share a scale. Default: all. */
  readonly granularity?: GivenGranularity;
  /** Row-major. Default: a vector. */
  readonly shape?: readonly number[];
}

const BITS: Readonly<Record<QuantizationScheme['kind'], readonly [number, number] | undefined>> = {
  affine: [2, 8],
  'power-of-two': [2, 8],
  logarithmic: [2, 8],
  binary: undefined,
  ternary: undefined,
  codebook: [1, 8],
  float: undefined,
  block: undefined,
};

/**
 * Quantizes numbers with any scheme at any granularity, and keeps the working. A group of zeros has
 * no scale of its own: it takes 1, which is exact, and is named in the result's `notes`.
 * @throws HalfnoteError `unknown-scheme`, `invalid-bits`, `unknown-scale-rule`, `shape-mismatch`,
 *   `invalid-granularity`, `invalid-axis`, `invalid-group`, `not-finite`, `scale-underflow`, `empty`,
 *   `unknown-format` of floats and blocks, `invalid-option` (granularity of blocks).
 */
export function quantizeTensor(
  values: ArrayLike<number>,
  scheme: QuantizationScheme,
  options: QuantizeTensorOptions = {},
): QuantizedTensor {
  checkScheme(scheme);
  const { shape = [values.length] } = options;
  const size = shape.reduce((a, b) => a * b, 1);
  if (values.length === 0)
    throw new HalfnoteError('empty', 'There is nothing to quantize: the tensor is empty.');
  if (size !== values.length) {
    throw new HalfnoteError(
      'shape-mismatch',
      `Shape [${shape.join(', ')}] has ${size} elements, but ${values.length} values were given.`,
    );
  }
  const { granularity, parts } = grouping(scheme, shape, options.granularity);
  const groups: number[][] = Array.from({ length: parts.groups }, () => []);
  const inputs = Float32Array.from(values);
  inputs.forEach((x, i) => {
    if (!Number.isFinite(x)) {
      throw new HalfnoteError(
        'not-finite',
        `Element ${i} is ${x}; allowed are finite numbers.`,
        'Find where it comes from first: quantizing would hide it.',
      );
    }
    groups[parts.groupOf(i)]?.push(x);
  });
  const fitted = groups.map((group) => fit(scheme, group));
  const zeros = groups.flatMap((group, i) =>
    largest(group) === 0 ? [`All of ${parts.nameOf(i)} is zero: it stays exactly zero.`] : [],
  );
  const notes = [...zeros, ...lost(scheme, inputs)];
  return new QuantizedTensor({
    scheme,
    shape,
    granularity,
    inputs,
    groupOf: parts.groupOf,
    fitted,
    notes,
  });
}

/** Blocks have their size, along an axis. */
function grouping(
  scheme: QuantizationScheme,
  shape: readonly number[],
  given: GivenGranularity | undefined,
): { readonly granularity: QuantizationGranularity; readonly parts: Partition } {
  if (scheme.kind !== 'block') {
    const granularity = granularityOf(given ?? 'per-tensor', shape);
    return { granularity, parts: partition(shape, granularity) };
  }
  if (given !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      `${scheme.format} has no granularity to choose: its blocks have a scale each.`,
      'Leave it out; `axis` of the scheme says along what blocks lie.',
    );
  }
  const { size } = BLOCK_FORMATS[blockNamed(scheme.format)];
  const axis = scheme.axis ?? -1;
  const parts = blockPartition(shape, axis, size);
  return {
    granularity: { kind: 'group', axis: axis < 0 ? axis + shape.length : axis, size },
    parts,
  };
}

/** What a float without a scale can't hold. */
function lost(scheme: QuantizationScheme, inputs: Float32Array): string[] {
  if (scheme.kind !== 'float') return [];
  const { codes: element } = USES[floatNamed(scheme.format)].weights;
  const { max } = limits(element);
  const beyond = inputs.reduce((n, x) => n + (Math.abs(x) > max ? 1 : 0), 0);
  if ((scheme.rule ?? usualFloatRule(element)) !== 'none' || beyond === 0) return [];
  return [`${beyond} of ${inputs.length} elements are beyond ±${max} and became that.`];
}

function fit(scheme: QuantizationScheme, values: readonly number[]): FittedScheme {
  switch (scheme.kind) {
    case 'affine':
      return fitAffine(scheme, values);
    case 'power-of-two':
      return fitPowerOfTwo(scheme, values);
    case 'logarithmic':
      return fitLogarithmic(scheme, values);
    case 'binary':
      return fitBinary(values);
    case 'ternary':
      return fitTernary(values);
    case 'codebook':
      return fitCodebook(scheme, values);
    case 'float':
      return fitFloat(floatNamed(scheme.format), scheme.rule, values);
    case 'block':
      return fitBlock(blockNamed(scheme.format), values);
  }
}

const EXAMPLE = "For example quantizeTensor(values, { kind: 'affine', bits: 8, symmetric: true }).";

/** JavaScript can hand over anything. */
function checkScheme(scheme: unknown): void {
  const { kind, bits, rule, format } = (scheme ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string' || !Object.hasOwn(BITS, kind)) {
    const [near] = typeof kind === 'string' ? nearest(kind, Object.keys(BITS), 1) : [];
    throw new HalfnoteError(
      'unknown-scheme',
      `${inspect(scheme, { depth: 0 })} is not a quantization scheme; allowed are objects whose kind is ${Object.keys(BITS).join(', ')}.`,
      near === undefined ? EXAMPLE : `Did you mean '${near}'? ${EXAMPLE}`,
    );
  }
  if (kind === 'affine' && rule !== undefined) {
    fromTable(SCALE_RULES, rule as string, 'scale rule');
  }
  if (kind === 'float') {
    floatNamed(format as string);
    if (rule !== undefined) fromTable(FLOAT_SCALE_RULES, rule as string, 'scale rule');
  }
  if (kind === 'block') blockNamed(format as string);
  const allowed = BITS[kind as QuantizationScheme['kind']];
  if (allowed === undefined) return;
  const [min, max] = allowed;
  if (Number.isInteger(bits) && Number(bits) >= min && Number(bits) <= max) return;
  throw new HalfnoteError(
    'invalid-bits',
    `${String(bits)} bits are not for ${kind} codes; allowed are integers from ${min} to ${max}.`,
    bits === undefined ? EXAMPLE : undefined,
  );
}
