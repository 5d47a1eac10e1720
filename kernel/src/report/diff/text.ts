import { textTable } from '../../display/table';
import { si, significant } from '../../display/units';
import type { Report } from '../schema';
import { differencesOf, figureDifferences, isSameReport, NOTHING, shownRatio } from './diff';

/** Two reports side by side, for a terminal: first what they were made of, then their figures. */
export function diffText(a: Report, b: Report): string {
  if (isSameReport(a, b)) return 'The two are the same report.';
  const differences = differencesOf(a, b);
  const made =
    differences.length === 0
      ? 'Code, data, versions, hardware and settings are the same.'
      : textTable(
          [
            { header: 'Differs' },
            { header: 'In', align: 'left' },
            { header: 'a', align: 'left' },
            { header: 'b', align: 'left' },
          ],
          differences.map(({ part, field, a: before, b: after }) => [part, field, before, after]),
        );
  const failed = [a, b].flatMap(({ status }, i) =>
    status === 'failed' ? [`${i === 0 ? 'a' : 'b'} is of a run that failed.`] : [],
  );
  return [made, figures(a, b), ...failed].join('\n\n');
}

function figures(a: Report, b: Report): string {
  return textTable(
    [
      { header: 'Figure' },
      { header: `a (${trials(a)})` },
      { header: `b (${trials(b)})` },
      { header: 'b / a' },
      { header: 'b is', align: 'left' },
      { header: "Hedges' g" },
    ],
    figureDifferences(a, b).map(({ figure, unit, a: before, b: after, ratio, verdict, effect }) => [
      figure,
      shown(before, unit),
      shown(after, unit),
      shownRatio(ratio),
      verdict,
      effect === null ? '' : significant(effect, 2),
    ]),
  );
}

function trials({ trials: count }: Report): string {
  return `${count} trial${count === 1 ? '' : 's'}`;
}

function shown(value: number, unit: string): string {
  if (Number.isNaN(value)) return NOTHING;
  return unit === 'J' || unit === 's' ? si(value, unit) : `${significant(value, 4)} ${unit}`.trim();
}
