import { decodeNumber } from '../../display/numbers';
import { ABSENT, significant } from '../../display/units';
import { counted } from '../../display/words';
import type { PrecisionRow, PrecisionTable, ScoreTest } from './table';

type Scored = Pick<PrecisionTable, 'metric' | 'baseline' | 'samples' | 'rows'>;

/** Below this p value a difference counts as shown. */
const SIGNIFICANCE = 0.05;
/** Points of accuracy lost that count where nothing was tested: in tables of an older Halfnote. */
const UNTESTED_LOSS = 0.01;

/** `97.22%` of an accuracy, `0.1234` of a loss. */
export function scoreText(value: number, metric: PrecisionTable['metric']): string {
  return metric === 'accuracy' ? `${(value * 100).toFixed(2)}%` : significant(value, 4);
}

/** The ends of a score's 95% interval: `95.0–98.5%`; undefined where there is none. */
export function scoreIntervalText(
  { scoreInterval }: PrecisionRow,
  { metric }: Scored,
): string | undefined {
  if (scoreInterval === undefined) return undefined;
  const [low, high] = scoreInterval;
  if (metric !== 'accuracy') return `${significant(low, 3)} to ${significant(high, 3)}`;
  const digits = decimalsOf((high - low) * 100);
  return `${floored(low * 100, digits)}–${ceiled(high * 100, digits)}%`;
}

/** What a row's score is against the baseline's. */
export type ScoreChange = 'baseline' | 'not distinguishable' | 'better' | 'worse' | 'unknown';

/** By the test where there is one; of tables without, an accuracy that falls by more than a point is worse. */
export function scoreChange(row: PrecisionRow, table: Scored): ScoreChange {
  if (row.format === table.baseline) return 'baseline';
  const { metric } = table;
  if (row.scoreTest !== undefined) {
    const { difference } = row.scoreTest;
    if (!isShown(row.scoreTest)) return 'not distinguishable';
    return isGain(difference, metric) ? 'better' : 'worse';
  }
  const difference = untested(row, table);
  if (difference === undefined || metric !== 'accuracy') return 'unknown';
  return difference < -UNTESTED_LOSS ? 'worse' : 'unknown';
}

/** A table's cell: `1.7 pt lower (0.4 to 3.0), p = 0.012`, or that nothing is shown, within what bounds. */
export function scoreChangeText(row: PrecisionRow, table: Scored): string {
  if (row.format === table.baseline) return 'baseline';
  const { metric } = table;
  const { scoreTest } = row;
  if (scoreTest === undefined) {
    const difference = untested(row, table);
    if (difference === undefined) return ABSENT;
    return difference === 0 ? 'the same' : `${alone(difference, metric)}, not tested`;
  }
  return testText(scoreTest, metric);
}

/** A paired test of two scores, as far as words go; the difference is in the score's unit. */
export interface Tested extends Pick<ScoreTest, 'difference' | 'p'> {
  /** Of the difference, 95%. */
  readonly interval: readonly [low: number, high: number];
}

/** The same of a test alone. */
export function testText(tested: Tested, metric: PrecisionTable['metric']): string {
  const { difference, interval, p } = tested;
  const { text, ends } = sizeAndSide(difference, interval, metric);
  return isShown(tested)
    ? `${text} (${ends.join(' to ')}), ${probability(p)}`
    : `not distinguishable (${signedEnds(interval, metric)}), ${probability(p)}`;
}

/** The same within a sentence, with what it is against and on how many samples. */
export function scoreSentence(row: PrecisionRow, table: Scored): string | undefined {
  const { metric, baseline } = table;
  const { scoreTest } = row;
  if (scoreTest === undefined) {
    const difference = untested(row, table);
    if (difference === undefined) return undefined;
    if (difference === 0) return `the same ${metric} as ${baseline}`;
    return `${metric} ${alone(difference, metric)} than ${baseline} (not tested)`;
  }
  return testSentence(scoreTest, table);
}

/** The same of a test alone: `accuracy not distinguishable from fp32 on 360 samples (p = 0.45)`. */
export function testSentence(
  tested: Tested,
  { metric, baseline, samples }: Pick<Scored, 'metric' | 'baseline' | 'samples'>,
): string {
  const { difference, interval, p } = tested;
  const on = `on ${counted(samples, 'sample')}`;
  if (!isShown(tested))
    return `${metric} not distinguishable from ${baseline} ${on} (${probability(p)})`;
  const { text, ends } = sizeAndSide(difference, interval, metric);
  return `${metric} ${text} than ${baseline} (95% interval ${ends.join(' to ')})`;
}

/** How much worse than the baseline a score may still be: the far end of the test's interval, 0 or more. */
export function worstCase(
  { scoreTest }: Pick<PrecisionRow, 'scoreTest'>,
  { metric }: Pick<Scored, 'metric'>,
): number | undefined {
  return scoreTest && mostLost(scoreTest, metric);
}

/** The same of a test alone. */
export function mostLost(
  { interval: [low, high] }: Tested,
  metric: PrecisionTable['metric'],
): number {
  return Math.max(0, metric === 'accuracy' ? -low : high);
}

/** `1.7 pt` of an accuracy's difference, `0.02` of a loss's. */
export function scoreSize(size: number, metric: PrecisionTable['metric']): string {
  return metric === 'accuracy'
    ? `${(size * 100).toFixed(decimalsOf(size * 100))} pt`
    : significant(size, 2);
}

/** `p = 0.45`, `p < 0.001`. */
export function probability(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${String(Number(p.toPrecision(2)))}`;
}

/** Whether a test shows a difference. */
export function isShown({ p, difference }: Pick<Tested, 'p' | 'difference'>): boolean {
  return p < SIGNIFICANCE && difference !== 0;
}

function isGain(difference: number, metric: PrecisionTable['metric']): boolean {
  return metric === 'accuracy' ? difference > 0 : difference < 0;
}

/** A difference that nobody tested. */
function untested({ score }: PrecisionRow, { rows, baseline }: Scored): number | undefined {
  const reference = rows.find(({ format }) => format === baseline)?.score ?? null;
  if (score === null || reference === null) return undefined;
  const difference = decodeNumber(score) - decodeNumber(reference);
  return Number.isFinite(difference) ? difference : undefined;
}

/** `1.7 pt lower`, and the interval's ends as sizes on that side, the smaller first. */
function sizeAndSide(
  difference: number,
  interval: readonly [number, number],
  metric: PrecisionTable['metric'],
): { readonly text: string; readonly ends: readonly string[] } {
  const factor = metric === 'accuracy' ? 100 : 1;
  const [low, high] = interval;
  const width = (high - low) * factor || Math.abs(difference) * factor;
  const digits = decimalsOf(width);
  const side = difference < 0 ? 'lower' : 'higher';
  const sign = difference < 0 ? -1 : 1;
  const sizes = [low, high].map((end) => sign * end * factor).toSorted((a, b) => a - b);
  const unit = metric === 'accuracy' ? ' pt' : '';
  const [least = 0, most = 0] = sizes;
  return {
    text: `${(Math.abs(difference) * factor).toFixed(digits)}${unit} ${side}`,
    ends: [floored(least, digits), ceiled(most, digits)],
  };
}

/** Without an interval. */
function alone(difference: number, metric: PrecisionTable['metric']): string {
  return sizeAndSide(difference, [difference, difference], metric).text;
}

/** `−1.2 to +0.5 pt`. */
function signedEnds(
  [low, high]: readonly [number, number],
  metric: PrecisionTable['metric'],
): string {
  const factor = metric === 'accuracy' ? 100 : 1;
  const digits = decimalsOf((high - low) * factor);
  const signed = (text: string): string => (Number(text) > 0 ? `+${text}` : text.replace('-', '−'));
  const unit = metric === 'accuracy' ? ' pt' : '';
  return `${signed(floored(low * factor, digits))} to ${signed(ceiled(high * factor, digits))}${unit}`;
}

/** Of figures that are as sure as `width` is small: one digit beyond its first. */
function decimalsOf(width: number): number {
  if (!(width > 0)) return 1;
  return Math.min(8, Math.max(0, -Math.floor(Math.log10(width / 2)) + (width / 2 >= 1 ? 1 : 0)));
}

/** Ends are rounded outward, so that what is printed covers as well. */
function floored(value: number, digits: number): string {
  return outward(value, digits, Math.floor);
}

function ceiled(value: number, digits: number): string {
  return outward(value, digits, Math.ceil);
}

function outward(value: number, digits: number, round: (x: number) => number): string {
  const steps = value * 10 ** digits;
  const nearest = Math.round(steps);
  const text = ((Math.abs(steps - nearest) < 1e-6 ? nearest : round(steps)) / 10 ** digits).toFixed(
    digits,
  );
  return Number(text) === 0 ? text.replace('-', '') : text;
}
