import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
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
    // With a slash behind it, what is no folder is none.
    accessSync(join(folder, sep), constants.W_OK);
  } catch (cause) {
    throw notWritable(folder, cause);
  }
  const stem = join(folder, basename(notebook, extname(notebook)));
  const file = (kind: string): string => `${stem}.report.${kind}`;
  return { folder, json: file('json'), html: file('html'), pdf: file('pdf') };
}

/**
 * Writes a file as a whole or not at all: it takes its place by a rename, once all of it is on the disk.
 * (write-file-atomic takes a write that a full disk has cut short for a whole one.)
 * @throws HalfnoteError `not-writable`.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(fresh, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => undefined);
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
