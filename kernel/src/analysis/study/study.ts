import { deviceFacts } from '../../backend/load';
import type { ComputeFormat } from '../../backend/contract';
import { HalfnoteError } from '../../errors';
import { Progress } from '../../display/progress';
import { parsePolicy } from '../../precision/policy';
import { withPrecision } from '../../precision/scope';
import { mean, standardDeviation } from '../../quantities/statistics';
import { comparePairs, type PairedComparison } from '../../quantities/paired';
import type { StudyRow, StudyVerdict } from './result';
import { AccuracyStudy } from './view';

export interface StudyOptions {
  /** What is trained, for the table's caption. */
  readonly title: string;
  /** What `run` returns, for example `accuracy` or `bits per character`. */
  readonly metric: string;
  /** The first one is what the others are compared with. */
  readonly formats: readonly ComputeFormat[];
  /** One run per seed and format; five or more make a useful test. */
  readonly seeds: readonly number[];
  /** The largest difference of the means that counts as "the same", in the metric's unit. */
  readonly margin: number;
  /** Of losses, perplexities and bits per character: a format that scores higher is the worse one. Default false. */
  readonly lowerIsBetter?: boolean;
  /**
   * Builds, trains and scores one model. It is called under the format's policy, once per seed and
   * format; the seed has to decide the initial weights and the order of the batches.
   */
  readonly run: (context: {
    readonly seed: number;
    readonly format: ComputeFormat;
  }) => number | Promise<number>;
  /** Hears each score as it comes. */
  readonly onScore?: (score: StudyScore) => void;
}

export interface StudyScore {
  readonly format: ComputeFormat;
  readonly seed: number;
  /** Not finite when the training diverged. */
  readonly score: number;
}

const SIGNIFICANCE = 0.05;

/**
 * Trains the same model over several seeds in each format, and tests whether a format changes the score:
 * mean, standard deviation, paired t-test of no difference, and a test of equivalence within `margin`.
 * Formats take turns within a seed, so that a long study that is interrupted has lost little.
 *
 * @throws HalfnoteError `invalid-study` for fewer than two formats or seeds, repeated ones, or a margin that
 *   isn't positive.
 */
export async function accuracyStudy(options: StudyOptions): Promise<AccuracyStudy> {
  check(options);
  const { formats, seeds, title } = options;
  const scores = new Map<ComputeFormat, number[]>(formats.map((format) => [format, []]));
  const progress = new Progress(title, formats.length * seeds.length);
  for (const seed of seeds) {
    for (const format of formats) {
      const score = await withPrecision(format, async () => options.run({ seed, format }));
      scores.get(format)?.push(score);
      options.onScore?.({ format, seed, score });
      progress.advance(`${format}, seed ${seed}`);
    }
  }
  const { title: name, metric, margin, lowerIsBetter = false } = options;
  return new AccuracyStudy({
    title: name,
    metric,
    margin,
    lowerIsBetter,
    seeds,
    rows: studyRows(scores, margin),
  });
}

function studyRows(
  scores: ReadonlyMap<ComputeFormat, readonly number[]>,
  margin: number,
): StudyRow[] {
  const support = deviceFacts().formats;
  const [baseline = []] = scores.values();
  return [...scores].map(([format, own], index) => {
    const finite = [...own, ...baseline].every(Number.isFinite);
    const comparison = index > 0 && finite ? comparePairs(baseline, own, margin) : undefined;
    return {
      format,
      execution: support[format].execution,
      scores: own,
      mean: mean(own),
      standardDeviation: standardDeviation(own),
      ...(comparison === undefined ? {} : { comparison }),
      verdict: verdictOf(index === 0, own, comparison),
    };
  });
}

function verdictOf(
  isBaseline: boolean,
  scores: readonly number[],
  comparison: PairedComparison | undefined,
): StudyVerdict {
  if (!scores.every(Number.isFinite)) return 'diverged';
  if (isBaseline) return 'baseline';
  if (comparison === undefined) return 'undecided';
  if (comparison.pEquivalence < SIGNIFICANCE) return 'equivalent';
  return comparison.pDifference < SIGNIFICANCE ? 'differs' : 'undecided';
}

function check({ formats, seeds, margin }: StudyOptions): void {
  const fail = (problem: string): never => {
    throw new HalfnoteError('invalid-study', problem);
  };
  for (const format of formats) parsePolicy(format);
  if (formats.length < 2)
    fail(`A study compares at least two formats; it was given [${formats.join(', ')}].`);
  if (seeds.length < 2)
    fail(`A study needs at least two seeds; it was given [${seeds.join(', ')}].`);
  if (new Set(formats).size < formats.length)
    fail(`A format stands twice in [${formats.join(', ')}].`);
  if (new Set(seeds).size < seeds.length)
    fail(`A seed stands twice in [${seeds.join(', ')}]: it would count as two runs.`);
  if (!(margin > 0)) fail(`The margin ${margin} has to be above 0, in the metric's unit.`);
}
