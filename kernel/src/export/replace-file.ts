import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HalfnoteError } from '../errors';

/** What the system's codes mean for somebody who wants a file. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'there is no permission to write there',
  EEXIST: 'a part of its path is a file',
  EISDIR: 'it is a folder',
  ENOSPC: 'there is no space left',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'there is no permission to write there',
  EROFS: 'the file system is read-only',
};

/**
 * Writes a file whole: it takes its place by a rename, and one that was there stays as it was until
 * then, whatever happens. Folders that lack are made.
 * @param shown The path as the user gave it, for the error; `example` a name that would do.
 * @throws HalfnoteError `not-writable`.
 */
export async function replaceFile(
  target: string,
  bytes: Uint8Array,
  shown: string,
  example: string,
): Promise<void> {
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(fresh, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw new HalfnoteError(
      'not-writable',
      `Can't write the model to ${shown}: ${reasonOf(error)}.`,
      `Name a file in a folder that you may write to, such as ${example}.`,
    );
  }
}

/** Without the name of the file that is renamed, which nobody chose. */
function reasonOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}
