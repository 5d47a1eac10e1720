import { randomKey, uniform } from '../formats/random';

/** Distinct values in ascending order with how often each occurs, and sums of all before a place. */
interface Sorted {
  readonly points: Float64Array;
  readonly weight: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

/** Centers in ascending order, at most `k` and at most as many as there are distinct values. */
export type Centers = readonly number[];

/** The centers with the least squared error, by dynamic programming (Wang and Song, 2011). */
export function exactKMeans(values: readonly number[], k: number): Centers {
  const sorted = sortedOf(values);
  const n = sorted.points.length;
  if (n <= k) return [...sorted.points];
  let least = Float64Array.from({ length: n }, (_, j) => cost(sorted, 0, j + 1));
  const firsts: Int32Array[] = [new Int32Array(n)];
  for (let cluster = 1; cluster < k; cluster++) {
    const next = new Float64Array(n);
    const first = new Int32Array(n);
    // The best start of the last cluster never moves left as its end moves right: halve the ends.
    const solve = (from: number, to: number, low: number, high: number): void => {
      if (from > to) return;
      const end = (from + to) >> 1;
      let best = Infinity;
      let start = low;
      for (let i = low; i <= Math.min(end, high); i++) {
        const error = (i === 0 ? 0 : (least[i - 1] ?? 0)) + cost(sorted, i, end + 1);
        if (error < best) [best, start] = [error, i];
      }
      next[end] = best;
      first[end] = start;
      solve(from, end - 1, low, start);
      solve(end + 1, to, start, high);
    };
    solve(0, n - 1, 0, n - 1);
    least = next;
    firsts.push(first);
  }
  const centers: number[] = [];
  let end = n;
  for (let cluster = k - 1; cluster >= 0 && end > 0; cluster--) {
    const start = firsts[cluster]?.[end - 1] ?? 0;
    centers.unshift(mean(sorted, start, end));
    end = start;
  }
  return centers;
}

/** k-means++ seeding (Arthur and Vassilvitskii, 2007), then Lloyd's steps until nothing moves. */
export function seededKMeans(values: readonly number[], k: number, seed: number): Centers {
  const sorted = sortedOf(values);
  const { points } = sorted;
  if (points.length <= k) return [...points];
  let centers = seedCenters(sorted, k, seed);
  for (;;) {
    const edges = centers.slice(1).map((c, i) => lowerBound(points, ((centers[i] ?? c) + c) / 2));
    const moved = centers.map((center, i) => {
      const start = edges[i - 1] ?? 0;
      const end = edges[i] ?? points.length;
      return start === end ? center : mean(sorted, start, end);
    });
    if (moved.every((center, i) => center === centers[i])) return centers;
    centers = moved;
  }
}

function seedCenters({ points, weight }: Sorted, k: number, seed: number): number[] {
  const key = randomKey(seed);
  const count = Float64Array.from(points, (_, i) => (weight[i + 1] ?? 0) - (weight[i] ?? 0));
  const distance = new Float64Array(points.length).fill(1);
  const centers: number[] = [];
  for (let i = 0; i < k; i++) {
    const total = distance.reduce((sum, d, j) => sum + d * (count[j] ?? 0), 0);
    let left = uniform(key, i) * total;
    let pick = distance.findIndex((d, j) => (left -= d * (count[j] ?? 0)) < 0);
    if (pick < 0) pick = distance.findLastIndex((d) => d > 0);
    const center = points[pick] ?? 0;
    centers.push(center);
    for (let j = 0; j < points.length; j++) {
      const squared = ((points[j] ?? 0) - center) ** 2;
      distance[j] = i === 0 ? squared : Math.min(distance[j] ?? 0, squared);
    }
  }
  return centers.sort((a, b) => a - b);
}

function sortedOf(values: readonly number[]): Sorted {
  const all = Float64Array.from(values).sort();
  const points = all.filter((x, i) => i === 0 || x !== all[i - 1]);
  const weight = new Float64Array(points.length + 1);
  const sum = new Float64Array(points.length + 1);
  const squares = new Float64Array(points.length + 1);
  let at = 0;
  points.forEach((x, i) => {
    const start = at;
    while (all[at] === x) at++;
    const count = at - start;
    weight[i + 1] = (weight[i] ?? 0) + count;
    sum[i + 1] = (sum[i] ?? 0) + count * x;
    squares[i + 1] = (squares[i] ?? 0) + count * x * x;
  });
  return { points, weight, sum, squares };
}

/** Squared error of the points from `start` up to `end` about their mean. */
function cost({ weight, sum, squares }: Sorted, start: number, end: number): number {
  const n = (weight[end] ?? 0) - (weight[start] ?? 0);
  const s = (sum[end] ?? 0) - (sum[start] ?? 0);
  return Math.max(0, (squares[end] ?? 0) - (squares[start] ?? 0) - (s * s) / n);
}

function mean({ weight, sum }: Sorted, start: number, end: number): number {
  return ((sum[end] ?? 0) - (sum[start] ?? 0)) / ((weight[end] ?? 0) - (weight[start] ?? 0));
}

function lowerBound(points: Float64Array, x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
