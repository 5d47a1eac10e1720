import type { Theme } from './figure';

/** A chart that can be drawn for a paper. */
export interface PaperChart {
  /** An SVG document in the theme's colors, laid out for a width in pixels. */
  toSvg(theme: Theme, width: number): Promise<string>;
}

/** By the element that holds the drawing. */
const charts = new WeakMap<Element, PaperChart>();

export function noteChart(node: Element, chart: PaperChart): void {
  charts.set(node, chart);
}

/** The chart that an element of the page holds. */
export function chartAt(node: Element): PaperChart | undefined {
  return charts.get(node);
}
