import type { Comparison } from '../../comparison';
import { exact, inFormat } from '../../comparisons';

const SIGNED = { 2: 'int2', 3: 'int3', 4: 'int4', 8: 'int8' } as const;

/** Integers of a format, whose bits are shown. Integers have one zero: -0 is it. */
export function integersOf(format: 'int8' | 'uint8' | 'int32' | 'int4'): Comparison {
  const comparison = inFormat(format);
  return (expected, got, args) => comparison(withOneZero(expected), withOneZero(got), args);
}

/** Signed codes of the width that the argument at `place` says. */
export function signedCodes(place: number): Comparison {
  return (expected, got, args) => {
    const format = SIGNED[args[place] as keyof typeof SIGNED] as string | undefined;
    const comparison = format === undefined ? exact : inFormat(format);
    return comparison(withOneZero(expected), withOneZero(got), args);
  };
}

function withOneZero(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(withOneZero);
  return value;
}
