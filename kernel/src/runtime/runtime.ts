import { CellProcess, type Death, type RunMessage } from './cell-process';
import { Coalescer } from './coalescer';
import type {
  CellError,
  CellOutcome,
  CellPreview,
  CellSource,
  Completeness,
  Completion,
  DebugClient,
  ExecuteCell,
  ModulePreview,
  Runtime,
  RuntimeEvents,
} from './contract';
import { deathError } from './death';
import { endedError, interruptedError, languageError, stuckError } from './not-started';
import { Interruption } from './interruption';
import { startLanguage, type LanguageClient } from './language/client';
import type { CompileResult } from './language/language';
import { TYPES, type TypeChecks } from './language/type-checks';
import { CLOSE_INSPECTOR } from './inspector-messages';
import { FORGET, type Answer, type Evaluation, type FromCell, type ToCell } from './messages';
import { limitStreams, streamLimit } from './stream-limit';
import type { MimeBundle } from '../host';
import { Notifications } from './notifications';
import { TurnInterrupted, Turns, type Turn } from './turn';

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

type RunCell = Omit<Extract<ToCell, { kind: 'run' }>, 'kind' | 'run'>;

interface RunningCell {
  readonly requestId: string;
  readonly run: number;
  /** Tells the outcome; the second time that is of no effect. */
  readonly tell: (outcome: CellOutcome) => void;
  /** True: an interrupt ended it for the user, while native code goes on. */
  isTold: boolean;
}

class ProcessRuntime implements Runtime {
  private readonly language: LanguageClient;
  private readonly outputs: Coalescer;
  private readonly evaluations = new Map<number, (evaluation: Evaluation) => void>();
  private readonly notifications = new Notifications();
  private process: CellProcess | undefined;
  private running: RunningCell | undefined;
  private lastRequest = '';
  private interruption: Interruption | undefined;
  private lastRun = 0;
  private readonly turns = new Turns();
  private debugClient: DebugClient | undefined;
  /** Settles when the debugger has set its breakpoints in a process that has just started. */
  private debugReady: Promise<void> | undefined;
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
    return this.inTurn(
      (turn) => this.executeNow(turn, cell),
      (error) => ({ status: 'error', error }),
    );
  }

  evaluate(expression: string): Promise<Evaluation> {
    return this.inTurn<Evaluation>(
      async (turn) => {
        const compiled = await this.compile(turn, `(${expression}\n)`, 0);
        if (compiled.status === 'error') return compiled.error;
        if (compiled.status === 'empty') return { data: {} };
        const death = await turn.until(this.liveProcess().ready);
        if (death) return deathError(death);
        const run = this.begin(turn);
        return new Promise<Evaluation>((resolve) => {
          this.evaluations.set(run, resolve);
          this.liveProcess().send({ kind: 'evaluate', run, cell: compiled.cell });
        });
      },
      (error) => error,
    );
  }

  complete(code: string, offset: number): Promise<Completion> {
    return this.language.complete(code, offset);
  }

  inspect(code: string, offset: number, detail: 0 | 1, from = 0): Promise<MimeBundle | undefined> {
    return this.language.inspect(code, offset, detail, from);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.language.isComplete(code);
  }

  async interrupt(): Promise<void> {
    const turn = this.turns.current;
    if (turn && turn.run === undefined) {
      // It waits for the native code of an interrupted cell: nothing gentler is left.
      if (this.interruption?.isStuck === true) {
        this.interruption.isEnded = true;
        this.process?.kill();
      }
      turn.interrupt();
      return;
    }
    const { process } = this;
    if (process?.isReady !== true) return;
    const run = turn?.run ?? 0;
    this.interruption ??= new Interruption(run);
    process.interrupt(run);
    await this.interruption.answered;
  }

  notify(requestId: string, method: string, params: unknown): Promise<void> {
    const process = this.process;
    if (process?.isAlive !== true) return Promise.resolve();
    return this.notifications.send((id) => {
      process.send({ kind: 'notify', id, requestId, method, params });
    });
  }

  async debugWith(client: DebugClient | undefined): Promise<void> {
    this.debugClient = client;
    if (client === undefined) {
      this.debugReady = undefined;
      this.process?.inspect(CLOSE_INSPECTOR);
    } else if (this.process?.isAlive === true) await this.letDebug(this.process);
  }

  previewCell(code: string): Promise<CellPreview | undefined> {
    return this.language.previewCell(code);
  }

  previewModule(path: string): Promise<ModulePreview> {
    return this.language.previewModule(path);
  }

  renew(): Promise<void> {
    return this.turns.add(
      async () => {
        const old = this.process;
        // Nobody hears of its end any more.
        this.process = undefined;
        old?.kill();
        // Its CPU time is its own as long as it is there, and not that of the next one.
        await old?.exited;
        this.outputs.flush();
        this.running = undefined;
        this.evaluations.clear();
        this.forgetProcess();
        this.process = this.startProcess();
        await Promise.all([this.language.reset(), this.language.typeChecks('strict')]);
      },
      () => {
        throw new Error('interrupted before its turn came');
      },
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    this.process?.kill();
    await this.language.close();
  }

  private async executeNow(
    turn: Turn,
    { requestId, code, executionCount, source }: ExecuteCell,
  ): Promise<CellOutcome> {
    this.lastRequest = requestId;
    const compiled = await this.compile(turn, code, executionCount, source);
    if (compiled.status === 'empty') return { status: 'ok' };
    const cell = { requestId, executionCount, code, source };
    if (compiled.status === 'error') {
      const { error, kept } = compiled;
      if (!kept) return { status: 'error', error };
      const defined = await this.run(turn, { ...cell, cell: kept.cell });
      return { status: 'error', error: defined.status === 'ok' ? kept.error : error };
    }
    if (compiled.warnings) this.warn(requestId, compiled.warnings);
    return this.run(turn, { ...cell, cell: compiled.cell });
  }

  private async run(turn: Turn, cell: RunCell): Promise<CellOutcome> {
    const death = await turn.until(this.liveProcess().ready);
    if (death) return { status: 'error', error: deathError(death) };
    await turn.until(this.debugReady);
    const run = this.begin(turn);
    return new Promise<CellOutcome>((tell) => {
      this.running = { requestId: cell.requestId, run, tell, isTold: false };
      this.liveProcess().send({ kind: 'run', run, ...cell });
    });
  }

  /** Beside what the cell prints: a display of its own. */
  private warn(requestId: string, lines: readonly string[]): void {
    const text = ['Type errors, passed over as %types says:', ...lines].join('\n');
    const output = { data: { 'text/plain': text }, update: false };
    this.outputs.add(requestId, { kind: 'display', output });
  }

  private async compile(
    turn: Turn,
    code: string,
    executionCount: number,
    source?: CellSource,
  ): Promise<CompileResult> {
    // What the last cell declared is known only when that one has ended.
    await turn.until(this.interruption?.settled);
    try {
      return await turn.until(this.language.compile(code, executionCount, source));
    } catch (error) {
      if (error instanceof TurnInterrupted) throw error;
      return { status: 'error', error: languageError(error) };
    }
  }

  /** From now on the cell process stops the turn, and nobody else does. */
  private begin(turn: Turn): number {
    this.events.work?.({ kind: 'runs' });
    return (turn.run = ++this.lastRun);
  }

  private finish(outcome: CellOutcome, kept: 'all' | readonly string[]): void {
    const { running } = this;
    this.running = undefined;
    this.outputs.flush();
    // Answered before anything that is asked of the language after this.
    this.language.commit(kept).catch(() => undefined);
    running?.tell(outcome);
  }

  private inTurn<T>(
    task: (turn: Turn) => Promise<T>,
    whenInterrupted: (error: CellError) => T,
  ): Promise<T> {
    return this.turns.add(task, () =>
      whenInterrupted(this.interruption?.isEnded === true ? endedError() : interruptedError()),
    );
  }

  /**
   * The last interrupt has had all its effect. Code may go on that has caught it; what else it was
   * meant for has ended, also when the cell process has lost it in a forced stop.
   */
  private endInterruption(goesOn: number | undefined): void {
    const { interruption, running } = this;
    this.interruption = undefined;
    interruption?.settle();
    if (interruption === undefined || interruption.run === goesOn) return;
    if (running?.run === interruption.run)
      this.finish({ status: 'error', error: interruptedError() }, []);
    this.evaluations.get(interruption.run)?.(interruptedError());
    this.evaluations.delete(interruption.run);
  }

  /** The run goes on in native code; for the user it has ended. */
  private onStuck(run: number): void {
    const { running, interruption } = this;
    if (!interruption) return;
    this.outputs.flush();
    if (running?.run === run) {
      running.isTold = true;
      running.tell({ status: 'error', error: stuckError() });
    }
    this.evaluations.get(run)?.(stuckError());
    interruption.stick();
  }

  /** From now on its client talks to the inspector of `process`; cells wait until it is ready for them. */
  private async letDebug(process: CellProcess): Promise<void> {
    const ready = this.debugClient?.connected((message) => {
      process.inspect(message);
    });
    this.debugReady = ready?.catch(() => undefined);
    await ready;
  }

  private liveProcess(): CellProcess {
    this.process ??= this.startProcess();
    return this.process;
  }

  private startProcess(): CellProcess {
    const started = new CellProcess(this.options.cwd, this.options.env ?? process.env, {
      used: (usage) => {
        if (this.process === started) this.events.work?.({ kind: 'used', usage });
      },
      message: (message) => {
        if (!this.isReplaced(started)) this.onMessage(message);
      },
      native: (output) => {
        if (!this.isReplaced(started)) this.outputs.add(this.lastRequest, output);
      },
      stuck: (run) => {
        if (this.process === started) this.onStuck(run);
      },
      inspected: (message) => {
        if (this.process === started) this.debugClient?.message(message);
      },
      died: (death) => {
        if (this.process === started) this.onDeath(started, death);
      },
    });
    if (started.pid !== undefined) this.events.work?.({ kind: 'started', pid: started.pid });
    if (this.debugClient) void this.letDebug(started).catch(() => undefined);
    return started;
  }

  /** Another one runs cells by now: what is still in the pipes of this one is nobody's. */
  private isReplaced(process: CellProcess): boolean {
    return this.process !== undefined && this.process !== process;
  }

  private onMessage(message: RunMessage): void {
    switch (message.kind) {
      case 'settled':
        // A listener that was stopped never answers.
        this.outputs.flush();
        this.notifications.finishAll();
        this.endInterruption(message.run);
        return;
      case 'output':
        this.outputs.add(message.requestId, message.output);
        return;
      case 'done':
        if (this.running?.requestId === message.requestId)
          this.finish(message.outcome, message.kept);
        return;
      case 'notified':
        this.outputs.flush();
        this.notifications.finish(message.id);
        return;
      case 'evaluated':
        this.evaluations.get(message.run)?.(message.evaluation);
        this.evaluations.delete(message.run);
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
    // What was printed before a message to the front end comes before it there.
    if (method.startsWith('comm.')) this.outputs.flush();
    let answer: Answer;
    try {
      if (method === FORGET) {
        await this.language.forget();
        answer = { ok: true, value: undefined };
      } else if (method === TYPES) {
        const { checks } = params as { readonly checks?: TypeChecks };
        answer = { ok: true, value: await this.language.typeChecks(checks) };
      } else answer = { ok: true, value: await this.events.call(requestId, method, params) };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      answer = { ok: false, error: { name, message } };
    }
    process?.send({ kind: 'answer', id, ...answer });
  }

  /** What waited for the process that has gone, or is known of it. */
  private forgetProcess(): void {
    this.debugClient?.disconnected();
    this.interruption?.settle();
    this.interruption = undefined;
    this.notifications.finishAll();
    if (this.closed) return;
    this.events.work?.({ kind: 'lost' });
    this.events.lost?.();
  }

  private onDeath(died: CellProcess, death: Death): void {
    this.process = undefined;
    const isTold = this.interruption?.isEnded === true;
    this.forgetProcess();
    if (this.closed) return;
    const error = deathError(death);
    // What the language knows is gone with the process.
    this.language.reset().catch(() => undefined);
    for (const resolve of this.evaluations.values()) resolve(error);
    this.evaluations.clear();
    // The next cell starts one; one that can't even start would be started without end.
    if (!died.isReady) return;
    const hears = this.running?.isTold === false;
    if (this.running) this.finish({ status: 'error', error }, []);
    if (!hears && !isTold)
      this.outputs.add(this.lastRequest, {
        kind: 'stream',
        name: 'stderr',
        text: `${error.traceback.join('\n')}\n`,
      });
    this.process = this.startProcess();
  }
}
