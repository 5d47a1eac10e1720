/** A name beside a mark: where its text begins or ends. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Of a sans-serif at 11 px. */
const SIGN = 6.4;
const LINE = 12;
const GAP = 9;

/** Names beside their marks, where they cover neither each other nor another mark, as far as there is room. */
export function labelPlaces(marks: readonly Mark[], within: Box): LabelPlace[] {
  const taken: Box[] = marks.map(({ x, y }) => around(x, y, 6, 6));
  return marks.map(({ x, y, text }, own) => {
    const choices = places(x, y);
    const free = choices.find((place) => {
      const box = boxOf(place, text);
      return isWithin(box, within) && !taken.some((other, i) => i !== own && overlap(box, other));
    });
    const place = free ?? choices.find((choice) => isWithin(boxOf(choice, text), within));
    const chosen = place ?? { x: x + GAP, y: y + 4, anchor: 'start' as const };
    taken.push(boxOf(chosen, text));
    return chosen;
  });
}

/** Beside the lines of a chart first, which run through a mark to its right and up and down. */
function places(x: number, y: number): LabelPlace[] {
  const [above, below] = [y - 7, y + LINE + 5];
  return [
    { x: x + GAP - 2, y: above, anchor: 'start' },
    { x: x + GAP - 2, y: below, anchor: 'start' },
    { x: x - GAP + 2, y: above, anchor: 'end' },
    { x: x - GAP + 2, y: below, anchor: 'end' },
    { x: x + GAP, y: y + 4, anchor: 'start' },
    { x: x - GAP, y: y + 4, anchor: 'end' },
  ];
}

function boxOf({ x, y, anchor }: LabelPlace, text: string): Box {
  const width = text.length * SIGN;
  const left = anchor === 'start' ? x : x - width;
  return { left, right: left + width, top: y - LINE + 2, bottom: y + 2 };
}

function around(x: number, y: number, width: number, height: number): Box {
  return { left: x - width, right: x + width, top: y - height, bottom: y + height };
}

function isWithin(box: Box, { left, right, top, bottom }: Box): boolean {
  return box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
