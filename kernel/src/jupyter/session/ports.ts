import type { DisplayOutput, MimeBundle } from '../../host';
import type { Completion, Runtime, RuntimeEvents } from '../../runtime/contract';

/** Magics, as far as the session sees them. Pure: nothing is run. */
export interface Macros {
  /** TypeScript with the same number of lines. Throws `HalfnoteError` for a magic that is wrong. */
  expand(code: string): string;
  /** Undefined where the cursor isn't in a magic. Offsets are UTF-16 code units. */
  complete(code: string, offset: number): Completion | undefined;
  inspect(code: string, offset: number): MimeBundle | undefined;
}

export const noMacros: Macros = {
  expand: (code) => code,
  complete: () => undefined,
  inspect: () => undefined,
};

/** Energy windows of cells, and the library's calls to the kernel process. Never fails a cell. */
export interface CellEnergy {
  beginCell(requestId: string, pid: number | undefined): void;
  /** What to show below the cell, if anything. */
  endCell(requestId: string): Promise<DisplayOutput | undefined>;
  /** Answers a `Host.call`. Rejects for a method that is unknown or fails. */
  handle(requestId: string, method: string, params: unknown): Promise<unknown>;
}

/** Makes the runtime when a first request needs it. */
export type RuntimeFactory = (events: RuntimeEvents) => Promise<Runtime>;
