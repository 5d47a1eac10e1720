import { randomUUID } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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
 * one that was there stays as it was until then, and leaves it its permissions. Where a link is, the file that
 * it leads to is meant. Folders that lack are made. A device or a pipe takes what is written, and stays.
 * (write-file-atomic takes a write that a full disk has cut short for a whole one.)
 * @throws HalfnoteError `not-writable`.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  { what = path, hint }: ReplaceOptions,
): Promise<void> {
  const old = await stat(path).catch(() => undefined);
  if (old !== undefined && !old.isFile() && !old.isDirectory()) {
    await writeFile(path, content).catch((cause: unknown) => {
      throw notWritable(what, cause, hint);
    });
    return;
  }
  const target = await realpath(path).catch(() => path);
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await makeFolder(dirname(target));
    await writeThrough(fresh, content, 'wx');
    if (old !== undefined) await chmod(fresh, old.mode);
    await rename(fresh, target);
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
