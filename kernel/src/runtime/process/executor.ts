import vm from 'node:vm';
import type { CellOutcome } from '../contract';
import { RUNTIME_NAME, SCOPE_NAME, VALUE_MEMBER } from '../language/runtime-names';
import type { CompiledCell } from '../language/language';
import type { UserSource } from '../user-source';
import type { Evaluation } from '../messages';
import { cellError } from './cell-error';
import type { CpuLedger } from './cpu-ledger';
import { SCRIPT_MARK } from './debug-hook';
import { markEngine, type EngineMark } from './engine-repair';
import { InterruptError, PHASE, type Interrupts } from './interrupts';
import type { CellModules } from './modules';
import type { Accessor, BoundNames, Scope } from './scope';
import type { StackMapper } from './stack';
import { OwnPromise, ownSetImmediate } from './intrinsics';

export interface Finished {
  readonly outcome: CellOutcome;
  readonly kept: 'all' | readonly string[];
}

/** A cell from its beginning to its end. */
interface Running {
  readonly engine: EngineMark;
  names?: BoundNames;
  /** True: its code is through, and its value is being shown. */
  hasRun?: boolean;
  /** How it failed. */
  failed?: Finished;
}

/** Where a running cell's code finds what its wrapper passes on; read once, at its first line. */
const ENTRY = Symbol.for('halfnote.cell');

/** What of a cell matters for running it. */
type Code = Pick<CompiledCell, 'js' | 'imports' | 'hasValue' | 'isAsync' | 'modules' | 'targets'>;

/** Whether the code that is tried is asynchronous. V8 and Node.js are lazy more than once. */
const WARM_UPS = [false, true, false, true, false, true];
const WARM_UP: Omit<Code, 'isAsync'> = {
  js: `${RUNTIME_NAME}.${VALUE_MEMBER} = (1);`,
  imports: [],
  hasValue: true,
  modules: [],
  targets: {},
};

interface CellRuntime {
  /** `hoisted`: those that are undefined, and no error, before their declaration runs. */
  bind(accessors: Readonly<Record<string, Accessor>>, hoisted: readonly string[]): void;
  imported(specifier: string): unknown;
  import(specifier: unknown, options?: ImportCallOptions): Promise<unknown>;
  readonly meta: object;
  /** Set by the cell: the value of its last expression. */
  value?: unknown;
}

/** Runs compiled cells in this process's global context. */
export class Executor {
  private running: Running | undefined;
  /** A cell is the program that runs, as its scripts ask by `require.main === module`. */
  private readonly main = { exports: {} };

  constructor(
    private readonly cwd: string,
    private readonly scope: Scope,
    private readonly modules: CellModules,
    private readonly mapper: StackMapper,
    private readonly interrupts: Interrupts,
    private readonly ledger: CpuLedger,
    /** Called when a cell was interrupted, once what we know of is repaired. */
    private readonly onInterrupted: () => void,
  ) {}

  /** Does once what every cell does, so that the first one doesn't pay for what V8 does only once. */
  async warmUp(): Promise<void> {
    const never = new OwnPromise<never>(() => undefined);
    for (const isAsync of WARM_UPS) {
      const running = { engine: markEngine() };
      await this.evaluate('cell[0]', { ...WARM_UP, isAsync }, running, never);
    }
    this.interrupts.enter(PHASE.idle);
    this.ledger.claim();
  }

  /** `name` is the cell's in stack traces, `cell[3]`; `show` gets the last expression's value. */
  async run(
    run: number,
    name: string,
    cell: CompiledCell,
    source: UserSource,
    show: (value: unknown) => Promise<void>,
  ): Promise<Finished> {
    this.mapper.add(name, source, cell);
    const running: Running = (this.running = { engine: markEngine() });
    const interrupted = this.interrupts.begin(run);
    try {
      const value = await this.evaluate(name, cell, running, interrupted);
      this.interrupts.throwIfChildrenTaken();
      running.hasRun = true;
      if (value !== undefined) await OwnPromise.race([show(value), interrupted]);
      await OwnPromise.race([turnOver(), interrupted]);
      return { outcome: { status: 'ok' }, kept: 'all' };
    } catch (thrown) {
      const isTheirs = this.interrupts.hasTakenChildren;
      const finished = this.failed(running, isTheirs ? new InterruptError() : thrown);
      await OwnPromise.race([turnOver(), interrupted]).catch(() => undefined);
      return finished;
    } finally {
      this.interrupts.end();
    }
  }

  /** Ends the cell that runs in place of {@link run}, where a forced stop has hit that itself. */
  giveUp(): Finished {
    const finished = this.failed(this.running ?? { engine: markEngine() }, new InterruptError());
    this.interrupts.end();
    return finished;
  }

  /** What `show` makes of the value of one compiled expression, or the error that was thrown. */
  async expression(
    run: number,
    cell: CompiledCell,
    show: (value: unknown) => Promise<Evaluation>,
  ): Promise<Evaluation> {
    const running: Running = (this.running = { engine: markEngine() });
    const interrupted = this.interrupts.begin(run);
    try {
      const value = await this.evaluate('cell[0]', cell, running, interrupted);
      return await OwnPromise.race([show(value), interrupted]);
    } catch (thrown) {
      return cellError(asInterrupt(thrown), this.mapper);
    } finally {
      this.interrupts.end();
    }
  }

  private failed(running: Running, thrown: unknown): Finished {
    const { engine, names, hasRun = false } = running;
    if (running.failed) return running.failed;
    const error = asInterrupt(thrown);
    if (error instanceof InterruptError) {
      engine.repair();
      this.modules.repair();
      this.onInterrupted();
    }
    return (running.failed = {
      outcome: { status: 'error', error: cellError(error, this.mapper) },
      kept: hasRun ? 'all' : (names?.keepInitialized() ?? []),
    });
  }

  private async evaluate(
    name: string,
    cell: Code,
    running: Running,
    interrupted: Promise<never>,
  ): Promise<unknown> {
    this.interrupts.throwIfWanted();
    const loader = this.modules.open(cell);
    if (cell.imports.length > 0) {
      await OwnPromise.race([loader.ready(), interrupted]);
    }
    const runtime: CellRuntime = {
      bind: (accessors, hoisted) => {
        running.names = this.scope.bind(accessors, hoisted);
      },
      imported: (specifier) => loader.imported(specifier),
      import: (specifier, options) => loader.import(specifier, options),
      meta: loader.meta,
    };
    Object.defineProperty(globalThis, ENTRY, {
      configurable: true,
      value: [
        runtime,
        this.scope.variables,
        Object.assign(loader.require, { main: this.main }),
        this.main,
        this.main.exports,
        this.cwd,
        `${this.cwd}/notebook.js`,
      ],
    });
    const script = new vm.Script(
      // One function in another: a cell may call its own variables by most of these names.
      `(function (${RUNTIME_NAME}, ${SCOPE_NAME}, require, module, exports, __dirname, __filename) { return (${cell.isAsync ? 'async ' : ''}function () {\n` +
        `${cell.js}\n})()})(...globalThis[Symbol.for('halfnote.cell')])${SCRIPT_MARK}`,
      { filename: name },
    );
    await this.runCode(script, cell.isAsync, interrupted);
    return cell.hasValue ? runtime.value : undefined;
  }

  /** What is done here is billed to the user. */
  private async runCode(
    script: vm.Script,
    isAsync: boolean,
    interrupted: Promise<never>,
  ): Promise<void> {
    this.interrupts.enter(PHASE.synchronous);
    this.ledger.enter('user');
    try {
      const result: unknown = script.runInThisContext({ breakOnSigint: true });
      this.interrupts.enter(PHASE.asynchronous);
      if (isAsync) {
        const promise = OwnPromise.resolve(result);
        // After an interrupt nobody listens to how the cell ends.
        promise.catch(() => undefined);
        await OwnPromise.race([promise, interrupted]);
      }
    } finally {
      // To show the value may take long, and isn't the code's work.
      this.ledger.enter('halfnote');
    }
  }
}

/** When Node.js has told of rejections that nobody handles: front ends lose what a cell prints after its end. */
function turnOver(): Promise<void> {
  return new OwnPromise((resolve) => ownSetImmediate(resolve));
}

/** Node.js reports a signal during `vm` by an error of its own. */
function asInterrupt(thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException | undefined | null)?.code;
  return code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new InterruptError() : thrown;
}
