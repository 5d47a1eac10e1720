import { HUE } from '../../display/hues';

/** Marks over an area, one kind for each meaning, so that it is known without its color. */
const PATTERNS: Readonly<Record<string, { readonly id: string; readonly marks: string }>> = {
  [HUE.subnormal]: { id: 'hn-dots', marks: '<circle cx="2" cy="2" r="1" fill="#ffffff"/>' },
  [HUE.underflow]: {
    id: 'hn-crosses',
    marks: '<path d="M0 0L4 4M4 0L0 4" stroke="#ffffff" stroke-width="0.7" fill="none"/>',
  },
  [HUE.overflow]: {
    id: 'hn-lines',
    marks: '<path d="M0 2H4" stroke="#ffffff" stroke-width="1" fill="none"/>',
  },
};

const AREA = /<rect\b[^>]*?\bfill="(#[0-9a-f]{6})"[^>]*\/>/gi;

/** SVG whose areas are told apart by marks as well as by hue. */
export function hatched(body: string): string {
  const used = new Set<string>();
  const marked = body.replace(AREA, (area, hue: string) => {
    const pattern = PATTERNS[hue.toLowerCase()];
    if (pattern === undefined) return area;
    used.add(hue.toLowerCase());
    return area + area.replace(`fill="${hue}"`, `fill="url(#${pattern.id})"`);
  });
  const defined = [...used].map((hue) => {
    const { id = '', marks = '' } = PATTERNS[hue] ?? {};
    return `<pattern id="${id}" width="4" height="4" patternUnits="userSpaceOnUse">${marks}</pattern>`;
  });
  return defined.length === 0 ? marked : `<defs>${defined.join('')}</defs>${marked}`;
}
