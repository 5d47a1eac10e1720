import { isBeyond, type RowName } from './edge-rows';

/** An output's values in memory, batches first. */
export interface Values {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** Where an export gives something else than the model. */
export interface RowDifference {
  readonly row: RowName;
  readonly expected: number;
  readonly actual: number;
}

/**
 * The first row whose values are further off than `tolerance`, by root mean square over that of the row,
 * or of the largest row that isn't beyond. What isn't finite has to be the same.
 */
export function rowDifference(
  expected: Values,
  actual: ArrayLike<number>,
  names: readonly RowName[],
  tolerance: number,
): RowDifference | undefined {
  const size = expected.data.length / Math.max(1, names.length);
  const sizes = names.map((_, row) => rootMeanSquare(expected.data, row * size, size));
  const common = sizes.reduce(
    (most, one, row) => (isBeyond(names[row]) ? most : Math.max(most, one)),
    0,
  );
  for (const [row, name] of names.entries()) {
    const scale = Math.max(common, sizes[row] ?? 0);
    let [squares, worst, at] = [0, -1, row * size];
    for (let i = row * size; i < (row + 1) * size; i++) {
      const error = distance(expected.data[i] ?? NaN, actual[i] ?? NaN);
      squares += error ** 2;
      if (error > worst) [worst, at] = [error, i];
    }
    if (Math.sqrt(squares / size) <= tolerance * scale) continue;
    return { row: name, expected: expected.data[at] ?? NaN, actual: actual[at] ?? NaN };
  }
  return undefined;
}

function distance(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const error = Math.abs(a - b);
  return Number.isFinite(error) ? error : Infinity;
}

function rootMeanSquare(data: ArrayLike<number>, from: number, size: number): number {
  let sum = 0;
  for (let i = from; i < from + size; i++) {
    const value = data[i] ?? 0;
    if (Number.isFinite(value)) sum += value ** 2;
  }
  return Math.sqrt(sum / Math.max(1, size));
}
