import type { CellWork } from '../../energy/accounts/cell-usage';
import type { SessionEnergy } from '../../energy/service/session-energy';
import type { DisplayOutput, MimeBundle } from '../../host';
import type {
  CellError,
  CellSource,
  Completion,
  Runtime,
  RuntimeEvents,
} from '../../runtime/contract';

/** A cell's magics turned into TypeScript with the same number of lines, or what is wrong with them. */
export type Expansion =
  | {
      readonly ok: true;
      readonly code: string;
      /** The cell is nothing but a magic for the cell's other lines so far. */
      readonly lacksBody: boolean;
      /** The cell as it was written, if magics were expanded. */
      readonly source?: CellSource;
    }
  | {
      readonly ok: false;
      /** `isIncomplete`: more typing could mend it. */
      readonly error: CellError & { readonly isIncomplete: boolean };
    };

/** A cell as the language service sees it. Offsets are UTF-16 code units. */
export interface LanguageView {
  readonly code: string;
  /** The cursor in `code`; undefined where it isn't in TypeScript. */
  readonly offset: number | undefined;
  /** Where the user's text around the cursor begins in `code`: what is before it may be generated. */
  readonly start: number;
  /** The user's offset for one in `code`; undefined in text that the user didn't write. */
  toSource(offset: number): number | undefined;
}

/** Magics, as far as the session sees them. Pure: nothing is run. */
export interface Macros {
  expand(code: string): Expansion;
  /** For completion and help: half-written magics are left out rather than refused. */
  view(code: string, offset: number): LanguageView;
  /** Undefined where TypeScript is to complete. */
  complete(code: string, offset: number): Completion | undefined;
  /** Undefined where TypeScript is to tell. */
  inspect(code: string, offset: number): MimeBundle | undefined;
}

export const noMacros: Macros = {
  expand: (code) => ({ ok: true, code, lacksBody: false }),
  view: (code, offset) => ({ code, offset, start: 0, toSource: (at) => at }),
  complete: () => undefined,
  inspect: () => undefined,
};

/** Energy windows of cells, and the library's calls to the kernel process. Never fails a cell. */
/** How a cell came to its end: `failed` by an error of its own. */
export type CellEnd = 'ended' | 'failed' | 'interrupted';

export interface CellEnergy {
  beginCell(requestId: string, executionCount: number): void;
  /** What to show below the cell, if anything. */
  endCell(requestId: string, status: CellEnd): Promise<DisplayOutput | undefined>;
  /** What becomes known of the cell process's CPU time. */
  work?(event: CellWork): void;
  /** The session as it stands; undefined while nothing is measured yet. */
  session?(): SessionEnergy | undefined;
  /** The session begins anew, and what cells have set is taken back. */
  renew?(): void;
  /** The methods of `Host.call` that {@link handle} answers. */
  readonly methods: readonly string[];
  /** Rejects for a method that is unknown or fails. */
  handle(requestId: string, method: string, params: unknown): Promise<unknown>;
}

/** Makes the runtime when a first request needs it. */
export type RuntimeFactory = (events: RuntimeEvents) => Promise<Runtime>;
