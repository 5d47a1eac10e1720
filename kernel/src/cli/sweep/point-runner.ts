import { hostname } from 'node:os';
import { HalfnoteError } from '../../errors';
import type { Parameters, Point } from '../../sweep/plan';
import { RUN_METADATA, type RunFacts } from '../../sweep/run-result';
import { KernelClient } from '../run/client';
import type { KernelSpec } from '../run/kernel-process';
import type { Notebook } from '../run/notebook';
import { NotebookRun } from '../run/notebook-run';
import { withParameters } from '../run/parameters';

export interface PointRunnerOptions {
  readonly spec: KernelSpec;
  readonly notebook: Notebook;
  /** The folder that points run in. */
  readonly cwd: string;
  /** Seconds that a cell may take. */
  readonly timeoutS: number | undefined;
}

/** A point that has run, and its notebook to be kept. */
export interface RanPoint {
  readonly facts: RunFacts;
  readonly notebook: Notebook;
  /** The kernel ended before the point did: what is here is what was seen of it. */
  readonly hasDied: boolean;
}

const STARTS = 3;
const SILENT = { write: () => undefined };

/**
 * Runs points one after the other in one kernel: between them only the process that runs cells is renewed. A
 * kernel that has died is started anew for the next point.
 */
export class PointRunner {
  private client: KernelClient | undefined;
  /** Ends when the kernel is as it was at its start. */
  private renewed: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly options: PointRunnerOptions) {}

  /** The kernel's process, once it is started. */
  get pid(): number | undefined {
    return this.client?.pid;
  }

  /**
   * A cell that fails is a result, and so is a kernel that ends before the point does.
   * @throws HalfnoteError `kernel-died` where the kernel can't be started, or was shut down.
   */
  async run(point: Point): Promise<RanPoint> {
    const client = await this.ready();
    const { notebook, timeoutS, spec } = this.options;
    const run = new NotebookRun(prepared(notebook, point.parameters), client, SILENT, timeoutS);
    const startedAt = new Date().toISOString();
    let error: string | null = null;
    try {
      await run.all();
    } catch (thrown) {
      if (!isOf(thrown, 'cell-failed') && (this.isClosed || !isOf(thrown, 'kernel-died')))
        throw thrown;
      error = thrown.message;
    }
    const energy = await client.energy().catch(() => null);
    if (this.isClosed) throw new HalfnoteError('kernel-died', 'The kernel was shut down');
    const hasDied = !client.isAlive;
    if (hasDied) error ??= 'The kernel has ended before what the notebook gave was kept.';
    const facts: RunFacts = {
      index: point.index,
      key: point.key,
      parameters: point.parameters,
      status: error === null ? 'finished' : 'failed',
      error,
      startedAt,
      cellsS: run.ran.reduce((sum, { durationS }) => sum + durationS, 0),
      energy,
      host: hostname(),
    };
    const result = run.result(spec, 'halfnote');
    if (!hasDied) this.renewed = client.renew();
    // Whoever waits for it hears of it.
    this.renewed.catch(() => undefined);
    return {
      hasDied,
      facts,
      notebook: { ...result, metadata: { ...result.metadata, [RUN_METADATA]: facts } },
    };
  }

  /** Ends the kernel at once, and what runs in it. */
  kill(): void {
    this.isClosed = true;
    this.client?.kill();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.close();
  }

  /** One that somebody kills as it starts is started again; one that can't start fails each time. */
  private async started(): Promise<KernelClient> {
    const { spec, cwd } = this.options;
    for (let left = STARTS - 1; ; left--) {
      try {
        return await KernelClient.start(spec, cwd, { detached: true });
      } catch (error) {
        if (left === 0 || this.isClosed || !isOf(error, 'kernel-died')) throw error;
      }
    }
  }

  private async ready(): Promise<KernelClient> {
    if (this.client?.isAlive === true) {
      try {
        await this.renewed;
        return this.client;
      } catch {
        // Another one is started.
      }
    }
    await this.client?.close();
    this.client = undefined;
    const client = await this.started();
    if (this.isClosed) {
      client.kill();
      await client.close();
      throw new HalfnoteError('kernel-died', 'The kernel was shut down');
    }
    this.renewed = Promise.resolve();
    return (this.client = client);
  }
}

function isOf(error: unknown, code: HalfnoteError['code']): error is HalfnoteError {
  return error instanceof HalfnoteError && error.code === code;
}

function prepared(notebook: Notebook, parameters: Parameters): Notebook {
  return withParameters(notebook, new Map(Object.entries(parameters)));
}
