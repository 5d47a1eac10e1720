import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder';
import { notWritable } from './not-writable';

export interface ReplaceOptions {
  /** What can't be written, for the error: default the path. */
  readonly what?: string;
  /** What to do about it, for the error. */
  readonly hint: string;
}

/**
 * Writes a file as a whole or not at all: it takes its place by a rename, once all of it is on the disk, and
 * one that was there stays as it was until then. Folders that lack are made.
 * (write-file-atomic takes a write that a full disk has cut short for a whole one.)
 * @throws HalfnoteError `not-writable`.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { what = path, hint }: ReplaceOptions,
): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await makeFolder(dirname(path));
    await writeThrough(fresh, content, 'wx');
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw notWritable(what, cause, hint);
  }
}

/** Writes a file; everything is on the disk when it returns. */
export async function writeThrough(
  path: string,
  content: string | Uint8Array,
  flags: 'w' | 'wx' = 'w',
): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
