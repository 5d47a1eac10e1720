import { HalfnoteError } from '../../errors';
import { THREAD, type StopReason } from './dap';
import { frameOf, userFrames, type Frame } from './frames';
import type { InspectorClient } from './inspector-client';
import type { CallFrame, Paused } from './inspector-types';
import type { UserScript } from './scripts';
import { Step, type StepKind } from './stepping';

/** Where execution stands still. */
export interface Stop {
  readonly frames: readonly Frame[];
  readonly depth: number;
}

/** How long code that isn't the user's runs on where a pause is asked for. */
const PAUSE_AGAIN_MS = 10;

export interface ExecutionParts {
  /** A script of the user's that has been read. */
  readonly known: (scriptId: string) => UserScript | undefined;
  /** Settles when a script that the inspector told of has been read, and its breakpoints are set. */
  readonly read: (scriptId: string) => Promise<unknown> | undefined;
  readonly isAttached: (client: InspectorClient) => boolean;
  /** A stop is over, with all that was held of it. */
  readonly wentOn: () => void;
  readonly publish: (event: string, body: object) => void;
}

/** Where execution stands still, and how it goes on: steps and pauses in the user's code alone. */
export class Execution {
  private now: Stop | undefined;
  private step: Step | undefined;
  private isPauseAsked = false;

  constructor(private readonly parts: ExecutionParts) {}

  get stop(): Stop | undefined {
    return this.now;
  }

  /** The process is gone, with what was asked of it. */
  lost(): void {
    this.step = undefined;
    this.isPauseAsked = false;
  }

  /** Of the stop, from 1. @throws HalfnoteError `invalid-request`. */
  frame(id: number): Frame {
    const frame = this.now?.frames[id - 1];
    if (frame) return frame;
    const count = this.now?.frames.length ?? 0;
    throw new HalfnoteError(
      'invalid-request',
      count === 0
        ? `debug_request: "frameId" is ${id}, but no cell stands at a breakpoint`
        : `debug_request: "frameId" is ${id}, expected 1 to ${count}`,
    );
  }

  async goOn(client: InspectorClient): Promise<object> {
    this.needStop();
    this.step = undefined;
    await client.request('Debugger.resume');
    return { allThreadsContinued: true };
  }

  async takeStep(client: InspectorClient, kind: StepKind): Promise<object> {
    const { frames, depth } = this.needStop();
    this.step = new Step(kind, frames[0], depth);
    await client.request(this.step.command);
    return {};
  }

  /** Stops what runs, as soon as it is in the user's code. */
  async pause(client: InspectorClient): Promise<object> {
    if (this.now) return {};
    this.isPauseAsked = true;
    await client.request('Debugger.pause');
    return {};
  }

  private needStop(): Stop {
    if (this.now) return this.now;
    throw new HalfnoteError(
      'invalid-request',
      'debug_request: no cell stands at a breakpoint',
      'Steps and "continue" are for a cell that has stopped; "pause" stops one that runs.',
    );
  }

  /** The stop, if there is one, is over. */
  wentOn(): void {
    if (!this.now) return;
    this.now = undefined;
    this.parts.wentOn();
    this.parts.publish('continued', { threadId: THREAD.id, allThreadsContinued: true });
  }

  /** V8 has stopped: at a breakpoint, within a step, before a script. */
  async paused(client: InspectorClient, event: Paused): Promise<void> {
    const { callFrames, reason, hitBreakpoints = [] } = event;
    if (reason === 'instrumentation') {
      await this.parts.read(callFrames[0]?.location.scriptId ?? '');
      if (this.isPauseAsked) await client.request('Debugger.pause');
      await client.request(this.afterInstrumentation());
      return;
    }
    const frames = userFrames(callFrames, this.parts.known);
    const [first] = callFrames;
    const top = first && frameOf(first, this.parts.known(first.location.scriptId));
    const why = this.whyStopped(reason, hitBreakpoints.length > 0);
    if (why === 'step') {
      const isWithin = frames.some(({ isUsers }) => isUsers);
      const goOn = this.step?.after(top?.isUsers === true ? top : undefined, callFrames, isWithin);
      if (goOn !== undefined) {
        if (goOn === 'Debugger.resume') this.step = undefined;
        await client.request(goOn);
        return;
      }
    }
    if (why === 'pause' && top?.isUsers !== true) {
      await this.pauseLater(
        client,
        callFrames,
        frames.some(({ isUsers }) => isUsers),
      );
      return;
    }
    if (why === 'exception' && top?.isUsers !== true) {
      // Libraries throw and catch by themselves.
      await client.request('Debugger.resume');
      return;
    }
    this.step = undefined;
    this.isPauseAsked = false;
    this.now = { frames, depth: callFrames.length };
    const text = why === 'exception' ? event.data?.description?.split('\n')[0] : undefined;
    this.parts.publish('stopped', {
      reason: why,
      threadId: THREAD.id,
      allThreadsStopped: true,
      ...(text !== undefined && { text }),
    });
  }

  /** V8 stopped outside the user's code: it does where that is called from, or goes on. */
  private async pauseLater(
    client: InspectorClient,
    [first]: readonly CallFrame[],
    isWithinUsers: boolean,
  ): Promise<void> {
    if (isWithinUsers) await client.request('Debugger.stepOut');
    else if (first && this.parts.known(first.location.scriptId))
      await client.request('Debugger.stepInto');
    else {
      await client.request('Debugger.resume');
      setTimeout(() => {
        if (this.isPauseAsked && this.parts.isAttached(client))
          client.request('Debugger.pause').catch(() => undefined);
      }, PAUSE_AGAIN_MS).unref();
    }
  }

  /** A module that a step has loaded: the step goes on behind its code, or in it. */
  private afterInstrumentation(): string {
    const { step } = this;
    if (!step) return 'Debugger.resume';
    return step.command === 'Debugger.stepInto' ? 'Debugger.stepInto' : 'Debugger.stepOut';
  }

  private whyStopped(reason: string, isBreakpoint: boolean): StopReason {
    if (reason === 'exception' || reason === 'promiseRejection') return 'exception';
    if (isBreakpoint) return 'breakpoint';
    if (this.step) return 'step';
    return this.isPauseAsked ? 'pause' : 'breakpoint';
  }
}
