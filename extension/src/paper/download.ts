import type { PaperWidth } from 'halfnote/mime/paper';
import { TABLE_FORMATS, tableAs, type TableFormat } from '../tables/as-text';
import { pictureOf } from './picture';
import { methodOf, nameOf } from './shown';

export type FigureFormat = 'SVG' | 'PDF' | 'PNG';

const TEXT = 'text/plain;charset=utf-8';
const DPI = 600;

/** Downloads what a context menu was opened on; a chart over both columns of a page. */
export async function download(shown: HTMLElement, format: string): Promise<void> {
  if (shown instanceof HTMLTableElement) {
    if (format in TABLE_FORMATS) downloadTable(shown, format as TableFormat);
  } else if (format in WRITTEN) await downloadFigure(shown, format as FigureFormat, 'text');
}

/** Downloads a table of an output, with how its figures came about. */
export function downloadTable(table: HTMLTableElement, format: TableFormat): void {
  const text = tableAs(format, table, methodOf(table));
  save(new Blob([text], { type: TEXT }), nameOf(table), TABLE_FORMATS[format]);
}

/** Downloads a picture or chart of an output, in light colors whatever the theme is. */
export async function downloadFigure(
  figure: HTMLElement,
  format: FigureFormat,
  width: PaperWidth,
): Promise<void> {
  const picture = await pictureOf(figure, width);
  save(await WRITTEN[format](picture), picture.title, format.toLowerCase());
}

type Picture = Awaited<ReturnType<typeof pictureOf>>;

const WRITTEN: Readonly<Record<FigureFormat, (picture: Picture) => Promise<Blob>>> = {
  SVG: ({ svg }) => Promise.resolve(new Blob([svg], { type: 'image/svg+xml' })),
  PDF: async (picture) => {
    const { pdf } = await import('./pdf');
    return pdf(picture);
  },
  PNG: async (picture) => {
    const { png } = await import('./png');
    return png(picture, DPI);
  },
};

function save(blob: Blob, name: string, ending: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${fileName(name)}.${ending}`;
  link.click();
  // The browser has it by then.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}

/** The words of a name before a colon, as a file can be called everywhere. */
function fileName(name: string): string {
  const slug = (name.split(/[:;]\s/)[0] ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return slug.slice(0, 60).replace(/-$/, '') || 'halfnote';
}
