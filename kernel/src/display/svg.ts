import { escapeHtml } from './text';

export interface Drawing {
  /** Read out by a screen reader, and shown on hover. */
  readonly title: string;
  /** What the picture says, in words. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** SVG elements. Text in them must already be escaped; {@link label} does. */
  readonly body: string;
}

/** One hue per meaning, readable on white and on black. Opacity carries density, never meaning. */
export const HUE = {
  normal: '#3b82c4',
  subnormal: '#d9951a',
  underflow: '#d4483b',
  overflow: '#a855c7',
  neutral: '#8a8f98',
} as const;

/** An inline SVG with a role, a title and a description; it shrinks with its column. */
export function svg(drawing: Drawing): string {
  const { width, height } = drawing;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(drawing.title)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `style="display:block;max-width:100%;height:auto;margin:8px 0;color:var(--jp-content-font-color1,currentColor)" font-family="system-ui,sans-serif" font-size="11" fill="currentColor">` +
    `<title>${escapeHtml(drawing.title)}</title><desc>${escapeHtml(drawing.description)}</desc>${drawing.body}</svg>`
  );
}

export interface LabelOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly opacity?: number;
}

/** Text at a point, cut to `limit` characters with the full text on hover. */
export function label(
  x: number,
  y: number,
  text: string,
  options: LabelOptions = {},
  limit = Infinity,
): string {
  const { anchor = 'start', size, opacity } = options;
  const cut = text.length > limit;
  const shown = cut ? `${text.slice(0, limit - 1)}…` : text;
  return (
    `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}"` +
    (size === undefined ? '' : ` font-size="${size}"`) +
    (opacity === undefined ? '' : ` opacity="${opacity}"`) +
    `>${cut ? `<title>${escapeHtml(text)}</title>` : ''}${escapeHtml(shown)}</text>`
  );
}

/** A coordinate without needless digits. */
export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
