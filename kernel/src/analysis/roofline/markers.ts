import { fixed } from '../../display/svg';

/** Half the size of a marker. */
export const HALF = 4;

/** Circle, square, triangle, diamond, cross: the outline around a point. */
export const MARKERS: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `M${fixed(x - HALF)} ${fixed(y)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z`,
  (x, y) => `M${fixed(x - HALF)} ${fixed(y - HALF)}h8v8h-8Z`,
  (x, y) => `M${fixed(x)} ${fixed(y - 5)}l5 9h-10Z`,
  (x, y) => `M${fixed(x)} ${fixed(y - 5.5)}l5.5 5.5l-5.5 5.5l-5.5 -5.5Z`,
  (x, y) => `M${fixed(x - HALF)} ${fixed(y)}h8M${fixed(x)} ${fixed(y - HALF)}v8`,
];

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a number may stand beside its marker, the best first. */
const OFFSETS = [
  [0, -8],
  [10, 4],
  [-10, 4],
  [0, 16],
  [10, -6],
  [-10, -6],
] as const;
const [WIDE, HIGH] = [12, 10] as const;

/** The numbers of markers where they cover neither each other nor a marker; one without room is left out. */
export function placeNumbers(spots: readonly Spot[]): readonly Spot[] {
  const taken: { readonly x: number; readonly y: number }[] = spots.map(({ x, y }) => ({
    x,
    y: y + HALF,
  }));
  const placed: Spot[] = [];
  spots.forEach(({ x, y, text }, own) => {
    const found = OFFSETS.map(([dx, dy]) => ({ x: x + dx, y: y + dy, text })).find((spot) =>
      taken.every(
        (other, i) =>
          i === own || Math.abs(other.x - spot.x) >= WIDE || Math.abs(other.y - spot.y) >= HIGH,
      ),
    );
    if (found === undefined) return;
    taken.push(found);
    placed.push(found);
  });
  return placed;
}
