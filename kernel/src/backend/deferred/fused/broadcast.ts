/** Element i of a result takes element `floor(i / repeat) % period` of an operand. */
export interface Broadcast {
  readonly repeat: number;
  readonly period: number;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * How an operand is broadcast to a result, if its axes of more than one element lie side by side (a number,
 * a row, a column, the whole); undefined for what needs more than that, and for shapes that don't fit.
 */
export function broadcastTo(
  shape: readonly number[],
  result: readonly number[],
): Broadcast | undefined {
  const missing = result.length - shape.length;
  if (missing < 0) return undefined;
  let repeat = 1;
  let period = 1;
  let state: 'after' | 'in' | 'before' = 'after';
  for (let axis = result.length - 1; axis >= 0; axis--) {
    const length = result[axis] ?? 1;
    const own = axis < missing ? 1 : (shape[axis - missing] ?? 1);
    if (length === 1) {
      if (own !== 1) return undefined;
    } else if (own === length) {
      if (state === 'before') return undefined;
      state = 'in';
      period *= length;
    } else if (own === 1) {
      if (state === 'in') state = 'before';
      if (state === 'after') repeat *= length;
    } else return undefined;
  }
  return { repeat, period };
}
