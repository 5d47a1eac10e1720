import vm from 'node:vm';
import type { CellOutcome } from '../contract';
import { RUNTIME_NAME } from '../language/cell-code';
import type { CompiledCell } from '../language/language';
import type { UserSource } from '../user-source';
import type { Evaluation } from '../messages';
import { cellError } from './cell-error';
import { markEngine } from './engine-repair';
import { InterruptError, PHASE, type Interrupts } from './interrupts';
import type { CellModules } from './modules';
import type { Accessor, BoundNames, Scope } from './scope';
import type { StackMapper } from './stack';
import { OwnPromise } from './intrinsics';

export interface Finished {
  readonly outcome: CellOutcome;
  readonly kept: 'all' | readonly string[];
  /** The last expression's value; absent when there is none or it is undefined. */
  readonly value?: unknown;
}

/** Where a running cell's code finds what its wrapper passes on; read once, at its first line. */
const ENTRY = Symbol.for('halfnote.cell');

interface CellRuntime {
  bind(accessors: Readonly<Record<string, Accessor>>): void;
  import(specifier: string): Promise<unknown>;
  readonly meta: { readonly url: string; readonly dirname: string; readonly filename: string };
}

/** Runs compiled cells in this process's global context. */
export class Executor {
  constructor(
    private readonly cwd: string,
    private readonly scope: Scope,
    private readonly modules: CellModules,
    private readonly mapper: StackMapper,
    private readonly interrupts: Interrupts,
  ) {}

  /** `name` is the cell's in stack traces, `cell[3]`. */
  async run(name: string, cell: CompiledCell, source: UserSource): Promise<Finished> {
    this.mapper.add(name, source, cell);
    const engine = markEngine();
    const bound: { names?: BoundNames } = {};
    const interrupted = this.interrupts.begin();
    try {
      const value = await this.evaluate(name, cell, bound, interrupted);
      return { outcome: { status: 'ok' }, kept: 'all', ...(value !== undefined && { value }) };
    } catch (thrown) {
      const error = asInterrupt(thrown);
      if (error instanceof InterruptError) {
        engine.repair();
        this.modules.repair();
      }
      return {
        outcome: { status: 'error', error: cellError(error, this.mapper) },
        kept: bound.names?.keepInitialized() ?? [],
      };
    } finally {
      this.interrupts.end();
    }
  }

  /** The value of one compiled expression, or the error it threw. */
  async expression(
    cell: CompiledCell,
    show: (value: unknown) => Promise<Evaluation>,
  ): Promise<Evaluation> {
    const interrupted = this.interrupts.begin();
    try {
      return await show(await this.evaluate('cell[0]', cell, {}, interrupted));
    } catch (thrown) {
      return cellError(asInterrupt(thrown), this.mapper);
    } finally {
      this.interrupts.end();
    }
  }

  private async evaluate(
    name: string,
    cell: CompiledCell,
    bound: { names?: BoundNames },
    interrupted: Promise<never>,
  ): Promise<unknown> {
    this.modules.side.update(cell.sideModules);
    if (cell.imports.length > 0) {
      this.interrupts.enter(PHASE.asynchronous);
      await OwnPromise.race([this.modules.prepare(cell.imports), interrupted]);
    }
    const runtime: CellRuntime = {
      bind: (accessors) => {
        bound.names = this.scope.bind(accessors);
      },
      import: (specifier) => this.modules.import(specifier),
      meta: {
        url: `file://${this.cwd}/notebook.js`,
        dirname: this.cwd,
        filename: `${this.cwd}/notebook.js`,
      },
    };
    Object.defineProperty(globalThis, ENTRY, {
      configurable: true,
      value: [
        this.scope.variables,
        this.modules.require,
        runtime,
        this.cwd,
        `${this.cwd}/notebook.js`,
      ],
    });
    const script = new vm.Script(
      `(${cell.isAsync ? 'async ' : ''}function (exports, require, ${RUNTIME_NAME}, __dirname, __filename) {\n` +
        `${cell.js}\n})(...globalThis[Symbol.for('halfnote.cell')])`,
      { filename: name },
    );
    this.interrupts.enter(PHASE.synchronous);
    const running: unknown = script.runInThisContext({ breakOnSigint: true });
    this.interrupts.enter(PHASE.asynchronous);
    if (cell.isAsync) {
      const promise = OwnPromise.resolve(running);
      // After an interrupt nobody listens to how the cell ends.
      promise.catch(() => undefined);
      await OwnPromise.race([promise, interrupted]);
    }
    return cell.lastExpression === undefined ? undefined : this.scope.take(cell.lastExpression);
  }
}

/** Node.js reports a signal during `vm` by an error of its own. */
function asInterrupt(thrown: unknown): unknown {
  const code = (thrown as NodeJS.ErrnoException | undefined | null)?.code;
  return code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ? new InterruptError() : thrown;
}
