import { HUE } from '../../display/hues';

/** How the formats of a chart are told apart: by form as well as by hue. */
const MARKS = [
  { hue: HUE.normal, path: 'm0 -4.5a4.5 4.5 0 1 0 .1 0z', symbol: 'circle' },
  { hue: HUE.subnormal, path: 'm-4 -4h8v8h-8z', symbol: 'square' },
  { hue: HUE.overflow, path: 'm0 -5l5 9h-10z', symbol: 'triangle-up' },
  { hue: HUE.underflow, path: 'm0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z', symbol: 'diamond' },
  { hue: HUE.neutral, path: 'm-4 -2h3v-3h2v3h3v2h-3v3h-2v-3h-3z', symbol: 'cross' },
] as const;

export interface Mark {
  readonly hue: string;
  /** Of SVG, from its middle on. */
  readonly path: string;
  /** What plotly calls its form. */
  readonly symbol: string;
}

/** @param index Of the format among those of the chart. */
export function markOf(index: number): Mark {
  return MARKS[index % MARKS.length] ?? MARKS[0];
}
