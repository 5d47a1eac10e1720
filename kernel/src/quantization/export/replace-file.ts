import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HalfnoteError } from '../../errors';

/**
 * Writes a file whole: it takes its place by a rename, and one that was there stays as it was until
 * then, whatever happens.
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
      `Can't write the model to ${shown}: ${error instanceof Error ? error.message : String(error)}.`,
      `Name a file in a folder that is there and that you may write to, such as ${example}.`,
      { cause: error },
    );
  }
}
