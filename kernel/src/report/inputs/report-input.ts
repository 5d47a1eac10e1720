import { appendFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { stampOf } from './stamp';
import { INPUTS_VARIABLE, type InputEvent } from './watched';

/**
 * Names a file that the notebook's figures depend on, so that its hash goes into the report of
 * `halfnote report`. Files that cells import, or read through `node:fs`, are found without it, as are those of
 * the notebook's folder that its worker threads and Node.js processes read; it is for those that native code
 * reads, or that other programs do. Does nothing else, and nothing outside of a report.
 *
 * @throws HalfnoteError `cannot-read` for what isn't a file.
 */
export function reportInput(path: string): void {
  const file = resolve(path);
  let isFile: boolean;
  try {
    isFile = statSync(file).isFile();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HalfnoteError('cannot-read', `reportInput: ${reason}`, 'Name a file that is there.', {
      cause,
    });
  }
  if (!isFile) {
    throw new HalfnoteError(
      'cannot-read',
      `reportInput: ${file} is no file`,
      'Name each file of a folder.',
    );
  }
  const list = process.env[INPUTS_VARIABLE];
  const stamp = stampOf(file);
  if (list === undefined || stamp === undefined) return;
  const event: InputEvent = { kind: 'read', path: file, stamp, isNamed: true };
  appendFileSync(list, `${JSON.stringify(event)}\n`);
}
