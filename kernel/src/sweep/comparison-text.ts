import { printQuantity } from '../quantities/print';
import type { Comparison, Group, GroupFigure } from './compare';
import { valueText } from './plan';

/** A comparison as the rows of a table, its header first. */
export function comparisonRows({ by, groups }: Comparison): readonly (readonly string[])[] {
  const figures = groups[0]?.figures ?? [];
  return [
    [
      ...by,
      'points',
      ...figures.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`)),
    ],
    ...groups.map((group) => [
      ...by.map((name) => valueText(group.parameters[name])),
      pointsText(group),
      ...group.figures.map(figureText),
    ]),
  ];
}

/** The same for the differences from the first group; empty where there is none to compare with. */
export function differenceRows({ by, groups }: Comparison): readonly (readonly string[])[] {
  const [first, ...others] = groups;
  const shown = others.filter(({ figures }) =>
    figures.some(({ difference }) => difference !== null),
  );
  if (first === undefined || shown.length === 0) return [];
  return [
    [...by, ...first.figures.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`))],
    ...shown.map(({ parameters, figures }) => [
      ...by.map((name) => valueText(parameters[name])),
      ...figures.map(differenceText),
    ]),
  ];
}

/** What stands below the tables. */
export function comparisonNotes({ over, groups }: Comparison): readonly string[] {
  const methods = new Set(
    groups.flatMap(({ figures }) =>
      figures.flatMap(({ name, mean }) => (name === 'energy' && mean ? [mean.method] : [])),
    ),
  );
  return [
    over.length === 0
      ? 'No parameter repeats a run, so there are no intervals over repetitions. Name one: --over seed.'
      : `Means over ${over.join(', ')} with 95 % intervals (Student's t); a single run has none.`,
    ...(methods.size === 0
      ? []
      : [
          `Energy is that of the notebook's code: ${[...methods].join(', ')}. Points that ran side by side shared the machine.`,
        ]),
  ];
}

function pointsText({ points, failed }: Group): string {
  return failed === 0 ? String(points) : `${points}, ${failed} failed`;
}

function figureText({ mean, unit, notFinite }: GroupFigure): string {
  const lost = notFinite === 0 ? '' : `, ${notFinite} not finite`;
  if (mean === null) return notFinite === 0 ? '–' : `${notFinite} not finite`;
  return `${printQuantity(mean, unit === 'J' || unit === 's' ? unit : '')}${lost}`;
}

function differenceText({ difference, unit }: GroupFigure): string {
  if (difference === null) return '–';
  const { value, low, high } = difference;
  const text = printQuantity(
    { value, low, high, complete: true },
    unit === 'J' || unit === 's' ? unit : '',
  );
  return low > 0 || high < 0 ? text : `${text}, none shown`;
}
