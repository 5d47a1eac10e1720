import { CenteredHistogram } from './centered-histogram';
import type { Observer } from './observer';
import type { Range } from './range';

/** Levels that the candidate ranges are quantized to when they are judged: those of 7 bits and a sign. */
const LEVELS = 128;

/**
 * Of ranges about zero, the one whose values, quantized to 128 levels, have the least Kullback-Leibler
 * divergence from the values themselves: as ONNX Runtime's `EntropyCalibrater` decides it, with 128
 * bins over both signs, counts in whole numbers and smoothing by 1e-4.
 */
export function entropyOrtObserver(bins = 128): Observer {
  const histogram = new CenteredHistogram(bins);
  return {
    observe(values) {
      histogram.add(values);
    },
    range() {
      if (histogram.max < histogram.min) return undefined;
      const { counts } = histogram;
      const zero = counts.length >> 1;
      let best = LEVELS / 2;
      let least = Infinity;
      for (let i = LEVELS / 2; i <= zero; i++) {
        const start = zero - i;
        const end = Math.min(zero + i + 1, counts.length);
        const divergence = smoothedDivergence(
          withOutliers(counts, start, end),
          wholeLevels(counts, start, end),
        );
        if (divergence < least) [best, least] = [i, divergence];
      }
      const high = histogram.edge(Math.min(zero + best + 1, counts.length));
      return clipped(histogram, histogram.edge(zero - best), high);
    },
  };
}

/**
 * The same idea as NVIDIA published it for TensorRT (Migacz, "8-bit Inference with TensorRT", GTC
 * 2017): 2048 bins of absolute values, 128 levels whose counts are spread over the bins that are not
 * empty, and the threshold in the middle of the last bin; with as many values in the first bin as in
 * the second, as NVIDIA's calibrators have it. The range is symmetric, or starts at zero when nothing
 * below was seen.
 */
export function entropyTensorRtObserver(bins = 2048): Observer {
  const histogram = new CenteredHistogram(2 * bins, 2);
  return {
    observe(values) {
      histogram.add(values);
    },
    range() {
      if (histogram.max < histogram.min) return undefined;
      const half = histogram.counts.length / 2;
      const counts = Float64Array.from(
        { length: half },
        (_, i) => (histogram.counts[half + i] ?? 0) + (histogram.counts[half - 1 - i] ?? 0),
      );
      // Zero is exact in every range: the many zeros that a ReLU leaves say nothing of where to cut.
      counts[0] = counts[1] ?? 0;
      let best = half;
      let least = Infinity;
      for (let end = LEVELS; end <= half; end++) {
        const divergence = kullbackLeibler(withOutliers(counts, 0, end), spreadLevels(counts, end));
        // Few values can fit several ranges equally well: the widest cuts none off.
        if (divergence <= least) [best, least] = [end, divergence];
      }
      const threshold = ((best + 0.5) * histogram.threshold) / half;
      return clipped(histogram, -threshold, threshold);
    },
  };
}

/** Never beyond what was seen. */
function clipped({ min, max }: CenteredHistogram, low: number, high: number): Range {
  return { min: Math.max(low, min), max: Math.min(high, max) };
}

/** The counts from `start` to `end`, with all that lies outside in the two end bins. */
function withOutliers(counts: Float64Array, start: number, end: number): Float64Array {
  const kept = counts.slice(start, end);
  kept[0] = (kept[0] ?? 0) + sum(counts, 0, start);
  kept[kept.length - 1] = (kept.at(-1) ?? 0) + sum(counts, end);
  return kept;
}

/** A loop, since ranges are searched in quadratic time and `reduce` is ten times slower. */
function sum(counts: Float64Array, start = 0, end = counts.length): number {
  let total = 0;
  for (let i = start; i < end; i++) total += counts[i] ?? 0;
  return total;
}

function countFilled(counts: Float64Array, start: number, end: number): number {
  let filled = 0;
  for (let i = start; i < end; i++) if (counts[i] !== 0) filled++;
  return filled;
}

/**
 * The counts merged into the levels and spread again over all bins of a level, in whole numbers. The
 * last level takes what the division leaves over, whose own bins stay empty.
 */
function wholeLevels(counts: Float64Array, start: number, end: number): Float64Array {
  const reference = withOutliers(counts, start, end);
  const merged = Math.floor((end - start) / LEVELS);
  const levels = new Float64Array(end - start);
  for (let level = 0; level < LEVELS; level++) {
    const from = level * merged;
    const to = level === LEVELS - 1 ? end - start : from + merged;
    const filled = countFilled(reference, from, from + merged);
    if (filled === 0) continue;
    const total = sum(counts, start + from, start + to);
    levels.fill(Math.trunc(total / filled), from, from + merged);
  }
  return levels;
}

/** The first `end` counts merged into the levels, and spread over the bins that are not empty. */
function spreadLevels(counts: Float64Array, end: number): Float64Array {
  const spread = new Float64Array(end);
  for (let level = 0; level < LEVELS; level++) {
    const from = Math.ceil((level * end) / LEVELS);
    const to = Math.ceil(((level + 1) * end) / LEVELS);
    const each = sum(counts, from, to) / countFilled(counts, from, to);
    for (let i = from; i < to; i++) if (counts[i] !== 0) spread[i] = each;
  }
  return spread;
}

const SMOOTHING = 1e-4;

/** Infinite where nothing is left to compare. */
function smoothedDivergence(p: Float64Array, q: Float64Array): number {
  const [left, right] = [smoothed(p), smoothed(q)];
  return left === undefined || right === undefined ? Infinity : kullbackLeibler(left, right);
}

/** Empty bins get a little of what the others have. */
function smoothed(counts: Float64Array): Float64Array | undefined {
  const filled = countFilled(counts, 0, counts.length);
  const empty = counts.length - filled;
  if (filled === 0) return undefined;
  const taken = (SMOOTHING * empty) / filled;
  return counts.map((count) => (count === 0 ? SMOOTHING : count - taken));
}

/** Of two lists of counts, each taken as a share of its sum. */
function kullbackLeibler(p: Float64Array, q: Float64Array): number {
  const sumP = sum(p);
  const sumQ = sum(q);
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    const share = (p[i] ?? 0) / sumP;
    if (share === 0) continue;
    const other = (q[i] ?? 0) / sumQ;
    if (!(other > 0)) return Infinity;
    divergence += share * Math.log(share / other);
  }
  return divergence;
}
