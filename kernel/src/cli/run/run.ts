import { dirname, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { KernelClient } from './client';
import { isObject } from './json';
import { findKernel, type KernelSpec } from './kernel-process';
import { readNotebook, writeNotebook, type Notebook } from './notebook';
import { NotebookRun } from './notebook-run';
import { readParameter, withParameters } from './parameters';
import type { RunResult } from './result';
import type { Terminal } from './progress';

export interface RunOptions {
  /** Where the notebook with its outputs goes; in place when not given. */
  readonly output?: string;
  /** `name=value` each. */
  readonly param?: readonly string[];
  /** Seconds that one cell may take. */
  readonly timeout?: number;
  /** A kernel that Jupyter knows by this name; this package's own when not given. */
  readonly kernel?: string;
  /** Hears what the run came to, also of one that failed, once its notebook is written. */
  readonly told?: ((result: RunResult) => void) | undefined;
}

/**
 * Runs a notebook from top to bottom and writes it with its outputs. Stops at the first cell that
 * fails, unless that is tagged `raises-exception`: what ran is written, then `cell-failed` is thrown
 * with the traceback.
 */
export async function runNotebook(
  path: string,
  options: RunOptions,
  terminal: Terminal = process.stderr,
): Promise<void> {
  const read = readNotebook(path);
  const spec = findKernel(options.kernel);
  checkLanguage(path, read, spec, options);
  const parameters = new Map((options.param ?? []).map(readParameter));
  const notebook = withParameters(read, parameters);
  const output = resolve(options.output ?? path);
  const client = await KernelClient.start(spec, dirname(resolve(path)));
  const interrupt = (): void => {
    client.interrupt();
  };
  process.on('SIGINT', interrupt);
  try {
    const run = new NotebookRun(notebook, client, terminal, options.timeout);
    const startedAt = new Date().toISOString();
    let error: string | null = null;
    try {
      await run.all();
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
      throw thrown;
    } finally {
      const result = run.result(spec, options.kernel ?? 'halfnote');
      await writeNotebook(output, result);
      if (options.told) {
        const { resultOf } = await import('./result.js');
        const energy = await client.energy().catch(() => null);
        const given = Object.fromEntries(parameters);
        options.told(
          resultOf(run, result, { output, parameters: given, startedAt, error, energy }),
        );
      }
    }
  } finally {
    process.off('SIGINT', interrupt);
    await client.close();
  }
}

/**
 * Running Python as TypeScript would only give a page of syntax errors. Throws `wrong-language`, and
 * `invalid-argument` for parameters of another kernel's language.
 */
export function checkLanguage(
  path: string,
  { metadata }: Notebook,
  spec: KernelSpec,
  { kernel, param }: Pick<RunOptions, 'kernel' | 'param'> = {},
): void {
  const { kernelspec, language_info: info } = metadata;
  const named = isObject(info) ? info['name'] : undefined;
  const language = (isObject(kernelspec) && kernelspec['language']) || named;
  const isOurs = (name: unknown): boolean => name === 'typescript' || name === 'javascript';
  if (kernel === undefined && typeof language === 'string' && !isOurs(language.toLowerCase())) {
    throw new HalfnoteError(
      'wrong-language',
      `${path} is written in ${language}, and this kernel runs TypeScript`,
      'Name a kernel for it with `halfnote run --kernel`.',
    );
  }
  if ((param?.length ?? 0) > 0 && !isOurs(spec.language)) {
    throw new HalfnoteError(
      'invalid-argument',
      `--param works with TypeScript and JavaScript, the kernel "${kernel ?? ''}" runs ${spec.language}`,
    );
  }
}
