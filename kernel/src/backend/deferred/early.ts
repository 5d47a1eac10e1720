import { isRead } from './tape';

/**
 * Ops that only move or convert what they are given. Where that was there before the segment, or came from
 * JavaScript, their results can be had at any time without the rest of the segment: so tfjs looks at the
 * indices of a batch before it gathers it.
 */
const MOVES: ReadonlySet<string> = new Set([
  'Cast',
  'ExpandDims',
  'Identity',
  'Reshape',
  'Slice',
  'Squeeze',
  'StridedSlice',
]);

/** A longer chain is worth its place in a program. */
const LONGEST_CHAIN = 4;

/** Which values of a segment can be read before it ends. */
export class EarlyValues {
  private readonly lengths = new Map<number, number>();

  /** Takes note of an op; `isConstant` says whether a value of the segment came from JavaScript. */
  note(
    name: string,
    refs: readonly number[],
    first: number,
    isConstant: (value: number) => boolean,
  ): void {
    if (!MOVES.has(name)) return;
    const sources = refs.map((ref) => {
      if (ref < 0) return isRead(ref) ? undefined : 0;
      return isConstant(ref) ? 0 : this.lengths.get(ref);
    });
    if (sources.includes(undefined)) return;
    const length = 1 + Math.max(0, ...sources.map((one) => one ?? 0));
    if (length <= LONGEST_CHAIN) this.lengths.set(first, length);
  }

  has(value: number): boolean {
    return this.lengths.has(value);
  }
}
