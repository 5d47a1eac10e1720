import type { RowName } from './edge-rows';

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
 * The first row whose values are further off than `tolerance`, by root mean square, beside the largest
 * value of that row or of a usual one. What isn't finite has to be the same.
 */
export function rowDifference(
  expected: Values,
  actual: ArrayLike<number>,
  names: readonly RowName[],
  tolerance: number,
): RowDifference | undefined {
  const size = expected.data.length / Math.max(1, names.length);
  const usual = names.indexOf('usual numbers');
  const common = usual < 0 ? 0 : largest(expected.data, usual * size, size);
  for (const [row, name] of names.entries()) {
    const scale = Math.max(common, largest(expected.data, row * size, size));
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

function largest(data: ArrayLike<number>, from: number, size: number): number {
  let most = 0;
  for (let i = from; i < from + size; i++) {
    const value = Math.abs(data[i] ?? 0);
    if (Number.isFinite(value) && value > most) most = value;
  }
  return most;
}
