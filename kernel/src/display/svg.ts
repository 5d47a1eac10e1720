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

/** Below this width, as in a paper's column, charts cut names sooner and put keys one below the other. */
export const NARROW = 520;

/** What text and lines are of where a picture brings its own white ground. */
const INK = '#24292f';
const EDGE = 8;

/**
 * A picture as every front end shows it: JupyterLab's sanitizer, and others', drop an inline `<svg>` but
 * keep its text, run together. As an image it stays whole, and its words are there without it. It is drawn
 * on white, for the page's colors don't reach it.
 */
export function svg(drawing: Drawing): string {
  const { title, description } = drawing;
  const [width, height] = [drawing.width + 2 * EDGE, drawing.height + 2 * EDGE];
  const ground = `<rect x="${-EDGE}" y="${-EDGE}" width="${width}" height="${height}" fill="#fff"/>`;
  const image = `<svg ${frame(width, height, EDGE)} color="${INK}" ${TYPE}>${ground}${drawing.body}</svg>`;
  return (
    `<img alt="${escapeHtml(`${title}. ${description}`)}" title="${escapeHtml(title)}" width="${width}" height="${height}" ` +
    `style="display:block;max-width:100%;height:auto;margin:8px 0" src="data:image/svg+xml;charset=utf-8,${encoded(image)}"/>`
  );
}

/** The same inline, in the page's own colors: for pages that nobody sanitizes. */
export function inlineSvg(drawing: Drawing): string {
  const { title, description } = drawing;
  return (
    `<svg ${frame(drawing.width, drawing.height)} role="img" aria-label="${escapeHtml(title)}" style="display:block;max-width:100%;height:auto;margin:8px 0" ${TYPE}>` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>${drawing.body}</svg>`
  );
}

const TYPE = 'font-family="system-ui,sans-serif" font-size="11" fill="currentColor"';

/** @param edge Room around the drawing. */
function frame(width: number, height: number, edge = 0): string {
  return `xmlns="http://www.w3.org/2000/svg" viewBox="${-edge} ${-edge} ${width} ${height}" width="${width}" height="${height}"`;
}

const ENCODED: Readonly<Record<string, string>> = {
  '"': "'",
  '%': '%25',
  '#': '%23',
  '&': '%26',
  '<': '%3C',
  '>': '%3E',
};

/** What XML can't hold, not even as an entity: one such sign in a name, and the whole picture is none. */
const NO_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** As short as a data URL can have it. Quotes of texts are entities already: those here are of attributes. */
function encoded(image: string): string {
  return image.replace(NO_XML, '\uFFFD').replace(/["%#&<>]/g, (sign) => ENCODED[sign] ?? sign);
}

export interface LabelOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly size?: number;
  readonly opacity?: number;
}

/** Text at a point, cut in its middle to `limit` characters with the full text on hover. */
export function label(
  x: number,
  y: number,
  text: string,
  options: LabelOptions = {},
  limit = Infinity,
): string {
  const { anchor = 'start', size, opacity } = options;
  const cut = text.length > limit;
  // What tells layers apart stands at the end: `…/kernel`.
  const end = Math.floor((limit - 1) * 0.6);
  const shown = cut ? `${text.slice(0, limit - 1 - end)}…${text.slice(text.length - end)}` : text;
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
