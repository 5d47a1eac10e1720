import {
  figureSvg,
  millimetresOf,
  pointsOf,
  SMALLEST_PT,
  WIDTHS_MM,
  type PaperWidth,
} from 'halfnote/mime/paper';
import { chartAt } from '../plot/charts';
import { PAPER, SMALLEST_PX } from '../plot/paper-theme';
import { methodOf, nameOf } from './shown';

/** A figure as a file has it. */
export interface Picture {
  readonly title: string;
  readonly description: string;
  readonly svg: string;
  readonly widthMm: number;
  /** Width by height. */
  readonly aspect: number;
}

/** Whether a figure can be drawn anew for another width. */
export function isRedrawn(figure: HTMLElement): boolean {
  return chartAt(figure) !== undefined;
}

/** A figure of an output as an SVG document: a chart in a paper's width, a picture in its own. */
export async function pictureOf(figure: HTMLElement, width: PaperWidth): Promise<Picture> {
  const chart = chartAt(figure);
  const root =
    chart === undefined
      ? parsed(decoded(figure.getAttribute('src') ?? ''))
      : parsed(await chart.toSvg(PAPER, pixelsOf(width)));
  const [left = 0, top = 0, across = 1, down = 1] = viewBoxOf(root);
  const title = nameOf(figure);
  const said = figure.getAttribute('aria-label') ?? figure.getAttribute('alt') ?? '';
  const description = [said, ...methodOf(figure)].join(' ');
  const widthMm = chart === undefined ? Number(millimetresOf(across).toFixed(2)) : WIDTHS_MM[width];
  const body = [...root.childNodes]
    .map((node) => new XMLSerializer().serializeToString(node))
    .join('')
    // Of each element, where the document has it once.
    .replaceAll(' xmlns="http://www.w3.org/2000/svg"', '');
  const moved = `<g transform="translate(${-left} ${-top})">${body}</g>`;
  const drawing = { title, description: said, width: across, height: down, body: moved };
  return {
    title,
    description,
    widthMm,
    aspect: across / down,
    svg: figureSvg(drawing, { widthMm, description, edge: 0 }),
  };
}

/** Pixels of a chart whose smallest text is then 7 points high. */
function pixelsOf(width: PaperWidth): number {
  return Math.round((pointsOf(WIDTHS_MM[width]) * SMALLEST_PX) / SMALLEST_PT);
}

function decoded(uri: string): string {
  return decodeURIComponent(uri.slice(uri.indexOf(',') + 1));
}

function parsed(svg: string): Element {
  return new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
}

function viewBoxOf(root: Element): number[] {
  const box = root.getAttribute('viewBox');
  if (box !== null) return box.split(/[\s,]+/).map(Number);
  return [
    0,
    0,
    Number.parseFloat(root.getAttribute('width') ?? '1'),
    Number.parseFloat(root.getAttribute('height') ?? '1'),
  ];
}
