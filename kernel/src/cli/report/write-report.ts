import { writeReportFile, type ReportFiles } from './files';
import { printPdf } from './pdf';

export interface WriteOptions {
  /** What prints the PDF; without it none is written. */
  readonly chromium: string | undefined;
  /** Is told of each file. */
  readonly print: (text: string) => void;
}

/**
 * Writes a report: the JSON first, for what comes after it is made from it.
 * @throws HalfnoteError `not-writable`.
 */
export async function writeReport<R>(
  files: ReportFiles,
  report: R,
  toHtml: (report: R) => string,
  { chromium, print }: WriteOptions,
): Promise<void> {
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await writeReportFile(path, content);
    print(`Wrote ${path}`);
  };
  await write(files.json, `${JSON.stringify(report, null, 2)}\n`);
  const html = toHtml(report);
  await write(files.html, html);
  if (chromium !== undefined) await write(files.pdf, await printPdf(html, chromium));
}
