import { exactKMeans, seededKMeans } from './kmeans';
import type { CodebookScheme, FittedScheme } from './scheme';

/** Up to this many distinct values the best codebook is found; beyond, a good one. */
const EXACT_LIMIT = 4096;

/** A code is a value's place in the ascending codebook. */
export function fitCodebook(scheme: CodebookScheme, values: readonly number[]): FittedScheme {
  const size = 2 ** scheme.bits;
  const method = scheme.method ?? (new Set(values).size <= EXACT_LIMIT ? 'exact' : 'k-means++');
  const book = (
    method === 'exact' ? exactKMeans(values, size) : seededKMeans(values, size, scheme.seed ?? 0)
  ).map(Math.fround);
  const limits = book.slice(1).map((value, i) => ((book[i] ?? value) + value) / 2);
  return {
    parameters: Object.fromEntries(book.map((value, i) => [`value${i}`, value])),
    encode: (x) => {
      let low = 0;
      let high = limits.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (x > (limits[middle] ?? 0)) low = middle + 1;
        else high = middle;
      }
      return { scaled: x, rounded: book[low] ?? 0, code: low };
    },
    decode: (code) => book[code] ?? NaN,
  };
}
