import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HalfnoteError } from '../errors';
import { replaceFile } from '../files/replace-file';
import type { ExportedFile } from '../report/export/exported-file';

/**
 * Writes the files of an export into a folder, which is made: each whole or not at all, and none when one
 * of them is there already, since it may hold what isn't ours (CodeCarbon collects runs in one file).
 * @returns the paths.
 * @throws HalfnoteError `not-writable`.
 */
export async function writeExport(
  folder: string,
  files: readonly ExportedFile[],
  { force }: { readonly force: boolean },
): Promise<readonly string[]> {
  if (!force) for (const file of files) await refuseOther(folder, file);
  const hint = 'Name a folder that you may write to: `-o FOLDER`.';
  for (const { name, text } of files) await replaceFile(join(folder, name), text, { hint });
  return files.map(({ name }) => join(folder, name));
}

async function refuseOther(folder: string, { name, text }: ExportedFile): Promise<void> {
  const there = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  if (there === undefined || there === text) return;
  throw new HalfnoteError(
    'not-writable',
    `${join(folder, name)} is there already, with other content. Nothing was written.`,
    'Name another folder by `-o FOLDER`, or replace it by `--force`.',
  );
}
