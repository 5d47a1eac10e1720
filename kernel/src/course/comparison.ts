import type { NumberFormat } from '../formats/format';
import type { Text } from './text';

/** The first place where a result is not what it should be. */
export interface Difference {
  /** `[2].scale`; empty for the result itself. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** What is wrong, where it isn't plain from the two values. */
  readonly problem?: Text;
  /** Both as codes of a format. */
  readonly bits?: BitsDifference;
}

export interface BitsDifference {
  readonly format: NumberFormat;
  readonly expected: number;
  /** Undefined where the format has no such number. */
  readonly got: number | undefined;
}

/** Tells where `got` differs from what is expected; undefined where it doesn't. */
export type Comparison = (
  expected: unknown,
  got: unknown,
  args: readonly unknown[],
) => Difference | undefined;
