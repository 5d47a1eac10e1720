import { MIME } from '../../payloads/mime-types';
import { gradientRanges } from '../../payloads/ranges/schema';
import { precisionTable } from '../../payloads/precision/table';
import { exact, fromSamples } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { claimVerdict, VERDICT_MIME } from '../../studies/claim-verdict';
import { namedResult, RESULT_MIME } from '../results/record-result';
import { tableScores } from '../results/table-scores';
import type { Report } from '../schema';
import { countedTrials, type Trial } from './trial';

interface Payload {
  readonly cell: number;
  readonly mime: string;
  readonly data: unknown;
}

/** Tables and plots that the notebook has shown in its first trial that counts. */
export function viewsOf(
  trials: readonly Trial[],
): Pick<Report, 'precisionTables' | 'gradientRanges'> {
  const [first] = countedTrials(trials);
  const payloads = first === undefined ? [] : payloadsOf(first);
  return {
    precisionTables: payloads.flatMap(({ cell, mime, data }) => {
      const { data: table } = precisionTable.safeParse(mime === MIME.precisionTable ? data : null);
      return table === undefined ? [] : [{ cell, table }];
    }),
    gradientRanges: payloads.flatMap(({ cell, mime, data }) => {
      const { data: ranges } = gradientRanges.safeParse(mime === MIME.gradientRanges ? data : null);
      return ranges === undefined ? [] : [{ cell, ranges }];
    }),
  };
}

/** Verdicts on claims that the notebook put to the test, in its first trial that counts. */
export function verdictsOf(trials: readonly Trial[]): Pick<Report, 'verdicts'> {
  const [first] = countedTrials(trials);
  const found = (first === undefined ? [] : payloadsOf(first)).flatMap(({ cell, mime, data }) => {
    const { data: verdict } = claimVerdict.safeParse(mime === VERDICT_MIME ? data : null);
    return verdict === undefined ? [] : [{ ...verdict, cell }];
  });
  return found.length === 0 ? {} : { verdicts: found };
}

/** What the notebook scored, over all runs that count. */
export function resultsOf(runs: Report['runs']): Report['results'] {
  const found = new Map<string, readonly Score[]>();
  for (const { results } of countedTrials(runs)) {
    for (const [key, score] of keyed(results)) found.set(key, [...(found.get(key) ?? []), score]);
  }
  return [...found.values()].flatMap((scores) => {
    const [first] = scores;
    if (first === undefined) return [];
    const { cell, name, unit } = first;
    return [{ cell, name, value: meanScore(scores.map(({ value }) => value)), unit }];
  });
}

/** By cell, name and unit; a name that a cell uses again stands for one more result. */
function keyed(scores: readonly Score[]): ReadonlyMap<string, Score> {
  const found = new Map<string, Score>();
  for (const score of scores) {
    const name = `${score.cell} ${score.unit} ${score.name}`;
    let key = name;
    for (let again = 2; found.has(key); again++) key = `${name} ${again}`;
    found.set(key, score);
  }
  return found;
}

/** A score is counted, not estimated. Equal ones have no spread, not even that of rounding their mean. */
function meanScore(values: readonly number[]): Quantity {
  const [first = NaN] = values;
  return values.every((value) => value === first)
    ? exact(first, { method: 'counter', samples: values.length })
    : fromSamples(values, { method: 'counter' });
}

type Score = Report['runs'][number]['results'][number];

/** What one trial scored, in its order: results that it records, and scores of its tables. */
export function scoresOf(trial: Trial): Score[] {
  return payloadsOf(trial).flatMap(({ cell, mime, data }) =>
    scoresIn(mime, data).map(({ name, value, unit }) => ({ cell, name, unit, value })),
  );
}

function scoresIn(
  mime: string,
  data: unknown,
): readonly { readonly name: string; readonly value: number; readonly unit: string }[] {
  if (mime === RESULT_MIME) {
    const { data: result } = namedResult.safeParse(data);
    return result === undefined ? [] : [result];
  }
  if (mime !== MIME.precisionTable) return [];
  const { data: table } = precisionTable.safeParse(data);
  return table === undefined
    ? []
    : tableScores(table).map(({ name, value }) => ({ name, value, unit: '' }));
}

function payloadsOf(trial: Trial): Payload[] {
  return trial.cells.flatMap(({ index, outputs }) =>
    outputs.flatMap(({ data }) =>
      typeof data === 'object' && data !== null
        ? Object.entries(data).map(([mime, value]) => ({
            cell: index,
            mime,
            data: value as unknown,
          }))
        : [],
    ),
  );
}
