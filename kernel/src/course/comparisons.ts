import { isTensor } from '../display/tensor-like';
import { shown as anything } from '../errors';
import type { FormatOrName } from '../formats/format';
import { decode, encode } from '../formats/codec';
import { asFormat } from '../formats/table';
import { shown } from '../payloads/inspection/figures';
import type { Comparison, Difference } from './comparison';
import type { Text } from './text';
import { WORDS } from './words';

type Leaf = (expected: number, got: number) => Omit<Difference, 'path'> | undefined;

/** Values that are the same, number by number; 0 and -0 are. */
export const exact: Comparison = structured((expected, got) =>
  Object.is(expected, got) || expected === got ? undefined : both(expected, got),
);

export interface InFormatOptions {
  /** Is -0 another number than 0? Default: true. */
  readonly signedZero?: boolean;
}

/** Numbers of a format that are the same in each bit. */
export function inFormat(
  formatOrName: FormatOrName,
  { signedZero = true }: InFormatOptions = {},
): Comparison {
  const format = asFormat(formatOrName);
  return structured((expected, got) => {
    if (Object.is(expected, got) || (!signedZero && expected === got)) return undefined;
    const code = encode(format, got);
    const isOne = Object.is(decode(format, code), got);
    return {
      ...both(expected, got),
      ...(isOne ? {} : { problem: WORDS.notInFormat(shown(got), format.label) }),
      bits: { format, expected: encode(format, expected), got: isOne ? code : undefined },
    };
  });
}

/** Codes of a format: whole numbers, whose bits are shown. Any code of NaN is as good as another. */
export function codesOf(formatOrName: FormatOrName): Comparison {
  const format = asFormat(formatOrName);
  return structured((expected, got) => {
    if (expected === got) return undefined;
    const isCode = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 2 ** format.bits;
    // What a mistake gives stands in for what is expected, and may be no code either.
    if ([expected, got].every((x) => isCode(x) && Number.isNaN(decode(format, x))))
      return undefined;
    return {
      ...both(expected, got),
      ...(isCode(got) ? {} : { problem: WORDS.noCode(shown(got), format.label, format.bits) }),
      bits: { format, expected, got: isCode(got) ? got : undefined },
    };
  });
}

export interface Tolerance {
  /** Of the expected value. Default: 0. */
  readonly relative?: number;
  /** Default: 0. */
  readonly absolute?: number;
}

/** Numbers as near as the tolerance says, which is shown; NaN is near to NaN only. */
export function within({ relative = 0, absolute = 0 }: Tolerance): Comparison {
  return structured((expected, got) => {
    if (Object.is(expected, got) || expected === got) return undefined;
    const allowed = Math.max(absolute, relative * Math.abs(expected));
    const error = Math.abs(got - expected);
    if (error <= allowed && Number.isFinite(error)) return undefined;
    const problem = Number.isFinite(error) ? { problem: WORDS.outside(error, allowed) } : {};
    return { ...both(expected, got), ...problem };
  });
}

/** An object whose fields are compared each in its own way; others are left alone. */
export function fields(comparisons: Readonly<Record<string, Comparison>>): Comparison {
  return (expected, got, args) => {
    if (typeof got !== 'object' || got === null) return unlike(expected, got, '');
    for (const [name, comparison] of Object.entries(comparisons)) {
      const [a, b] = [expected, got].map((value) => (value as Record<string, unknown>)[name]);
      const difference = comparison(a, b, args);
      if (difference !== undefined) return { ...difference, path: `.${name}${difference.path}` };
    }
    return undefined;
  };
}

/** A result that is right if nothing is wrong with it: `problem` tells what is, and what is expected. */
export function holds(
  problem: (
    got: unknown,
    args: readonly unknown[],
  ) => { readonly expected: string; readonly problem: Text } | undefined,
): Comparison {
  return (_expected, got, args) => {
    const found = problem(plainOf(got), args);
    return found === undefined ? undefined : { path: '', got: anything(plainOf(got)), ...found };
  };
}

/** Arrays, typed arrays, tensors and objects are compared place by place, their numbers by `leaf`. */
function structured(leaf: Leaf): Comparison {
  const compare = (expected: unknown, got: unknown, path: string): Difference | undefined => {
    const [a, b] = [plainOf(expected), plainOf(got)];
    if (typeof a === 'number' && typeof b === 'number') {
      const difference = leaf(a, b);
      return difference && { path, ...difference };
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length)
        return { ...unlike(a, b, path), problem: WORDS.length(a.length, b.length) };
      return first(a, (item, i) => compare(item, b[i] as unknown, `${path}[${i}]`));
    }
    if (isRecord(a) && isRecord(b)) {
      return first(Object.entries(a), ([name, value]) =>
        compare(value, b[name], `${path}.${name}`),
      );
    }
    return a === b ? undefined : unlike(a, b, path);
  };
  return (expected, got) => compare(expected, got, '');
}

function first<T>(
  items: readonly T[],
  compare: (item: T, i: number) => Difference | undefined,
): Difference | undefined {
  for (const [i, item] of items.entries()) {
    const difference = compare(item, i);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function unlike(expected: unknown, got: unknown, path: string): Difference {
  const problem = problemOf(expected, got);
  return {
    path,
    expected: anything(expected),
    got: anything(got),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** What is wrong with a value of another kind. */
function problemOf(expected: unknown, got: unknown): Text | undefined {
  if (got === undefined) return WORDS.nothing;
  if (kindOf(expected) !== kindOf(got)) return WORDS.kind(kindOf(expected), kindOf(got));
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A tensor's numbers and those of typed arrays, as arrays. */
function plainOf(value: unknown): unknown {
  if (isTensor(value)) return (value as unknown as { arraySync(): unknown }).arraySync();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>);
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function both(expected: number, got: number): { readonly expected: string; readonly got: string } {
  return { expected: shown(expected), got: shown(got) };
}
