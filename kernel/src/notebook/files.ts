import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { homeFolder } from '../files/home-folder';
import { HalfnoteError } from '../errors';
import { notWritable } from '../files/not-writable';
import { replaceFile } from '../files/replace-file';
import { host } from '../host';

/** A cell of more than this is nothing to read or edit. */
const MAX_LOADED_BYTES = 1 << 20;

/**
 * Asks the front end to put the text of a file in place of the running cell.
 * Throws `no-notebook`, `cannot-read`, `invalid-argument`.
 */
export async function loadIntoCell(path: string): Promise<void> {
  const notebook = host();
  if (!notebook) {
    throw new HalfnoteError('no-notebook', 'There is no notebook here to load a file into');
  }
  if (/^[a-z]+:\/\//i.test(path)) {
    throw new HalfnoteError('invalid-argument', `"${path}" is an address, %load reads files only`);
  }
  const bytes = await reading(path);
  if (bytes.length > MAX_LOADED_BYTES || bytes.includes(0)) {
    throw new HalfnoteError(
      'invalid-argument',
      `${path} is no text for a cell: ${bytes.includes(0) ? 'it is binary' : `${bytes.length} bytes, allowed are ${MAX_LOADED_BYTES}`}`,
    );
  }
  notebook.setNextInput(`// %load ${path}\n${bytes.toString('utf8').trimEnd()}`, true);
}

/**
 * Writes the text of a cell to a file, as a whole or not at all; with `append`, to its end. Folders that lack
 * are made. Throws `not-writable`.
 */
export async function writeCellFile(
  path: string,
  text: string,
  { append = false }: { readonly append?: boolean } = {},
): Promise<void> {
  const file = located(path);
  const hint = `Its folder is ${dirname(file)}.`;
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  let before: Uint8Array = Buffer.alloc(0);
  try {
    if (isThere && append) before = await readFile(file);
  } catch (cause) {
    throw notWritable(path, cause, hint);
  }
  await replaceFile(file, Buffer.concat([before, Buffer.from(body)]), { what: path, hint });
  const verb = !isThere ? 'Wrote' : append ? 'Added to' : 'Replaced';
  console.log(`${verb} ${path} (${Buffer.byteLength(body)} bytes)`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it is not allowed',
  EISDIR: 'it is a folder',
};

async function reading(path: string): Promise<Buffer> {
  const file = located(path);
  try {
    return await readFile(file);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const message = `Can't read ${path}: ${REASONS[code] ?? String(cause)}`;
    throw new HalfnoteError('cannot-read', message, `Its folder is ${dirname(file)}.`);
  }
}

function located(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homeFolder()));
}
