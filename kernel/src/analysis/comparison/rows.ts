import { encodeNumber } from '../../display/numbers';
import type { PrecisionClaim } from '../../payloads/precision/claim';
import type { PrecisionRow, PrecisionTable } from '../../payloads/precision/table';
import type { Candidate } from './candidates/candidate';
import { sourcesOf } from './claims';
import type { EnergyReading } from './energy';
import type { Fidelity } from './fidelity';
import { remarks } from './remarks';
import type { RowScore } from './row-score';
import type { Scorer } from '../../models/score';
import type { CandidateFigures } from './measured';
import type { TableTrials } from '../../payloads/precision/trials';
import type { Subject } from './subjects/subject';

/** One row of the table: what was found for one format. */
export function precisionRow(parts: {
  readonly candidate: Candidate;
  /** Undefined: simulated. */
  readonly figures: CandidateFigures | undefined;
  readonly batchSize: number;
  readonly score: RowScore;
  readonly fidelity: Fidelity;
  /** The format that speedup is against. */
  readonly against: string;
  /** A cell that puts the model into the format. */
  readonly next: string | undefined;
  /** What publications claim of the format. */
  readonly claims: readonly PrecisionClaim[];
}): PrecisionRow {
  const { candidate, figures, batchSize, score, next, claims } = parts;
  const { latency, trials } = figures ?? {};
  // What a meter of one's own couldn't tell is no figure.
  const energy = Number.isFinite(figures?.energy?.energyJ) ? figures?.energy : undefined;
  return {
    format: candidate.format,
    execution: candidate.execution,
    engine: candidate.engine,
    note: candidate.note,
    latencyS: latency ?? null,
    throughputPerS: latency === undefined ? null : batchSize / latency.median,
    speedup: figures?.speedup ?? null,
    against: parts.against,
    weightBytes: candidate.weightBytes,
    energyJ: energy === undefined ? null : energyOnWire(energy),
    co2eG: energy?.co2eG ?? null,
    ...score,
    maxError: encodeNumber(parts.fidelity.maxError),
    sqnrDb: encodeNumber(parts.fidelity.sqnrDb),
    literature: null,
    ...(claims.length === 0 ? {} : { claims: [...claims] }),
    ...(trials === undefined ? {} : { trials }),
    ...(next === undefined ? {} : { next }),
  };
}

function energyOnWire({ energyJ, interval, method, source }: EnergyReading) {
  return {
    value: energyJ,
    ...{ method, source },
    ...(interval && { interval: [interval.low, interval.high] satisfies [number, number] }),
  };
}

/** The whole table, with the notes that go below it. */
export function precisionTable(parts: {
  readonly subject: Pick<Subject, 'name' | 'parameters' | 'engine' | 'facts'>;
  readonly title: string | undefined;
  readonly rows: PrecisionRow[];
  readonly batchSize: number;
  readonly samples: number;
  readonly scorer: Scorer;
  readonly notes: readonly string[];
  readonly trials: TableTrials | undefined;
}): PrecisionTable {
  const { subject, title, rows, batchSize, samples, scorer } = parts;
  const baseline = rows[0]?.format ?? 'fp32';
  const sources = sourcesOf(rows);
  const notes = [
    'Errors are measured against fp32 on the same data.',
    ...(scorer.description === '' ? [] : [scorer.description]),
    ...scoreNotes(rows, scorer.metric, baseline),
    ...remarks(rows, baseline, batchSize),
    ...parts.notes,
  ];
  return {
    title: title ?? 'Precision comparison',
    model: { name: subject.name, parameters: subject.parameters },
    device: {
      name: subject.facts.deviceName,
      engine: subject.engine,
      threads: subject.facts.threads,
    },
    batchSize,
    samples,
    metric: scorer.metric,
    baseline,
    rows,
    notes,
    ...(sources.length === 0 ? {} : { sources }),
    ...(parts.trials === undefined ? {} : { trials: parts.trials }),
  };
}

/** From so many tests on, one that shows a difference by chance has to be reckoned with. */
const MANY_TESTS = 5;

/** How intervals and tests of the scores came about. */
function scoreNotes(
  rows: readonly PrecisionRow[],
  metric: Scorer['metric'],
  baseline: string,
): string[] {
  const tests = rows.flatMap(({ scoreTest }) => scoreTest ?? []);
  if (rows.every(({ scoreInterval }) => scoreInterval === undefined)) return [];
  const isHits = metric === 'accuracy';
  const intervals = isHits ? "Wilson's" : "Student's, of the mean";
  const how = isHits
    ? "McNemar's test (mid-p), with Tango's interval of the difference"
    : 'a paired bootstrap of the mean difference, seeded';
  return [
    `Intervals of the ${metric} are 95% (${intervals}), as if the samples had been drawn at random.` +
      (tests.length === 0
        ? isHits
          ? ''
          : ' Too few samples, or none that are finite, to test differences.'
        : ` Against ${baseline}, on the same samples: ${how}; below p = 0.05 a difference counts as shown.`) +
      (tests.length >= MANY_TESTS
        ? ` Of ${tests.length} such tests one in twenty shows a difference by chance alone.`
        : ''),
  ];
}
