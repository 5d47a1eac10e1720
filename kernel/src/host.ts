/**
 * What the library may ask of the notebook it runs in.
 *
 * The cell process puts a {@link Host} on `globalThis` under {@link HOST}. In a plain Node.js script
 * there is none, and every library function works without it.
 */

/** A MIME bundle as in Jupyter's `display_data`: MIME type to data (text, base64 or JSON). */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface DisplayOutput {
  readonly data: MimeBundle;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Outputs with the same id are replaced by an update. */
  readonly displayId?: string;
  /** True: `update_display_data` for `displayId`. False: a new `display_data`. */
  readonly update: boolean;
}

export interface Host {
  /** Shows an output in the cell that is running, or that the calling timer or promise belongs to. */
  display(output: DisplayOutput): void;
  clearOutput(wait: boolean): void;
  /** Calls `listener` once when the running cell ends, however it ends. */
  onCellEnd(listener: () => void): void;
  /** The same for each cell from now on, before those. */
  onEachCellEnd?(listener: () => void): void;
  /**
   * Calls `listener` when a cell, or what a message has called, has been stopped by an interrupt, by force
   * perhaps: what was to be put back in a `finally` may not have been.
   */
  onInterrupted?(listener: () => void): void;
  /** Throws an `InterruptError` when the user has asked for an interrupt. Cheap: one atomic load. */
  throwIfInterrupted(): void;
  /** The notebook's variables, in the order in which they were declared. */
  variables(): ReadonlyMap<string, unknown>;
  /** Forgets all variables and types but those of the running cell. */
  forgetVariables(): Promise<void>;
  /** Asks the front end to put code into a new cell below, or in place of the running one. */
  setNextInput(text: string, replace: boolean): void;
  /**
   * Hears what the kernel process says on its own, for example `comm.message`; one listener each. The message
   * that it was about counts as done when the promise that a listener returns is settled.
   */
  onNotify(method: string, listener: (params: unknown) => unknown): void;
  /** The request whose code is calling, by its id: outputs of that code appear with it. */
  request?(): string;
  /** The request whose message a listener of {@link Host.onNotify} hears now; undefined once it has returned. */
  heard?(): string | undefined;
  /** Does work as part of a request that {@link Host.request} has told: its outputs appear there. */
  within?<T>(request: string, work: () => T): T;
  /** Shows an error that nobody catches, with the lines of the cells that it came through. */
  showError?(error: unknown): void;
  /** Does work that isn't the user's: it is left out of what is measured of the cell. */
  own?<T>(work: () => T): T;
  /** Asks the kernel process, for example `energy.report`. Rejects with the kernel's error. */
  call(method: string, params: unknown): Promise<unknown>;
}

export const HOST: unique symbol = Symbol.for('halfnote.host');

/** The notebook's host, or undefined in a plain script. */
export function host(): Host | undefined {
  return (globalThis as { [HOST]?: Host })[HOST];
}

/** The name of the error that an interrupt throws. */
export const INTERRUPTED = 'Interrupted';

/** Whether an error is the user's wish to stop: what catches errors to go on with other work throws it on. */
export function isInterrupt(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === INTERRUPTED || (error as { code?: unknown }).code === 'interrupted';
}

/** The symbol by which an object says how a notebook shows it: `() => MimeBundle` (Deno's convention). */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for('Jupyter.display');

/** An object that shows itself in a notebook. */
export interface Displayable {
  [JUPYTER_DISPLAY](): MimeBundle;
}
