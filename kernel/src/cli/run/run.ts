import { dirname, resolve } from 'node:path';
import { HalfnoteError } from '../../errors';
import { KernelClient } from './client';
import { isObject, type Json } from './json';
import { findKernel, type KernelSpec } from './kernel-process';
import {
  hasTag,
  readNotebook,
  sourceOf,
  writeNotebook,
  type Cell,
  type Notebook,
} from './notebook';
import { OutputCollector } from './outputs';
import { readParameter, withParameters } from './parameters';
import { Progress, type Terminal } from './progress';

export interface RunOptions {
  /** Where the notebook with its outputs goes; in place when not given. */
  readonly output?: string;
  /** `name=value` each. */
  readonly param?: readonly string[];
  /** Seconds that one cell may take. */
  readonly timeout?: number;
  /** A kernel that Jupyter knows by this name; this package's own when not given. */
  readonly kernel?: string;
}

const INTERRUPT_MS = 10_000;

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
    const run = new Run(notebook, client, terminal, options.timeout);
    try {
      await run.all();
    } finally {
      writeNotebook(output, run.result(spec, options.kernel ?? 'halfnote'));
    }
  } finally {
    process.off('SIGINT', interrupt);
    await client.close();
  }
}

class Run {
  private readonly collector = new OutputCollector();
  private readonly counts = new Map<Cell, number | null>();

  constructor(
    private readonly notebook: Notebook,
    private readonly client: KernelClient,
    private readonly terminal: Terminal,
    private readonly timeoutS: number | undefined,
  ) {}

  async all(): Promise<void> {
    const cells = this.notebook.cells.filter((cell) => cell.cell_type === 'code');
    const progress = new Progress(cells.length, this.terminal);
    for (const [i, cell] of cells.entries()) {
      const label = labelOf(cell);
      progress.begin(label);
      const start = performance.now();
      const failure = await this.one(cell);
      progress.end(label, (performance.now() - start) / 1000, failure ? 'failed' : 'ok');
      if (failure && !hasTag(cell, 'raises-exception')) {
        throw new HalfnoteError(
          'cell-failed',
          `Code cell ${i + 1} of ${cells.length} failed:\n${failure}`,
        );
      }
    }
  }

  /** The notebook with what ran so far; cells that didn't run have no outputs. */
  result(spec: KernelSpec, kernelName: string): Notebook {
    const { metadata, cells } = this.notebook;
    const { language_info: language } = this.client.info;
    return {
      ...this.notebook,
      metadata: {
        kernelspec: {
          name: kernelName,
          display_name: spec.displayName,
          language: spec.language,
        },
        ...metadata,
        ...(language !== undefined && { language_info: language }),
      },
      cells: cells.map((cell) =>
        cell.cell_type === 'code'
          ? {
              ...cell,
              outputs: this.collector.outputs(cell),
              execution_count: this.counts.get(cell) ?? null,
            }
          : cell,
      ),
    };
  }

  /** What went wrong, if anything. */
  private async one(cell: Cell): Promise<string | undefined> {
    const source = sourceOf(cell);
    if (source.trim() === '') return undefined;
    this.collector.open(cell);
    const running = this.client.execute(source, (message) => {
      this.collector.add(cell, message);
    });
    const guard = this.guard(running);
    try {
      const reply = await guard.outcome;
      const count = reply['execution_count'];
      this.counts.set(cell, typeof count === 'number' ? count : null);
      if (guard.timedOut()) return this.overtime();
      return reply['status'] === 'ok' ? undefined : tracebackOf(reply);
    } catch (error) {
      if (guard.timedOut()) return this.overtime();
      return error instanceof Error ? error.message : String(error);
    } finally {
      guard.stop();
    }
  }

  /** Interrupts a cell that takes too long, and gives up on one that goes on all the same. */
  private guard(running: Promise<Json>) {
    const timers: NodeJS.Timeout[] = [];
    let isLate = false;
    const givenUp = new Promise<never>((_, reject) => {
      if (this.timeoutS === undefined) return;
      timers.push(
        setTimeout(() => {
          isLate = true;
          this.client.interrupt();
          timers.push(
            setTimeout(() => {
              reject(new Error('it cannot be interrupted'));
            }, INTERRUPT_MS),
          );
        }, this.timeoutS * 1000),
      );
    });
    running.catch(() => undefined);
    givenUp.catch(() => undefined);
    return {
      outcome: Promise.race([running, givenUp]),
      timedOut: () => isLate,
      stop: () => {
        timers.forEach(clearTimeout);
      },
    };
  }

  private overtime(): string {
    return `It took longer than --timeout allows: ${this.timeoutS ?? 0} s`;
  }
}

/** Running Python as TypeScript would only give a page of syntax errors. */
function checkLanguage(
  path: string,
  { metadata }: Notebook,
  spec: KernelSpec,
  { kernel, param }: RunOptions,
): void {
  const { kernelspec, language_info: info } = metadata;
  const named = isObject(info) ? info['name'] : undefined;
  const language = (isObject(kernelspec) && kernelspec['language']) || named;
  const isOurs = (name: unknown): boolean => name === 'typescript' || name === 'javascript';
  if (kernel === undefined && typeof language === 'string' && !isOurs(language.toLowerCase())) {
    throw new HalfnoteError(
      'wrong-language',
      `${path} is written in ${language}, and this kernel runs TypeScript`,
      'Name a kernel for it with --kernel.',
    );
  }
  if ((param?.length ?? 0) > 0 && !isOurs(spec.language)) {
    throw new HalfnoteError(
      'invalid-argument',
      `--param works with TypeScript and JavaScript, the kernel "${kernel ?? ''}" runs ${spec.language}`,
    );
  }
}

function labelOf(cell: Cell): string {
  const lines = sourceOf(cell)
    .split('\n')
    .map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('//')) ?? lines[0] ?? '';
}

function tracebackOf(reply: Json): string {
  const { traceback, ename, evalue } = reply;
  if (Array.isArray(traceback) && traceback.length > 0) return traceback.join('\n');
  return typeof ename === 'string' && typeof evalue === 'string'
    ? `${ename}: ${evalue}`
    : `The kernel answered ${JSON.stringify(reply['status'])}`;
}
