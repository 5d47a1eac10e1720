import { INTERRUPTED } from '../../host';
import type { CellOutcome } from '../../runtime/contract';
import { DIED } from '../../runtime/death';
import { interruptedError } from '../../runtime/not-started';
import { TurnInterrupted } from '../../runtime/turn';
import { parseExecute } from '../protocol/execute';
import type { ExecuteReply, ExecuteRequest, ExpressionResult } from '../protocol/execute';
import type { JsonObject } from '../protocol/message';
import { errorMessage, executeInputMessage } from '../protocol/output';
import { plainError, toCellError } from './errors';
import { helpAsked, type HelpAsked } from './help-asked';
import type { History } from './history';
import type { Inputs } from './inputs';
import type { Outputs } from './outputs';
import type { Payloads } from './payloads';
import type { CellEnd, CellEnergy, Macros } from './ports';
import type { RunningRequest } from './running-request';
import type { RuntimeSlot } from './runtime-slot';

export interface ExecutorParts {
  readonly runtime: RuntimeSlot;
  readonly outputs: Outputs;
  readonly history: History;
  readonly payloads: Payloads;
  readonly inputs: Inputs;
  readonly macros: Macros;
  readonly energy: CellEnergy | undefined;
}

export interface Executed {
  readonly reply: ExecuteReply & JsonObject;
  /** What is queued behind it must not run. */
  readonly stop: boolean;
}

/** Runs one execute request: magics, the cell, its energy window, user expressions. */
export class Executor {
  private count = 0;

  constructor(private readonly parts: ExecutorParts) {}

  /** Cells counted so far. */
  get executionCount(): number {
    return this.count;
  }

  /** The next cell is the first one. */
  restartCount(): void {
    this.count = 0;
  }

  /** Rejects only for a malformed request; a failing cell is an outcome. */
  async execute(running: RunningRequest): Promise<Executed> {
    const { request } = running;
    const { outputs, history, payloads, inputs } = this.parts;
    const requestId = request.header.msg_id;
    const cell = parseExecute(request.content);
    const executionCount = this.count + 1;
    if (cell.storeHistory) {
      this.count = executionCount;
      history.add(executionCount, cell.code);
    }
    outputs.open({ header: request.header, executionCount, silent: cell.silent });
    outputs.publish(requestId, executeInputMessage(cell.code, executionCount));

    payloads.open(requestId);
    inputs.open(request, cell.allowStdin);
    const outcome = await this.run(running, cell, executionCount);
    const payload = payloads.take(requestId);
    inputs.close(requestId);
    if (outcome.status === 'error') {
      const error = plainError(outcome.error);
      outputs.publish(requestId, errorMessage(error));
      const rest = { execution_count: executionCount, user_expressions: {}, payload: [] } as const;
      return {
        reply: { status: 'error', ...error, ...rest },
        stop: cell.stopOnError,
      };
    }
    const expressions = await this.evaluateAll(cell);
    return {
      reply: {
        status: 'ok',
        execution_count: executionCount,
        user_expressions: expressions,
        payload,
      },
      stop: false,
    };
  }

  private async run(
    running: RunningRequest,
    { code, silent }: ExecuteRequest,
    executionCount: number,
  ): Promise<CellOutcome> {
    try {
      const requestId = running.request.header.msg_id;
      const asked = helpAsked(code);
      if (asked !== undefined) return await this.showHelp(running, asked);
      // Before the runtime is there: a wrong magic needs none.
      const expansion = this.parts.macros.expand(code);
      if (!expansion.ok) return { status: 'error', error: plainError(expansion.error) };
      const runtime = await running.turn.until(this.parts.runtime.get());
      // What a front end asks silently is no cell of the user's; the session's total has its energy.
      if (!silent) this.beginEnergy(requestId, executionCount);
      let status: CellEnd = 'interrupted';
      try {
        const { code: expanded, source } = expansion;
        const cell = { requestId, code: expanded, executionCount };
        const outcome = await runtime.execute(source === undefined ? cell : { ...cell, source });
        if (!wasStopped(outcome)) status = outcome.status === 'error' ? 'failed' : 'ended';
        return outcome;
      } finally {
        running.hasRun = true;
        if (!silent) await this.showEnergy(requestId, status);
      }
    } catch (error) {
      const isInterrupted = error instanceof TurnInterrupted;
      return { status: 'error', error: isInterrupted ? interruptedError() : toCellError(error) };
    }
  }

  private async showHelp(
    { request, turn }: RunningRequest,
    { name, detail }: HelpAsked,
  ): Promise<CellOutcome> {
    const runtime = await turn.until(this.parts.runtime.get());
    const data = await turn.until(runtime.inspect(name, name.length, detail));
    if (data === undefined) {
      const evalue = `nothing is known of "${name}": no earlier cell and no global has this name`;
      const error = { ename: 'HelpError', evalue, traceback: [`HelpError: ${evalue}`] };
      return { status: 'error', error };
    }
    const output = { kind: 'result', data, metadata: {} } as const;
    this.parts.outputs.emit(request.header.msg_id, output);
    return { status: 'ok' };
  }

  private beginEnergy(requestId: string, executionCount: number): void {
    try {
      this.parts.energy?.beginCell(requestId, executionCount);
    } catch (error) {
      this.warn(requestId, error);
    }
  }

  private async showEnergy(requestId: string, status: CellEnd): Promise<void> {
    try {
      const output = await this.parts.energy?.endCell(requestId, status);
      if (output !== undefined) this.parts.outputs.emit(requestId, { kind: 'display', output });
    } catch (error) {
      this.warn(requestId, error);
    }
  }

  /** Measuring must not fail what is measured, but a missing figure is not hidden either. */
  private warn(requestId: string, error: unknown): void {
    const text = `The cell's energy was not measured: ${toCellError(error).evalue}\n`;
    this.parts.outputs.emit(requestId, { kind: 'stream', name: 'stdout', text });
  }

  private async evaluateAll(cell: ExecuteRequest): Promise<Record<string, ExpressionResult>> {
    const results: Record<string, ExpressionResult> = {};
    for (const [name, expression] of Object.entries(cell.userExpressions)) {
      results[name] = await this.evaluate(expression);
    }
    return results;
  }

  private async evaluate(expression: string): Promise<ExpressionResult> {
    try {
      const result = await (await this.parts.runtime.get()).evaluate(expression);
      return 'data' in result
        ? { status: 'ok', data: result.data, metadata: {} }
        : { status: 'error', ...plainError(result) };
    } catch (error) {
      return { status: 'error', ...toCellError(error) };
    }
  }
}

/** Whether code did not come to its own end: it was interrupted, or its process has died. */
function wasStopped(outcome: CellOutcome): boolean {
  return outcome.status === 'error' && STOPS.has(outcome.error.ename);
}

const STOPS: ReadonlySet<string> = new Set([INTERRUPTED, DIED]);
