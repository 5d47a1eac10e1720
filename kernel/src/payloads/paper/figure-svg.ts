import type { Drawing } from '../../display/svg';
import { escapeHtml } from '../../display/text';
import { inGrey } from './greys';
import { hatched } from './hatching';

export interface FigureSvgOptions {
  readonly widthMm: number;
  /** What the file says of itself: caption, method, hashes. */
  readonly description: string;
  readonly greyscale?: boolean;
  /** Room around the drawing, in its units. Default: 2, for strokes on its edge. */
  readonly edge?: number;
}

const INK = '#24292f';

/** A drawing as an SVG document of its own, black on white whatever the page's theme is. */
export function figureSvg(
  { title, width, height, body }: Drawing,
  { widthMm, description, greyscale = false, edge = 2 }: FigureSvgOptions,
): string {
  const [across, down] = [width + 2 * edge, height + 2 * edge];
  const heightMm = (widthMm * down) / across;
  // What a mouse shows has no place on paper, and some programs print it.
  const shown = hatched(body.replace(/<title>[^<]*<\/title>/g, ''));
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-edge} ${-edge} ${across} ${down}" ` +
    `width="${widthMm}mm" height="${Number(heightMm.toFixed(2))}mm" ` +
    `font-family="Helvetica,Arial,sans-serif" font-size="11" fill="${INK}" color="${INK}">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>` +
    `<rect x="${-edge}" y="${-edge}" width="${across}" height="${down}" fill="#ffffff"/>` +
    `${shown.replaceAll('currentColor', INK)}</svg>\n`;
  return greyscale ? inGrey(svg) : svg;
}
