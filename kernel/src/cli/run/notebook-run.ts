import { HalfnoteError } from '../../errors';
import type { KernelClient } from './client';
import type { Json } from './json';
import type { KernelSpec } from './kernel-process';
import { hasTag, sourceOf, type Cell, type Notebook } from './notebook';
import { OutputCollector } from './outputs';
import { Progress, type Terminal } from './progress';

const INTERRUPT_MS = 10_000;

interface Outcome {
  readonly failure: string | undefined;
  readonly isOvertime: boolean;
  /** Its code threw: not the kernel's end, nor that of the time it has, which no tag expects. */
  readonly hasThrown: boolean;
}

/** What became of a code cell. */
export interface RanCell {
  /** In the notebook's list of cells. */
  readonly index: number;
  /** The count of its execution; null where the kernel gave none. */
  readonly order: number | null;
  /** Wall clock, ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly durationS: number;
  readonly failure: string | undefined;
  /** It was ended for the time that it took. */
  readonly isOvertime: boolean;
}

/** A run of a notebook's cells from top to bottom in a kernel. */
export class NotebookRun {
  private readonly collector = new OutputCollector();
  private readonly counts = new Map<Cell, number | null>();
  private readonly cells: RanCell[] = [];

  constructor(
    private readonly notebook: Notebook,
    private readonly client: KernelClient,
    private readonly terminal: Terminal,
    private readonly timeoutS: number | undefined,
  ) {}

  /** The cells that ran so far, in their order; empty ones are left out. */
  get ran(): readonly RanCell[] {
    return this.cells;
  }

  /** What a cell has put out so far, as nbformat has it. */
  outputs(cell: Cell): readonly Json[] {
    return this.collector.outputs(cell);
  }

  /**
   * Stops at the first cell that fails, but for those that may; with `keepsGoing` at none.
   * Throws `cell-failed`.
   */
  async all({ keepsGoing = false }: { readonly keepsGoing?: boolean } = {}): Promise<void> {
    const cells = this.notebook.cells.filter((cell) => cell.cell_type === 'code');
    const progress = new Progress(cells.length, this.terminal);
    for (const [i, cell] of cells.entries()) {
      const label = labelOf(cell);
      progress.begin(label);
      const start = performance.now();
      const startedAt = new Date().toISOString();
      const { failure, isOvertime, hasThrown } = await this.one(cell);
      const durationS = (performance.now() - start) / 1000;
      progress.end(label, durationS, failure ? 'failed' : 'ok');
      this.note(cell, { startedAt, durationS, failure, isOvertime });
      if (failure && !keepsGoing && !(hasThrown && hasTag(cell, 'raises-exception'))) {
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

  private note(cell: Cell, ran: Omit<RanCell, 'index' | 'order'>): void {
    if (!this.counts.has(cell) && ran.failure === undefined) return;
    const index = this.notebook.cells.indexOf(cell);
    this.cells.push({ index, order: this.counts.get(cell) ?? null, ...ran });
  }

  /** What went wrong, if anything. */
  private async one(cell: Cell): Promise<Outcome> {
    const source = sourceOf(cell);
    const ended = { failure: undefined, isOvertime: false, hasThrown: false };
    if (source.trim() === '') return ended;
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
      return reply['status'] === 'ok'
        ? ended
        : { ...ended, failure: tracebackOf(reply), hasThrown: true };
    } catch (error) {
      if (guard.timedOut()) return this.overtime();
      return { ...ended, failure: error instanceof Error ? error.message : String(error) };
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

  private overtime(): Outcome {
    const failure = `It took longer than --timeout allows: ${this.timeoutS ?? 0} s`;
    return { failure, isOvertime: true, hasThrown: false };
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
