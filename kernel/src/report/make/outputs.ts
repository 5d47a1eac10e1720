import { MIME } from '../../payloads/mime-types';
import { gradientRanges, precisionTable } from '../../payloads/schemas';
import { exact, fromSamples } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
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

/** What the notebook scored, over all trials that count: results that it records, and scores of its tables. */
export function resultsOf(trials: readonly Trial[]): Report['results'] {
  const found = new Map<string, Found>();
  for (const trial of countedTrials(trials)) {
    for (const [key, result] of scoresOf(trial)) {
      const before = found.get(key);
      found.set(key, { ...result, values: [...(before?.values ?? []), ...result.values] });
    }
  }
  return [...found.values()].map(({ cell, name, unit, values }) => ({
    cell,
    name,
    value: meanScore(values),
    unit,
  }));
}

/** A score is counted, not estimated. Equal ones have no spread, not even that of rounding their mean. */
function meanScore(values: readonly number[]): Quantity {
  const [first = NaN] = values;
  return values.every((value) => value === first)
    ? exact(first, { method: 'counter', samples: values.length })
    : fromSamples(values, { method: 'counter' });
}

interface Found {
  readonly cell: number;
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** By cell and name; a name that a cell uses again stands for one more result. */
function scoresOf(trial: Trial): Map<string, Found> {
  const scores = new Map<string, Found>();
  for (const { cell, mime, data } of payloadsOf(trial)) {
    for (const { name, value, unit } of scoresIn(mime, data)) {
      let key = `${cell} ${name}`;
      for (let again = 2; scores.has(key); again++) key = `${cell} ${name} ${again}`;
      scores.set(key, { cell, name, unit, values: [value] });
    }
  }
  return scores;
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
