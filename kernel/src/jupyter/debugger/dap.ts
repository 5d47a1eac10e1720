import type { JsonObject } from '../protocol/message';

/** A request of the Debug Adapter Protocol, as the content of a `debug_request`. */
export interface DapRequest {
  readonly seq: number;
  readonly command: string;
  readonly args: JsonObject;
}

/** Where execution has stopped, for a front end; `step` also after a step that has ended. */
export type StopReason = 'breakpoint' | 'step' | 'pause' | 'exception';

export interface DapBreakpoint {
  readonly id: number;
  /** Whether it is known to be at code. */
  readonly verified: boolean;
  readonly line: number;
  readonly source: { readonly path: string };
  readonly message?: string;
}

export interface DapVariable {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly evaluateName: string;
  /** 0: it has nothing in it to be shown. */
  readonly variablesReference: number;
}

/** JavaScript has one thread that cells run in. */
export const THREAD = { id: 1, name: 'cells' } as const;
