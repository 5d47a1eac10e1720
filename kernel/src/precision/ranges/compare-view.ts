import {
  bundle,
  fold,
  notes,
  paragraph,
  picture,
  stacked,
  staticBundle,
} from '../../display/fallback';
import type { Draw } from '../../display/exhibits';
import { fixed, label, NARROW } from '../../display/svg';
import type { Column } from '../../display/table';
import { percent } from '../../display/units';
import { verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import type { MimeBundle } from '../../host';
import { MIME } from '../../payloads/mime-types';
import {
  comparisonVerdict,
  readComparison,
  type Compared,
  type RangeComparison,
} from '../../payloads/ranges/comparison';
import { areas, raster } from './heatmap-cells';
import { stepsPanel } from './heatmap-steps';

const WIDTH = 778;
const LEFT = 158;
const NARROW_LEFT = 104;
const BETWEEN = 26;
const MARGIN = 14;
const TOP = 80;
const MAP = 160;
const SHOWN = 40;

/** Points of percent, with their sign. */
function points(difference: number): string {
  const value = Math.abs(100 * difference).toFixed(Math.abs(difference) < 0.1 ? 2 : 1);
  return Number(value) === 0 ? '0' : `${difference < 0 ? '−' : '+'}${value}`;
}

/** Two runs: what each lost by step, on one scale, and what differs by layer. */
export function comparisonBundle(payload: RangeComparison): MimeBundle {
  const compared = readComparison(payload);
  if (compared === undefined)
    return staticBundle(paragraph(`${payload.title}: no layer is in both.`));
  const { runs, layers } = compared;
  const columns: readonly Column[] = [
    { header: 'Layer' },
    ...runs.flatMap(({ name: group }) =>
      ['Zero', 'Underflow', 'Overflow'].map((header) => ({ header, group })),
    ),
    { header: 'Difference, pt' },
  ];
  const rows = layers.map(({ name, lost, difference }) => [
    name,
    ...lost.flatMap(({ zero, underflow, overflow }) => [zero, underflow, overflow].map(percent)),
    points(difference),
  ]);
  const rank = layers
    .map((_, index) => index)
    .toSorted(
      (a, b) => Math.abs(layers[b]?.difference ?? 0) - Math.abs(layers[a]?.difference ?? 0),
    );
  return bundle(
    MIME.gradientComparison,
    payload,
    stacked(
      verdict(comparisonVerdict(compared)),
      picture(pictureOf(payload, compared)),
      worstFirst(columns, rows, rank, {
        caption: payload.title,
        what: 'layers',
        order: 'largest difference first',
      }),
      fold('How it was counted', notes(REMARKS)),
    ),
  );
}

const REMARKS = [
  'Measured counts, each run in its own format at the loss scales that it had. Overflow counts infinities and NaN too.',
  'Zero is what was zero when it was counted: from the beginning, or lost before. The difference is of all that is zero, underflows or overflows, in points of percent: what one run has more of was lost there, where network and data are the same.',
];

/** The layers by step in both runs, in the same shades; nothing where a run keeps no steps apart. */
function pictureOf({ title }: RangeComparison, { runs, layers }: Compared): Draw {
  const [a, b] = runs.map(({ ranges }) => {
    const format = ranges.formats.find(({ id }) => id === ranges.format);
    const { time } = ranges;
    return format === undefined || time === undefined ? undefined : { ranges, format, time };
  });
  if (a === undefined || b === undefined) return () => undefined;
  const shown = layers.slice(0, SHOWN);
  const height = Math.max(4, Math.min(14, MAP / shown.length));
  const every = Math.ceil(11 / height);
  const bottom = TOP + shown.length * height;
  return (forPaper) => {
    const width = forPaper ?? WIDTH;
    const [left, letters] = width < NARROW ? [NARROW_LEFT, 16] : [LEFT, 23];
    const panel = (width - left - BETWEEN - MARGIN) / 2;
    const panels = [a, b].map(({ ranges, format, time }, run) => {
      const place = { start: left + run * (panel + BETWEEN), width: panel };
      const rows = ranges.layers.slice(0, SHOWN).map((layer, index) => ({ layer, index }));
      const paint = forPaper === undefined ? raster : areas;
      const at = { top: TOP, height };
      return stepsPanel(ranges, time, rows, format, place, at, paint, runs[run]?.name);
    });
    const names = shown.map(({ name }, row) =>
      row % every === 0
        ? label(left - 8, TOP + row * height + height / 2 + 4, name, { anchor: 'end' }, letters)
        : '',
    );
    return {
      title: `What two runs lost by layer and step, ${title}`,
      description:
        `A row for each of ${shown.length} layers, a column for each step, darker where more was lost: ` +
        `${runs.map(({ name }) => name).join(' beside ')}. Red became zero, violet overflowed, grey is zero and may have been lost. The table below has the figures.`,
      width,
      height: Number(fixed(bottom + 36)),
      body: names.join('') + panels.join(''),
    };
  };
}
