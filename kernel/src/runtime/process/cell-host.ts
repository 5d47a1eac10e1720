import { inspect } from 'node:util';
import { HOST, type DisplayOutput, type Host } from '../../host';
import type { CellOutput } from '../contract';
import { FORGET, type Answer } from '../messages';
import { send } from './channel';
import type { CpuLedger } from './cpu-ledger';
import type { Interrupts } from './interrupts';
import type { RequestContext } from './request-context';
import type { Scope } from './scope';
import { plainData } from './show';
import { OwnPromise } from './intrinsics';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The {@link Host} of cells: outputs and questions go to the kernel process. */
export class CellHost implements Host {
  private listeners: (() => void)[] = [];
  private readonly always: (() => void)[] = [];
  private readonly afterInterrupts: (() => void)[] = [];
  private readonly notified = new Map<string, (params: unknown) => unknown>();
  private readonly waiting = new Map<number, Waiting>();
  private nextCall = 1;
  private hearing: string | undefined;

  constructor(
    private readonly context: RequestContext,
    private readonly interrupts: Interrupts,
    private readonly scope: Scope,
    private readonly ledger: CpuLedger,
    private readonly uncaught: (error: unknown) => void,
  ) {}

  install(): void {
    Object.defineProperty(globalThis, HOST, { value: this });
  }

  display(output: DisplayOutput): void {
    this.output({
      kind: 'display',
      output: {
        ...output,
        data: plainData(output.data),
        ...(output.metadata && { metadata: plainData(output.metadata) }),
      },
    });
  }

  clearOutput(wait: boolean): void {
    this.output({ kind: 'clear', wait });
  }

  onCellEnd(listener: () => void): void {
    this.listeners.push(listener);
  }

  onEachCellEnd(listener: () => void): void {
    this.always.push(listener);
  }

  onInterrupted(listener: () => void): void {
    this.afterInterrupts.push(listener);
  }

  throwIfInterrupted(): void {
    this.interrupts.throwIfInterrupted();
  }

  variables(): ReadonlyMap<string, unknown> {
    return this.scope.values();
  }

  async forgetVariables(): Promise<void> {
    this.scope.forget();
    await this.call(FORGET, {});
  }

  setNextInput(text: string, replace: boolean): void {
    this.output({ kind: 'next-input', text, replace });
  }

  onNotify(method: string, listener: (params: unknown) => unknown): void {
    this.notified.set(method, listener);
  }

  request(): string {
    return this.context.current();
  }

  within<T>(request: string, work: () => T): T {
    return this.context.within(request, work);
  }

  showError(error: unknown): void {
    this.uncaught(error);
  }

  heard(): string | undefined {
    return this.hearing;
  }

  /** Passes on what the kernel process says; returns what the listener returns, and throws what it throws. */
  notify(requestId: string, method: string, params: unknown): unknown {
    this.hearing = requestId;
    try {
      return this.notified.get(method)?.(params);
    } finally {
      this.hearing = undefined;
    }
  }

  own<T>(work: () => T): T {
    const result = this.ledger.duringOwn(false, work);
    return result instanceof OwnPromise ? (this.ledger.whileWaiting(result) as T) : result;
  }

  call(method: string, params: unknown): Promise<unknown> {
    const id = this.nextCall++;
    return new OwnPromise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const requestId = this.context.current();
      send({ kind: 'call', id, requestId, method, params, usage: this.ledger.report() });
    });
  }

  answer(id: number, answer: Answer): void {
    const caller = this.waiting.get(id);
    this.waiting.delete(id);
    if (answer.ok) caller?.resolve(answer.value);
    else
      caller?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name }));
  }

  /** Calls what waits for the cell's end; one that throws does not keep the others from running. */
  cellEnded(): void {
    const listeners = [...this.always, ...this.listeners];
    this.listeners = [];
    this.callEach(listeners);
  }

  /** A cell, or what a message has called, was stopped by an interrupt. */
  interrupted(): void {
    this.hearing = undefined;
    this.callEach(this.afterInterrupts);
  }

  private callEach(listeners: readonly (() => void)[]): void {
    for (const listener of listeners) {
      try {
        listener();
      } catch (error) {
        this.output({ kind: 'stream', name: 'stderr', text: `${inspect(error)}\n` });
      }
    }
  }

  private output(output: CellOutput): void {
    send({ kind: 'output', requestId: this.context.current(), output });
  }
}
