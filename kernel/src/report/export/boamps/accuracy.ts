import type { Report } from '../../schema';
import { tableScores } from '../../results/table-scores';

type Result = Report['results'][number];

/**
 * The run's accuracy, when it is a fraction: the last that the notebook recorded itself; without one, that
 * of the last precision table's baseline, for its other rows are of other precisions than the task's.
 */
export function accuracyOf(report: Report): number | undefined {
  const accuracies = report.results.filter(({ name }) => /accuracy/i.test(name));
  const ofTables = tableResults(report);
  const recorded = accuracies.filter((result) => !ofTables.all.has(keyOf(result)));
  const result =
    recorded.at(-1) ?? accuracies.findLast((each) => ofTables.baselines.has(keyOf(each)));
  const value = result?.value.value;
  return value !== undefined && value >= 0 && value <= 1 ? value : undefined;
}

function tableResults({ precisionTables }: Report) {
  const scores = precisionTables.flatMap(({ cell, table }) =>
    tableScores(table).map(({ name, format }) => ({
      key: keyOf({ cell, name }),
      isBaseline: format === table.baseline,
    })),
  );
  return {
    all: new Set(scores.map(({ key }) => key)),
    baselines: new Set(scores.flatMap(({ key, isBaseline }) => (isBaseline ? [key] : []))),
  };
}

function keyOf({ cell, name }: Pick<Result, 'cell' | 'name'>): string {
  return `${cell} ${name}`;
}
