import type { Tensor } from '@tensorflow/tfjs';
import type { Metric, Scorer } from '../../models/score';
import { compareSums } from '../../quantities/paired';
import { compareCounts, type PairedScores } from '../../quantities/paired-hits';

/** What is compared between a model with rounded weights and the float model, as sums over rows. */
export interface Sums {
  rows: number;
  signal: number;
  noise: number;
  /** Of the first output as probabilities, in nats. */
  divergence: number;
  /** Of the scorer. */
  score: number;
  /** Rows that were scored beside the float model's. */
  readonly pairs: Pairs;
}

/** What a paired test needs of the scores of the same rows, in float and rounded. */
export interface Pairs {
  /** Rows that the float model alone has right, and those that it alone has wrong. */
  onlyFloat: number;
  onlyRounded: number;
  /** Of the rounded score less that in float. */
  difference: number;
  squares: number;
}

export const zeroSums = (): Sums => ({
  ...{ rows: 0, signal: 0, noise: 0, divergence: 0, score: 0 },
  pairs: { onlyFloat: 0, onlyRounded: 0, difference: 0, squares: 0 },
});

/** The float model's outputs for one batch. */
export interface Reference {
  readonly outputs: readonly Float32Array[];
  /** Of the first output, row by row. */
  readonly probabilities: Float64Array;
  readonly classes: number;
  readonly labels: Tensor | undefined;
  /** One a row; empty without labels. */
  readonly scores: ArrayLike<number>;
}

export function referenceOf(
  outputs: readonly Tensor[],
  labels: Tensor | undefined,
  scorer: Scorer,
): Reference {
  const values = outputs.map((tensor) => Float32Array.from(tensor.dataSync()));
  const classes = outputs[0]?.shape.at(-1) ?? 1;
  const [first = new Float32Array()] = values;
  const [output] = outputs;
  const scores = labels === undefined || output === undefined ? [] : scorer.each(labels, output);
  return { outputs: values, probabilities: probabilities(first, classes), classes, labels, scores };
}

/** Adds what one batch says. */
export function addBatch(
  sums: Sums,
  reference: Reference,
  outputs: readonly Tensor[],
  scorer: Scorer,
): void {
  const rows = outputs[0]?.shape[0] ?? 0;
  sums.rows += rows;
  outputs.forEach((tensor, i) => {
    const values = tensor.dataSync<'float32'>();
    const expected = reference.outputs[i] ?? new Float32Array();
    expected.forEach((a, k) => {
      sums.signal += a * a;
      sums.noise += (a - (values[k] ?? NaN)) ** 2;
    });
    if (i === 0) sums.divergence += divergence(reference, values) * rows;
  });
  const [first] = outputs;
  if (reference.labels !== undefined && first !== undefined) {
    addScores(sums, reference.scores, scorer.each(reference.labels, first));
  }
}

function addScores(sums: Sums, float: ArrayLike<number>, rounded: ArrayLike<number>): void {
  const { pairs } = sums;
  for (let i = 0; i < rounded.length; i++) {
    const [before, after] = [float[i] ?? NaN, rounded[i] ?? NaN];
    sums.score += after;
    pairs.difference += after - before;
    pairs.squares += (after - before) ** 2;
    if (after < before) pairs.onlyFloat += 1;
    if (after > before) pairs.onlyRounded += 1;
  }
}

/**
 * Whether rounding changes the score: McNemar's test of hits, Student's of paired losses. Undefined without
 * labels, of fewer than two losses, and where they aren't finite.
 */
export function testOf({ rows, pairs }: Sums, metric: Metric): PairedScores | undefined {
  if (metric === 'none' || rows === 0) return undefined;
  const { onlyFloat, onlyRounded, difference, squares } = pairs;
  return metric === 'accuracy'
    ? compareCounts({ onlyBaseline: onlyFloat, onlyOther: onlyRounded, samples: rows })
    : compareSums({ samples: rows, sum: difference, squares });
}

/** Signal to noise in decibel; Infinity where nothing differs. */
export function sqnrDb({ signal, noise }: Pick<Sums, 'signal' | 'noise'>): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

/** The mean Kullback-Leibler divergence, sum p ln(p / q), of the places; p is the float model's. */
function divergence({ probabilities: p, classes }: Reference, output: Float32Array): number {
  if (classes < 2) return NaN;
  const q = probabilities(output, classes);
  let sum = 0;
  p.forEach((a, i) => {
    if (a > 0) sum += a * Math.log(a / Math.max(q[i] ?? 0, Number.MIN_VALUE));
  });
  return sum / (p.length / classes);
}

/** Rows that are no probabilities are taken as logits. */
function probabilities(values: Float32Array, classes: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start + classes <= values.length; start += classes) {
    const row = values.subarray(start, start + classes);
    const total = row.reduce((sum, x) => sum + x, 0);
    if (Math.abs(total - 1) < 1e-3 && row.every((x) => x >= 0)) {
      row.forEach((x, i) => (result[start + i] = x));
      continue;
    }
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const exponentials = Array.from(row, (x) => Math.exp(x - most));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    exponentials.forEach((x, i) => (result[start + i] = x / sum));
  }
  return result;
}
