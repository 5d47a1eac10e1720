import type { PlottedBox } from '../../payloads/graph/schema';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Lines {
  readonly from: number;
  readonly to: number;
  readonly points: readonly Point[];
}

/** Boxes and lines in one tall column. */
export interface Tall {
  readonly boxes: readonly PlottedBox[];
  readonly lines: readonly Lines[];
}

export interface Placed extends Tall {
  readonly width: number;
  readonly height: number;
}

interface Column {
  readonly top: number;
  readonly left: number;
  /** Of the page. */
  readonly x: number;
  readonly width: number;
}

/** Between columns: lines go up there. */
const GUTTER = 34;
/** Above the columns: lines go over others there. */
const LANE = 12;
const LANES = 4;

/** Cuts a tall layout between its rows into columns of at most `limit`, and leads lines from one to the next. */
export function intoColumns({ boxes, lines }: Tall, limit: number): Placed {
  const columnOf = columnNumbers(boxes, limit);
  const count = Math.max(0, ...columnOf) + 1;
  const above = count > 1 ? LANE * 2 : 0;
  const columns = placeColumns(boxes, lines, columnOf, count);
  const moved = boxes.map((box, i) => {
    const column = columns[columnOf[i] ?? 0];
    return column === undefined
      ? box
      : { ...box, x: box.x - column.left + column.x, y: box.y - column.top + above };
  });
  let crossing = 0;
  const led = lines.map((line) => {
    const [a, b] = [columnOf[line.from] ?? 0, columnOf[line.to] ?? 0];
    const column = columns[a];
    if (column === undefined) return line;
    if (a !== b) return { ...line, points: around(moved, line, column, crossing++) };
    const points = line.points.map(({ x, y }) => ({
      x: x - column.left + column.x,
      y: y - column.top + above,
    }));
    return { ...line, points };
  });
  const last = columns.at(-1);
  return {
    boxes: moved,
    lines: led,
    width: Math.max(1, last === undefined ? 1 : last.x + last.width),
    height: Math.max(1, ...moved.map(({ y, height }) => y + height)),
  };
}

/** The column of each box: a row of boxes stays together. */
function columnNumbers(boxes: readonly PlottedBox[], limit: number): number[] {
  const tops = [...new Set(boxes.map(({ y }) => Math.round(y)))].sort((a, b) => a - b);
  const height = Math.max(0, ...boxes.map((box) => box.height));
  const whole = (tops.at(-1) ?? 0) - (tops[0] ?? 0) + height;
  // Columns of as many rows each, but the last.
  const rows = Math.ceil(tops.length / Math.max(1, Math.ceil(whole / limit)));
  const columns = new Map(tops.map((top, row) => [top, Math.floor(row / rows)]));
  return boxes.map(({ y }) => columns.get(Math.round(y)) ?? 0);
}

function placeColumns(
  boxes: readonly PlottedBox[],
  lines: readonly Lines[],
  columnOf: readonly number[],
  count: number,
): Column[] {
  let x = 0;
  return Array.from({ length: count }, (_, number) => {
    const own = boxes.filter((__, i) => columnOf[i] === number);
    const within = lines.filter(
      ({ from, to }) => columnOf[from] === number && columnOf[to] === number,
    );
    const xs = [
      ...own.flatMap((box) => [box.x, box.x + box.width]),
      ...within.flatMap(({ points }) => points.map((point) => point.x)),
    ];
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const column = { top: Math.min(...own.map(({ y }) => y)), left, x, width: right - left };
    x += column.width + GUTTER;
    return column;
  });
}

/** From the side of a box into the gutter, up there, over the columns between, and down to the other box. */
function around(
  boxes: readonly PlottedBox[],
  { from, to }: Lines,
  column: Column,
  crossing: number,
): Point[] {
  const [source, target] = [boxes[from], boxes[to]];
  if (source === undefined || target === undefined) return [];
  const lane = (crossing % LANES) * (LANE / LANES);
  const gutter = column.x + column.width + GUTTER / 2 - LANE / 2 + lane;
  const middle = source.y + source.height / 2;
  const end = target.x + target.width / 2;
  return [
    { x: source.x + source.width, y: middle },
    { x: gutter, y: middle },
    { x: gutter, y: 3 + lane },
    { x: end, y: 3 + lane },
    { x: end, y: target.y },
  ];
}
