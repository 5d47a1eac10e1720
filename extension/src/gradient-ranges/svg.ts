import { svgElement, type SvgAttributes as Attributes } from '../dom/svg';

const TEXT: Attributes = { fill: 'var(--hn-text)', 'font-size': 11.5 };
const line = (stroke: string, more: Attributes = {}): Attributes => ({
  ...{ fill: 'none', stroke: `var(--hn-${stroke})` },
  ...more,
});

/** How parts are painted, in the page's colors; here, where they are fetched with the drawings. */
const PAINTS: Readonly<Record<string, Attributes>> = {
  'hn-tick': { ...TEXT, fill: 'var(--hn-muted)' },
  'hn-frame': line('grid'),
  'hn-cursor': line('text', { 'stroke-width': 2 }),
  'hn-chosen': line('accent-1', { 'stroke-width': 2 }),
  'hn-ridge': line('muted', { fill: 'var(--hn-background)' }),
  'hn-ridge hn-ridge-chosen': line('accent-1', {
    fill: 'var(--hn-background)',
    'stroke-width': 2,
  }),
  'hn-edge-zero': line('warning', { 'stroke-dasharray': '4 2' }),
  'hn-edge-overflow': line('warning'),
};

/** An element of a drawing. Its texts are text nodes, as everywhere. */
export function drawn<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: readonly (Node | string)[] = [],
): SVGElementTagNameMap[K] {
  const paint = PAINTS[String(attributes['class'])] ?? (tag === 'text' ? TEXT : {});
  return svgElement(tag, { ...paint, ...attributes }, children);
}

/** A coordinate without needless digits. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A rectangle as a part of a path. */
export function box(x: number, y: number, width: number, height: number): string {
  return `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}z`;
}
