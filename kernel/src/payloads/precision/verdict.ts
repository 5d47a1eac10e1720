import { decodeNumber } from '../../display/numbers';
import { ratio, significant } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import { type Cost, frontOf, worthsOf } from './front';
import { scoreChange, scoreSentence, scoreSize, worstCase } from './score-words';
import type { PrecisionRow, PrecisionTable } from './table';

/** Below this a speedup is no gain: timings on a shared machine differ by as much. */
const PAYS = 1.05;
/** Where no score was tested: outputs whose error is a tenth of them, or less. */
const NEAR_DB = 20;
/** Points of accuracy that a format may still lose, unseen in so few samples, before that has to be said. */
const UNSEEN = 0.05;

/** What a comparison comes to, with the cost that it was judged by. */
export interface PrecisionVerdict extends Verdict {
  /** Undefined where no format is put forward. */
  readonly format?: string;
  readonly cost: Cost;
}

/**
 * The format to take: of those that aren't shown to be worse than the baseline, the fastest, or where none is
 * faster, the smallest.
 */
export function precisionVerdict(table: PrecisionTable): PrecisionVerdict {
  const { rows, baseline } = table;
  const base = rows.find(({ format }) => format === baseline);
  const others = rows.filter(({ format, against }) => format !== baseline && format !== against);
  if (base === undefined || others.length === 0) {
    const only = listed(rows.map(({ format }) => format));
    return {
      sentence: `Only ${only} ${rows.length === 1 ? 'was' : 'were'} run: there is nothing to compare it with.`,
      tone: 'caution',
      cost: 'bytes',
    };
  }
  const verdict = judged(others, base, table);
  if (areTimesValid(table)) return verdict;
  return {
    ...verdict,
    sentence: `No time or energy counts here, for the trials are invalid. ${verdict.sentence}`,
    tone: verdict.tone === 'good' ? 'caution' : verdict.tone,
  };
}

function judged(
  others: readonly PrecisionRow[],
  base: PrecisionRow,
  table: PrecisionTable,
): PrecisionVerdict {
  const { baseline, metric } = table;
  const good = others.filter((row) => isAsGood(row, table));
  if (good.length === 0) return nearest(others, base, table);
  const smaller = good.filter(({ weightBytes }) => weightBytes < base.weightBytes);
  const fast = areTimesValid(table) ? good.filter(isFaster) : [];
  const [chosen] = fast.length > 0 ? fast.toSorted(bySpeed) : smaller.toSorted(byBytes);
  const cost = fast.length > 0 ? 'time' : 'bytes';
  if (chosen === undefined) {
    const kept = namesOf(good);
    const sentence = `Nothing here costs less than ${baseline}: ${kept} ${good.length === 1 ? 'is' : 'are'} neither smaller nor shown to be faster.`;
    return { sentence, tone: 'caution', cost };
  }
  const few = metric === 'accuracy' ? (worstCase(chosen, table) ?? 0) : 0;
  const isUnsure = few > UNSEEN || scoreChange(chosen, table) === 'unknown';
  const parts = [...costs(chosen, base, table), worth(chosen, table)];
  return {
    sentence:
      `${chosen.format} ${isOnFront(chosen, cost, table) ? 'is on the front' : 'comes off best'}: ${parts.join(', ')}` +
      (few > UNSEEN
        ? `; so few samples leave room for up to ${scoreSize(few, metric)} less.`
        : '.'),
    tone: isUnsure ? 'caution' : 'good',
    format: chosen.format,
    cost,
    ...(chosen.next === undefined ? {} : { next: chosen.next }),
  };
}

/** Not where one that is faster or smaller, but shown to be worse, has by chance the better score. */
function isOnFront({ format }: PrecisionRow, cost: Cost, table: PrecisionTable): boolean {
  const [worth = 'sqnr'] = worthsOf(table);
  const { points } = frontOf(table, cost, worth);
  return points.some((point) => point.format === format && point.isOnFront);
}

/** Where every format is shown to be worse: the one that is least so. */
function nearest(
  others: readonly PrecisionRow[],
  base: PrecisionRow,
  table: PrecisionTable,
): PrecisionVerdict {
  const { baseline, metric } = table;
  const [best] = others.toSorted((a, b) => lossOf(a, table) - lossOf(b, table));
  if (best === undefined) return { sentence: '', tone: 'problem', cost: 'bytes' };
  const what = metric === 'none' ? 'outputs' : metric;
  return {
    sentence: `No format keeps ${baseline}'s ${what}: nearest is ${best.format}, ${[worth(best, table), ...share(best, base).map((part) => `at ${part}`)].join(', ')}.`,
    tone: 'problem',
    cost: 'bytes',
  };
}

function isAsGood(row: PrecisionRow, table: PrecisionTable): boolean {
  const sqnr = decodeNumber(row.sqnrDb);
  if (Number.isNaN(sqnr)) return false;
  const change = scoreChange(row, table);
  if (change === 'unknown') {
    if (row.score === null) return sqnr >= NEAR_DB;
    return isScoreFinite(row) && (table.metric === 'accuracy' || sqnr >= NEAR_DB);
  }
  return change !== 'worse';
}

function isScoreFinite({ score }: PrecisionRow): boolean {
  return score !== null && Number.isFinite(decodeNumber(score));
}

/** By the trials' test where there is one. */
function isFaster({ speedup, trials }: PrecisionRow): boolean {
  const shown = trials?.against?.durationS.verdict;
  if (shown !== undefined) return shown === 'lower';
  return speedup !== null && decodeNumber(speedup) >= PAYS;
}

function bySpeed(a: PrecisionRow, b: PrecisionRow): number {
  return Number(a.latencyS?.median) - Number(b.latencyS?.median) || byBytes(a, b);
}

function byBytes(a: PrecisionRow, b: PrecisionRow): number {
  return a.weightBytes - b.weightBytes || lossless(b) - lossless(a);
}

function lossless({ sqnrDb }: PrecisionRow): number {
  return Math.min(decodeNumber(sqnrDb), 1e3);
}

function lossOf(row: PrecisionRow, { metric }: PrecisionTable): number {
  const score = row.score === null ? NaN : decodeNumber(row.score);
  const loss =
    metric === 'accuracy' ? -score : metric === 'loss' ? score : -decodeNumber(row.sqnrDb);
  return Number.isNaN(loss) ? Infinity : loss;
}

/** Bytes, time and energy, each against what the row is compared with. */
function costs(row: PrecisionRow, base: PrecisionRow, table: PrecisionTable): string[] {
  const energy = areTimesValid(table) ? energyShare(row, table) : undefined;
  return [...share(row, base), ...time(row, table), ...(energy === undefined ? [] : [energy])];
}

function time(row: PrecisionRow, table: PrecisionTable): string[] {
  const { baseline } = table;
  const { against = baseline, speedup, execution, trials } = row;
  if (execution === 'simulated') return ['simulated here, so that nothing is said of its time'];
  if (speedup === null || !areTimesValid(table)) return [];
  if (trials !== undefined && !isFaster(row)) return ['not shown to be faster'];
  return [`${ratio(decodeNumber(speedup))} as fast${against === baseline ? '' : ` as ${against}`}`];
}

function areTimesValid({ trials }: PrecisionTable): boolean {
  return trials?.valid !== false;
}

/** Where energy is shown to differ: by the trials' test, or by intervals apart. */
function energyShare(row: PrecisionRow, { rows, baseline }: PrecisionTable): string | undefined {
  const { against = baseline, energyJ, trials } = row;
  const reference = rows.find(({ format }) => format === against)?.energyJ ?? null;
  if (energyJ === null || reference === null) return undefined;
  const verdict = trials?.against?.energyJ?.verdict;
  const [a, b] = [energyJ.interval, reference.interval];
  const isApart = a !== undefined && b !== undefined && (a[1] < b[0] || b[1] < a[0]);
  const isShown = verdict === undefined ? isApart : verdict !== 'no difference shown';
  if (!isShown) return undefined;
  const how = energyJ.method === 'counter' ? '' : ` (${energyJ.method})`;
  return `${ratio(energyJ.value / reference.value)} the energy${how}`;
}

function worth(row: PrecisionRow, table: PrecisionTable): string {
  const sentence = scoreSentence(row, table);
  if (sentence !== undefined) return sentence;
  const sqnr = decodeNumber(row.sqnrDb);
  const near = sqnr === Infinity ? "outputs equal to fp32's" : `SQNR ${significant(sqnr)} dB`;
  return table.metric === 'none' ? `${near} (no labels, so no accuracy)` : near;
}

/** Nothing of models without weights. */
function share(row: PrecisionRow, base: PrecisionRow): string[] {
  return base.weightBytes === 0 ? [] : [`${ratio(row.weightBytes / base.weightBytes)} the bytes`];
}

function namesOf(rows: readonly PrecisionRow[]): string {
  return rows.map(({ format }) => format).join(', ');
}
