import type { CellWork } from '../energy/accounts/cell-usage';
import type { DisplayOutput, MimeBundle } from '../host';

/** What a running cell sends back, in order. Late outputs (timers, promises) keep their request. */
export type CellOutput =
  | { readonly kind: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly kind: 'result';
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'display'; readonly output: DisplayOutput }
  | { readonly kind: 'clear'; readonly wait: boolean }
  /** Asks the front end to put `text` into a new cell below, or in place of the cell that asks. */
  | { readonly kind: 'next-input'; readonly text: string; readonly replace: boolean };

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type CellOutcome =
  { readonly status: 'ok' } | { readonly status: 'error'; readonly error: CellError };

/** An argument of a magic that is TypeScript, in words for a user who gave something else. */
export interface MagicArgument {
  /** `%quantize`. */
  readonly magic: string;
  /** `model`, `--calibrate`. */
  readonly name: string;
  /** `a tensor of typical inputs`. */
  readonly takes: string;
}

/** A cell as the user wrote it, where magics were expanded. Plain data: it travels between processes. */
export interface CellSource {
  readonly text: string;
  /** The user's own text in the expansion (`target`) and in `text` (`source`), in UTF-16 code units. */
  readonly spans: readonly {
    readonly source: number;
    readonly target: number;
    readonly length: number;
    /** Where the text is what the user gave a magic. */
    readonly argument?: MagicArgument;
  }[];
}

export interface ExecuteCell {
  /** The Jupyter `msg_id` of the execute request; outputs carry it back. */
  readonly requestId: string;
  /** TypeScript with magics already expanded, line for line. */
  readonly code: string;
  /** Names the cell in stack traces: `cell[3]:10:9`. */
  readonly executionCount: number;
  /** What the user wrote, if that is not `code`: errors point there. */
  readonly source?: CellSource;
}

export interface RuntimeEvents {
  /** Any output, from the running cell or late from an earlier one (`requestId` says which). */
  output(requestId: string, output: CellOutput): void;
  /** A `Host.call` from the cell process. */
  call(requestId: string, method: string, params: unknown): Promise<unknown>;
  /** The cell process has ended: what lived in it is gone. A fresh one is started. */
  lost?(): void;
  /** What becomes known of the cell process's CPU time; before anything else that a message of it causes. */
  work?(event: CellWork): void;
}

/** A debugger, as the runtime sees it: it talks to the inspector of the cell process. */
export interface DebugClient {
  /** A cell process is there, which runs no cell before this has settled. */
  connected(send: (message: string) => void): Promise<void>;
  /** What its inspector says, as JSON of the Chrome DevTools Protocol. */
  message(text: string): void;
  /** The process is gone. */
  disconnected(): void;
}

/** A cell's JavaScript, and the source maps that lead back from it. */
export interface CellPreview {
  readonly js: string;
  readonly isAsync: boolean;
  readonly sourceMap: string;
  readonly commonJsMap: string;
}

/** The same of a module beside the notebook. */
export interface ModulePreview {
  readonly kind: 'module' | 'commonjs' | 'json';
  readonly code: string;
  readonly isAsync: boolean;
  readonly maps: readonly { readonly map: string; readonly linesBefore: number }[];
}

/** Offsets are UTF-16 code units; the protocol layer converts from code points. */
export interface Completion {
  readonly matches: readonly string[];
  readonly start: number;
  readonly end: number;
  /** Kind per match (`function`, `property`, ...), parallel to `matches`. */
  readonly types: readonly string[];
}

export type Completeness =
  | { readonly status: 'complete' | 'invalid' | 'unknown' }
  | { readonly status: 'incomplete'; readonly indent: string };

/** The language service (kernel process) and the cell process behind it. */
export interface Runtime {
  execute(cell: ExecuteCell): Promise<CellOutcome>;
  /** Evaluates one expression in the cell process's scope, for `user_expressions`. */
  evaluate(expression: string): Promise<{ readonly data: MimeBundle } | CellError>;
  complete(code: string, offset: number): Promise<Completion>;
  /** Of calls around `offset`, those that begin at `from` or later count. */
  inspect(
    code: string,
    offset: number,
    detail: 0 | 1,
    from?: number,
  ): Promise<MimeBundle | undefined>;
  isComplete(code: string): Promise<Completeness>;
  /** Stops the running cell within a second, variables kept; see the design's three steps. */
  interrupt(): Promise<void>;
  /**
   * Tells the cell process's `Host.onNotify` listener of `method`, also while a cell awaits. Outputs of
   * the listener belong to `requestId`. Resolves when the listener has returned or its process is gone.
   */
  notify(requestId: string, method: string, params: unknown): Promise<void>;
  /**
   * Lets a debugger talk to the cell process's inspector, in this process and in those that follow it;
   * without one, ends that. Until then nothing is attached.
   */
  debugWith(client: DebugClient | undefined): Promise<void>;
  /** What a cell would be compiled to, whatever its types say; undefined where it is no code at all. */
  previewCell(code: string): Promise<CellPreview | undefined>;
  /** The same for a module beside the notebook. Rejects when the file isn't there or no code. */
  previewModule(path: string): Promise<ModulePreview>;
  /**
   * Waits for its turn behind the cells that run; then a fresh cell process takes the place of this one, and the
   * language forgets what cells declared, but stays warm. Rejects when it was interrupted before its turn.
   */
  renew(): Promise<void>;
  close(): Promise<void>;
}
