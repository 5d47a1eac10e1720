import { CellProcess, type Death } from './cell-process';
import { Coalescer } from './coalescer';
import type {
  CellError,
  CellOutcome,
  CellSource,
  Completeness,
  Completion,
  ExecuteCell,
  Runtime,
  RuntimeEvents,
} from './contract';
import { deathError } from './death';
import { interruptedError, languageError } from './not-started';
import { startLanguage, type LanguageClient } from './language/client';
import type { CompileResult } from './language/language';
import { FORGET, type Answer, type Evaluation, type FromCell } from './messages';
import { limitStreams, streamLimit } from './stream-limit';
import type { MimeBundle } from '../host';
import { Notifications } from './notifications';

export interface RuntimeOptions {
  /** The notebook's folder: imports and relative paths start there. */
  readonly cwd: string;
  /** The cell process's environment; by default this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** The language for `cwd`, if it was started before; the runtime closes it. */
  readonly language?: LanguageClient;
}

/** Starts the cell process and, in a thread, the language. Returns at once; both get ready meanwhile. */
export function createRuntime(options: RuntimeOptions, events: RuntimeEvents): Promise<Runtime> {
  return Promise.resolve(new ProcessRuntime(options, events));
}

/** How long cells wait for an interrupt to settle; only a native call that never returns takes longer. */
const SETTLE_MS = 5000;

interface RunningCell {
  readonly requestId: string;
  finish(outcome: CellOutcome, kept: 'all' | readonly string[]): void;
}

class ProcessRuntime implements Runtime {
  private readonly language: LanguageClient;
  private readonly outputs: Coalescer;
  private readonly evaluations = new Map<number, (evaluation: Evaluation) => void>();
  private readonly notifications = new Notifications();
  private process: CellProcess | undefined;
  private running: RunningCell | undefined;
  private lastRequest = '';
  private compiling = false;
  private stopBeforeStart = false;
  /** Until the last interrupt has had all its effect; a cell sent before could be hit by it. */
  private interrupting: Promise<void> | undefined;
  private settle: (() => void) | undefined;
  private nextEvaluation = 1;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly options: RuntimeOptions,
    private readonly events: RuntimeEvents,
  ) {
    const show = limitStreams(
      (requestId, output) => {
        events.output(requestId, output);
      },
      streamLimit(options.env ?? process.env),
    );
    this.outputs = new Coalescer(show);
    this.language = options.language ?? startLanguage(options.cwd);
    this.process = this.startProcess();
  }

  execute(cell: ExecuteCell): Promise<CellOutcome> {
    return this.inTurn(() => this.executeNow(cell));
  }

  evaluate(expression: string): Promise<{ readonly data: MimeBundle } | CellError> {
    return this.inTurn(async () => {
      const compiled = await this.compile(`(${expression}\n)`, 0);
      if (compiled.status === 'error') return compiled.error;
      if (compiled.status === 'empty') return { data: {} };
      await this.interrupting;
      const id = this.nextEvaluation++;
      return new Promise<Evaluation>((resolve) => {
        this.evaluations.set(id, resolve);
        this.liveProcess().send({ kind: 'evaluate', id, cell: compiled.cell });
      });
    });
  }

  complete(code: string, offset: number): Promise<Completion> {
    return this.language.complete(code, offset);
  }

  inspect(code: string, offset: number, detail: 0 | 1): Promise<MimeBundle | undefined> {
    return this.language.inspect(code, offset, detail);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.language.isComplete(code);
  }

  async interrupt(): Promise<void> {
    // A cell that is still being type-checked is not to start afterwards.
    if (this.compiling) {
      this.stopBeforeStart = true;
      return;
    }
    const { process } = this;
    if (!process) return;
    this.interrupting ??= new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, SETTLE_MS);
      this.settle = () => {
        clearTimeout(timeout);
        resolve();
      };
    }).finally(() => {
      this.interrupting = undefined;
    });
    process.interrupt();
    await this.interrupting;
  }

  notify(requestId: string, method: string, params: unknown): Promise<void> {
    const process = this.process;
    if (process?.isAlive !== true) return Promise.resolve();
    return this.notifications.send((id) => {
      process.send({ kind: 'notify', id, requestId, method, params });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    this.process?.kill();
    await this.language.close();
  }

  private async executeNow({
    requestId,
    code,
    executionCount,
    source,
  }: ExecuteCell): Promise<CellOutcome> {
    this.lastRequest = requestId;
    const compiled = await this.compile(code, executionCount, source);
    if (compiled.status === 'empty') return { status: 'ok' };
    if (compiled.status === 'error') return { status: 'error', error: compiled.error };
    await this.interrupting;
    const outcome = await new Promise<CellOutcome>((resolve) => {
      this.running = {
        requestId,
        finish: (result, kept) => {
          this.running = undefined;
          this.outputs.flush();
          // Answered before anything that is asked of the language after this.
          this.language.commit(kept).catch(() => undefined);
          resolve(result);
        },
      };
      this.liveProcess().send({
        kind: 'run',
        requestId,
        executionCount,
        cell: compiled.cell,
        code,
        source,
      });
    });
    return outcome;
  }

  private async compile(
    code: string,
    executionCount: number,
    source?: CellSource,
  ): Promise<CompileResult> {
    this.compiling = true;
    this.stopBeforeStart = false;
    try {
      const compiled = await this.language.compile(code, executionCount, source);
      // `interrupt` sets it while this method waits, which control flow analysis cannot see.
      return (this.stopBeforeStart as boolean)
        ? { status: 'error', error: interruptedError() }
        : compiled;
    } catch (error) {
      return { status: 'error', error: languageError(error) };
    } finally {
      this.compiling = false;
    }
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private liveProcess(): CellProcess {
    this.process ??= this.startProcess();
    return this.process;
  }

  private startProcess(): CellProcess {
    const started = new CellProcess(this.options.cwd, this.options.env ?? process.env, {
      message: (message) => {
        this.onMessage(message);
      },
      native: (output) => {
        this.outputs.add(this.lastRequest, output);
      },
      died: (death) => {
        if (this.process === started) this.onDeath(death);
      },
    });
    return started;
  }

  private onMessage(message: FromCell): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'settled':
        // A listener that was stopped never answers.
        this.outputs.flush();
        this.notifications.finishAll();
        this.settle?.();
        return;
      case 'output':
        this.outputs.add(message.requestId, message.output);
        return;
      case 'done':
        if (this.running?.requestId === message.requestId)
          this.running.finish(message.outcome, message.kept);
        return;
      case 'notified':
        this.outputs.flush();
        this.notifications.finish(message.id);
        return;
      case 'evaluated':
        this.evaluations.get(message.id)?.(message.evaluation);
        this.evaluations.delete(message.id);
        return;
      case 'call':
        void this.answerCall(message);
    }
  }

  private async answerCall({
    id,
    requestId,
    method,
    params,
  }: Extract<FromCell, { kind: 'call' }>): Promise<void> {
    const process = this.process;
    let answer: Answer;
    try {
      if (method === FORGET) {
        await this.language.forget();
        answer = { ok: true, value: undefined };
      } else answer = { ok: true, value: await this.events.call(requestId, method, params) };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer = { ok: false, error: { name, message } };
    }
    process?.send({ kind: 'answer', id, ...answer });
  }

  private onDeath(death: Death): void {
    this.process = undefined;
    this.settle?.();
    this.notifications.finishAll();
    if (this.closed) return;
    this.events.lost?.();
    const error = deathError(death);
    // What the language knows is gone with the process.
    this.language.reset().catch(() => undefined);
    for (const resolve of this.evaluations.values()) resolve(error);
    this.evaluations.clear();
    if (this.running) this.running.finish({ status: 'error', error }, []);
    else
      this.outputs.add(this.lastRequest, {
        kind: 'stream',
        name: 'stderr',
        text: `${error.traceback.join('\n')}\n`,
      });
    this.process = this.startProcess();
  }
}
