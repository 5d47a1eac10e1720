/** What we use of pdfkit in a browser, whose types are those of Node.js. */
declare module 'pdfkit' {
  interface Options {
    readonly size: readonly [number, number];
    readonly margin: number;
    readonly font: string;
    readonly info: Readonly<Record<string, string>>;
  }
  class PDFDocument {
    constructor(options: Options);
    registerFont(name: string, bytes: ArrayBuffer): void;
    font(name: string): void;
    end(): void;
  }
  export { PDFDocument as default };
}

declare module 'pdfkit/output' {
  import type PDFDocument from 'pdfkit';
  export function toBlob(document: PDFDocument): Promise<Blob>;
}

declare module 'svg-to-pdfkit' {
  import type PDFDocument from 'pdfkit';
  interface Options {
    readonly width: number;
    readonly height: number;
    readonly fontCallback: () => string;
  }
  function svgToPdf(
    document: PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: Options,
  ): void;
  export { svgToPdf as default };
}
