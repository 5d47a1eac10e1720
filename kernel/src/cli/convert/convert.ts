import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { HalfnoteError } from '../../errors';
import { replaceFile } from '../../files/replace-file';
import { checkLanguage } from '../run/run';
import { findKernel } from '../run/kernel-process';
import { parseNotebook, readNotebook } from '../run/notebook';
import { toScript } from './script';

export interface ConvertFlags {
  readonly to: string;
  readonly output?: string;
}

export interface Converted {
  /** Where it was written; undefined where it is to be printed. */
  readonly path: string | undefined;
  readonly text: string;
  readonly notes: readonly string[];
}

/** ES modules, whatever package.json is above them. */
const ENDINGS = { ts: '.mts', js: '.mjs' } as const;
const PRINTED = '-';

/**
 * Converts a notebook to a script, and writes it unless the output is `-`. The notebook `-` is read from
 * stdin, as one of the current folder.
 * @throws HalfnoteError `invalid-argument`, `invalid-notebook`, `wrong-language`, `cannot-convert`,
 * `not-writable`.
 */
export async function convertNotebook(path: string, flags: ConvertFlags): Promise<Converted> {
  const to = flags.to;
  if (to !== 'ts' && to !== 'js') {
    throw new HalfnoteError('invalid-argument', `--to is "${to}", allowed are ts and js`);
  }
  const isStdin = path === PRINTED;
  const notebook = isStdin ? parseNotebook('stdin', readFileSync(0, 'utf8')) : readNotebook(path);
  checkLanguage(path, notebook, findKernel());
  const folder = isStdin ? process.cwd() : dirname(resolve(path));
  const stem = join(folder, basename(path).replace(/\.ipynb$/, ''));
  const output = flags.output ?? (isStdin ? PRINTED : `${stem}${ENDINGS[to]}`);
  const target = output === PRINTED ? folder : dirname(resolve(output));
  const { text, notes } = toScript(notebook, {
    to,
    title: isStdin ? 'a notebook' : basename(path),
    folder: slashed(relative(target, folder)) || '.',
    locate: (specifier) => locate(specifier, folder, target),
  });
  if (output === PRINTED) return { path: undefined, text, notes };
  if (!isStdin && resolve(output) === resolve(path)) {
    throw new HalfnoteError(
      'invalid-argument',
      `${output} is the notebook itself, which stays as it is`,
      'Name another file: `-o FILE`.',
    );
  }
  await replaceFile(resolve(output), text, {
    what: output,
    hint: 'Name another file with --output.',
  });
  return { path: output, text, notes };
}

/** A file beside the notebook, as the script's folder sees it, and with the ending that Node.js asks for. */
function locate(specifier: string, folder: string, target: string): string {
  if (!/^\.\.?\//.test(specifier)) return specifier;
  const file = resolve(folder, specifier);
  const endings = ['', '.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'];
  const found = endings.map((ending) => `${file}${ending}`).find((name) => isFile(name)) ?? file;
  const path = slashed(relative(target, found));
  return path.startsWith('.') ? path : `./${path}`;
}

function isFile(path: string): boolean {
  return existsSync(path) && /\.\w+$/.test(path);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
