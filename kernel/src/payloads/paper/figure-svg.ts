import type { Drawing } from '../../display/svg';
import { escapeHtml } from '../../display/text';
import { inGrey } from './greys';
import { hatched } from './hatching';

export interface FigureSvgOptions {
  readonly widthMm: number;
  /** What the file says of itself: caption, method, hashes. */
  readonly description: string;
  readonly greyscale?: boolean;
}

const INK = '#24292f';
/** Around the drawing, for strokes on its edge. */
const EDGE = 2;

/** A drawing as an SVG document of its own, black on white whatever the page's theme is. */
export function figureSvg(
  { title, width, height, body }: Drawing,
  { widthMm, description, greyscale = false }: FigureSvgOptions,
): string {
  const [across, down] = [width + 2 * EDGE, height + 2 * EDGE];
  const heightMm = (widthMm * down) / across;
  // What a mouse shows has no place on paper, and some programs print it.
  const shown = hatched(body.replace(/<title>[^<]*<\/title>/g, ''));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-EDGE} ${-EDGE} ${across} ${down}" ` +
    `width="${widthMm}mm" height="${Number(heightMm.toFixed(2))}mm" ` +
    `font-family="Helvetica,Arial,sans-serif" font-size="11" fill="${INK}" color="${INK}">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>` +
    `<rect x="${-EDGE}" y="${-EDGE}" width="${across}" height="${down}" fill="#ffffff"/>` +
    `${shown.replaceAll('currentColor', INK)}</svg>\n`;
  return greyscale ? inGrey(svg) : svg;
}
