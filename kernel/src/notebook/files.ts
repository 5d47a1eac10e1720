import { randomUUID } from 'node:crypto';
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ErrorCode } from '../error-codes';
import { HalfnoteError } from '../errors';
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
 * Writes the text of a cell to a file, as a whole or not at all; with `append`, to its end.
 * Throws `not-writable`.
 */
export async function writeCellFile(
  path: string,
  text: string,
  { append = false }: { readonly append?: boolean } = {},
): Promise<void> {
  const file = await realpath(located(path)).catch(() => located(path));
  const fresh = join(dirname(file), `.${randomUUID()}`);
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  try {
    const old = await stat(file).catch(() => undefined);
    const before = old && append ? await readFile(file) : Buffer.alloc(0);
    await writeFile(fresh, Buffer.concat([before, Buffer.from(body)]));
    if (old) await chmod(fresh, old.mode);
    await rename(fresh, file);
    const verb = !old ? 'Wrote' : append ? 'Added to' : 'Replaced';
    console.log(`${verb} ${path} (${Buffer.byteLength(body)} bytes)`);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw failure('not-writable', `Can't write ${path}`, error, dirname(file));
  }
}

async function reading(path: string): Promise<Buffer> {
  try {
    return await readFile(located(path));
  } catch (error) {
    throw failure('cannot-read', `Can't read ${path}`, error, dirname(located(path)));
  }
}

function located(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it is not allowed',
  EISDIR: 'it is a folder',
};

function failure(code: ErrorCode, what: string, cause: unknown, folder: string): HalfnoteError {
  const reason = (cause as NodeJS.ErrnoException).code ?? '';
  const message = `${what}: ${REASONS[reason] ?? String(cause)}`;
  return new HalfnoteError(code, message, `Its folder is ${folder}.`);
}
