import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import { HalfnoteError } from '../errors';
import { textsOf } from './texts';

export interface PdfOptions {
  /** In points of 1/72 inch. */
  readonly widthPt: number;
  readonly heightPt: number;
  readonly font: Buffer;
  readonly title: string;
  readonly description: string;
  /** The program that made it. */
  readonly creator: string;
}

/**
 * A page of the picture's size, all of it vectors, the font embedded with the letters that it needs.
 * @throws HalfnoteError `invalid-argument` for a font that isn't one, or lacks a sign.
 */
export async function pdf(
  svg: string,
  { widthPt, heightPt, font, title, description, creator }: PdfOptions,
): Promise<Buffer> {
  const document = new PDFDocument({
    size: [widthPt, heightPt],
    margin: 0,
    font: '',
    info: { Title: title, Subject: description, Creator: creator },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  setFont(document, font);
  checkSigns(document, svg);
  svgToPdf(document, svg, 0, 0, {
    width: widthPt,
    height: heightPt,
    fontCallback: () => FONT,
  });
  document.end();
  await done;
  return Buffer.concat(chunks);
}

const FONT = 'figure';

function setFont(document: PDFKit.PDFDocument, font: Buffer): void {
  try {
    document.registerFont(FONT, font);
    document.font(FONT);
  } catch (cause) {
    throw new HalfnoteError(
      'invalid-argument',
      'The font is no TrueType or OpenType font.',
      'Name a file of one font, such as NotoSansSC-Regular.ttf, or leave `font` out.',
      { cause },
    );
  }
}

interface Glyphs {
  readonly _font: {
    readonly font?: {
      readonly familyName?: string;
      hasGlyphForCodePoint(code: number): boolean;
    };
  };
}

/** A sign that the font lacks would be printed as an empty box. */
function checkSigns(document: PDFKit.PDFDocument, svg: string): void {
  const { font } = (document as unknown as Glyphs)._font;
  if (font === undefined) return;
  const lacking = [...new Set(textsOf(svg).join(''))].filter(
    (sign) => !font.hasGlyphForCodePoint(sign.codePointAt(0) ?? 0),
  );
  if (lacking.length === 0) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The font ${font.familyName ?? ''} has no ${lacking.slice(0, 8).join(' ')}, which the figure has.`,
    "Name a font that has them: { font: 'NotoSansSC-Regular.ttf' }.",
  );
}
