import PDFDocument from 'pdfkit';
import { toBlob } from 'pdfkit/output';
import svgToPdf from 'svg-to-pdfkit';
import { pointsOf } from 'halfnote/mime/paper';
import type { Picture } from './picture';

const FONT = 'figure';
/** Emitted beside the code, and fetched with it. */
const FONT_URL = new URL('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf', import.meta.url);

let font: Promise<ArrayBuffer> | undefined;

function fontBytes(): Promise<ArrayBuffer> {
  font ??= fetch(FONT_URL).then((answer) => answer.arrayBuffer());
  return font;
}

/** A page of the picture's size, all of it vectors, the font embedded with the letters that it needs. */
export async function pdf({ svg, title, description, widthMm, aspect }: Picture): Promise<Blob> {
  const width = pointsOf(widthMm);
  const height = width / aspect;
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: '',
    info: { Title: title, Subject: description, Creator: 'Halfnote' },
  });
  document.registerFont(FONT, await fontBytes());
  document.font(FONT);
  const blob = toBlob(document);
  svgToPdf(document, svg, 0, 0, { width, height, fontCallback: () => FONT });
  document.end();
  return blob;
}
