import { HUE, SHADES } from 'halfnote/mime';
import type { Drawn } from './drawing';
import type { StepMap } from './step-map';
import { at, box, drawn } from './svg';
import type { Place } from './walk';

const ROW = 13;
const LEAST_ROW = 2;
const TALLEST = 320;
const TOP = 20;
const BOTTOM = 36;
const SIGN = 6.4;
const NAME = 22;
const MOST_TICKS = 5;

/** Where the cells of a map lie. */
export interface StepGeometry {
  readonly left: number;
  readonly row: number;
  readonly width: number;
  /** The place of a step. */
  readonly x: (step: number) => number;
}

export function geometryOf(map: StepMap, width: number): StepGeometry {
  const longest = map.rows.reduce(
    (most, { name }) => Math.max(most, Math.min(NAME, name.length)),
    4,
  );
  const left = Math.min(width / 2, 8 + longest * SIGN);
  const inner = Math.max(1, width - left - 12);
  return {
    left,
    row: Math.max(LEAST_ROW, Math.min(ROW, TALLEST / Math.max(1, map.rows.length))),
    width: inner,
    x: (step) => left + (step / Math.max(1, map.end)) * inner,
  };
}

/** The cell at a point of the drawing; undefined beside the map. */
export function cellAt(map: StepMap, width: number, x: number, y: number): Place | undefined {
  const { left, row, width: inner } = geometryOf(map, width);
  const step = ((x - left) / inner) * map.end;
  const place = {
    row: Math.floor((y - TOP) / row),
    column: map.slots.findLastIndex(({ firstStep }) => firstStep <= step),
  };
  const isWithin = step >= 0 && step < map.end && place.row >= 0 && place.row < map.rows.length;
  return isWithin ? place : undefined;
}

/** The map; `slot` is the one that the other pictures show, `cursor` the cell that the reader walks to. */
export function drawStepMap(
  map: StepMap,
  width: number,
  { slot, cursor }: { readonly slot?: number | undefined; readonly cursor?: Place | undefined },
): Drawn {
  const shape = geometryOf(map, width);
  const { left, row, x } = shape;
  const height = map.rows.length * row;
  const bottom = TOP + height;
  const span = (column: number): readonly [from: number, to: number] => [
    x(map.slots[column]?.firstStep ?? 0),
    x(map.slots[column + 1]?.firstStep ?? map.end),
  ];
  const outline = ({ row: line, column }: Place, all: boolean): string => {
    const [from, to] = span(column);
    return all ? box(from, TOP, to - from, height) : box(from, TOP + line * row, to - from, row);
  };
  return {
    height: bottom + BOTTOM,
    children: [
      drawn('text', { x: at(left), y: 12 }, ['lost at each step, at the loss scale in force']),
      ...cells(map, shape, span),
      drawn('path', { class: 'hn-frame', d: box(left, TOP, shape.width, height) }),
      ...names(map, shape),
      ...ticks(map, shape, bottom),
      ...(slot === undefined
        ? []
        : [drawn('path', { class: 'hn-chosen', d: outline({ row: 0, column: slot }, true) })]),
      ...(cursor === undefined
        ? []
        : [drawn('path', { class: 'hn-cursor', d: outline(cursor, false) })]),
    ],
  };
}

/** One path for each hue and shade, however many cells there are. */
function cells(
  map: StepMap,
  { row }: StepGeometry,
  span: (column: number) => readonly [from: number, to: number],
): SVGElement[] {
  const paths = new Map<string, { readonly fill: string; readonly level: number; d: string }>();
  const gap = row > 6 ? 1 : 0;
  for (const [line, { cells: own }] of map.rows.entries()) {
    let column = 0;
    while (column < own.length) {
      const cell = own[column];
      const first = column;
      // Neighbors that look the same are one.
      while (
        column < own.length &&
        own[column]?.as === cell?.as &&
        own[column]?.level === cell?.level
      )
        column += 1;
      if (cell === undefined || cell.level === 0) continue;
      const [from, to] = [span(first)[0], span(column - 1)[1]];
      const key = `${cell.as} ${cell.level}`;
      const path = paths.get(key) ?? { fill: HUE[cell.as], level: cell.level, d: '' };
      path.d += box(from, TOP + line * row, to - from, row - gap);
      paths.set(key, path);
    }
  }
  return [...paths.values()].map(({ fill, level, d }) =>
    drawn('path', { fill, 'fill-opacity': level / SHADES, d }),
  );
}

function names({ rows }: StepMap, { left, row }: StepGeometry): SVGElement[] {
  const every = Math.ceil(12 / row);
  return rows.flatMap(({ name }, line) => {
    if (line % every !== 0) return [];
    const signs = Array.from(name);
    const text = signs.length > NAME ? `${signs.slice(0, NAME - 1).join('')}…` : name;
    const y = at(TOP + line * row + row / 2 + 4);
    return [drawn('text', { x: at(left - 6), y, 'text-anchor': 'end' }, [text])];
  });
}

function ticks({ end }: StepMap, { left, width, x }: StepGeometry, bottom: number): SVGElement[] {
  const rough = Math.max(1, end / MOST_TICKS);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const marks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return [
    ...marks.map((mark) =>
      drawn(
        'text',
        { class: 'hn-tick', x: at(x(mark)), y: at(bottom + 14), 'text-anchor': 'middle' },
        [mark.toLocaleString('en')],
      ),
    ),
    drawn(
      'text',
      { class: 'hn-tick', x: at(left + width / 2), y: at(bottom + 30), 'text-anchor': 'middle' },
      ['optimizer step'],
    ),
  ];
}
