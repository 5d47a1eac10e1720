import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { firstLine, HalfnoteError } from '../../errors';

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
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
  const stem = join(folder, basename(notebook, extname(notebook)));
  const file = (kind: string): string => `${stem}.report.${kind}`;
  return { folder, json: file('json'), html: file('html'), pdf: file('pdf') };
}

/** Writes a file as a whole or not at all. @throws HalfnoteError `not-writable`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(path, content);
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

function notWritable(path: string, cause: unknown): HalfnoteError {
  return new HalfnoteError(
    'not-writable',
    `Can't write ${path}: ${firstLine(cause)}`,
    'Name another folder with --output, or make room.',
    { cause },
  );
}
