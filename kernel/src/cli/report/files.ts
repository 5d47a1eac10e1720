import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { basename, extname, join, sep } from 'node:path';
import { notWritable } from '../../files/not-writable';
import { replaceFile } from '../../files/replace-file';

const HINT = 'Name another folder with --output, or make room.';

/** Where the files of a report go. */
export interface ReportFiles {
  readonly folder: string;
  readonly json: string;
  readonly html: string;
  readonly pdf: string;
}

/**
 * The files of a notebook's report in a folder, which is made where its parent is there.
 * @throws HalfnoteError `not-writable`: before anything runs, not after an hour of it.
 */
export function reportFiles(notebook: string, folder: string): ReportFiles {
  try {
    // Only itself: below /proc, Node.js tries for ever to make the folders above.
    if (!existsSync(folder)) mkdirSync(folder);
    // With a slash behind it, what is no folder is none.
    accessSync(join(folder, sep), constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, cause, HINT);
  }
  const stem = join(folder, basename(notebook, extname(notebook)));
  const file = (kind: string): string => `${stem}.report.${kind}`;
  return { folder, json: file('json'), html: file('html'), pdf: file('pdf') };
}

/** Writes one of them. @throws HalfnoteError `not-writable`. */
export function writeReportFile(path: string, content: string | Uint8Array): Promise<void> {
  return replaceFile(path, content, { hint: HINT });
}
