import type { CellError, CellOutcome, CellOutput, CellSource } from './contract';
import type { MimeBundle } from '../host';
import type { CellUsage } from '../energy/accounts/cell-usage';
import type { CompiledCell } from './language/language';

/** Kernel process to cell process, as frames on a pipe. */
export type ToCell =
  | {
      readonly kind: 'run';
      /** Counts what is run, cells and expressions alike: an interrupt names the one that it is meant for. */
      readonly run: number;
      readonly requestId: string;
      readonly executionCount: number;
      readonly cell: CompiledCell;
      /** The code that was compiled, and what the user wrote: for source lines in tracebacks. */
      readonly code: string;
      readonly source: CellSource | undefined;
    }
  | { readonly kind: 'evaluate'; readonly run: number; readonly cell: CompiledCell }
  | ({ readonly kind: 'answer'; readonly id: number } & Answer)
  | {
      readonly kind: 'notify';
      readonly id: number;
      readonly requestId: string;
      readonly method: string;
      readonly params: unknown;
    };

/** The kernel process's answer to a `Host.call`. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string } };

export type Evaluation = { readonly data: MimeBundle } | CellError;

/** Cell process to kernel process, as frames on another pipe, which is written synchronously. */
export type FromCell =
  /** From now on cells and interrupts are heard. */
  | { readonly kind: 'ready'; readonly usage: CellUsage }
  /** Other work begins, which may take long. */
  | { readonly kind: 'used'; readonly usage: CellUsage }
  /** Code ends the process: what follows is no accident. */
  | { readonly kind: 'exiting' }
  /** An interrupt has had all its effect: what runs from now on is not hit by it. `run` goes on all the same. */
  | {
      readonly kind: 'settled';
      readonly run: number | undefined;
      readonly usage: CellUsage;
    }
  | { readonly kind: 'output'; readonly requestId: string; readonly output: CellOutput }
  | {
      readonly kind: 'done';
      readonly requestId: string;
      readonly outcome: CellOutcome;
      /** The cell's names that have a value: all, or after an error those that got one. */
      readonly kept: 'all' | readonly string[];
      readonly usage: CellUsage;
    }
  | { readonly kind: 'notified'; readonly id: number }
  | {
      readonly kind: 'evaluated';
      readonly run: number;
      readonly evaluation: Evaluation;
      readonly usage: CellUsage;
    }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly requestId: string;
      readonly method: string;
      readonly params: unknown;
      readonly usage: CellUsage;
    };

/** The `Host.call` that the runtime answers itself: the variables of earlier cells are gone. */
export const FORGET = 'language.forget';

/** File descriptors of the cell process besides stdin, stdout and stderr: here it hears {@link ToCell}. */
export const HEARD_FD = 3;
/**
 * Numbers of runs, a line each. To the cell process: stop this run, or with 0 what earlier ones left
 * behind. Back, while its main thread can't speak: native code keeps this run from being stopped.
 */
export const INTERRUPT_FD = 4;
/**
 * Where the cell process speaks. What it hears on is never waited for, but a write here waits until the
 * kernel process has read what is before it: a large output else goes in pieces with pauses between.
 */
export const SPOKEN_FD = 5;

/**
 * A debugger's messages to the cell process's inspector and back, a line of JSON each. Another thread than
 * that of the cells hears them.
 */
export const INSPECTOR_FD = 6;

/** What `notify` asks of the variables: all, or also the values of one. {@link VARIABLES_TOLD} answers. */
export const VARIABLES_ASKED = 'variables.ask';
/** The `Host.call` by which the cell process tells them. */
export const VARIABLES_TOLD = 'variables.tell';
