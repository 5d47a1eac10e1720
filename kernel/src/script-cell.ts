/**
 * What a script has of a notebook's cells: a stretch that begins and ends, for what holds or is measured
 * until a cell's end. `halfnote convert` writes them.
 */

type Listener = () => void | Promise<void>;

/** A stretch of a script that stands for a cell. */
export interface ScriptCell {
  /** Ends the stretch: what holds for its cell only is put back, and what reports on it does so. */
  end(): Promise<void>;
}

let open: Listener[] | undefined;
const each: (() => void)[] = [];

/** Begins a stretch that stands for a cell; one that is open still goes on as part of it. */
export function scriptCell(): ScriptCell {
  const listeners: Listener[] = (open = []);
  for (const listener of each) listener();
  return {
    end: async () => {
      if (open === listeners) open = undefined;
      for (const listener of listeners.splice(0)) await listener();
    },
  };
}

/** Whether the script is between the begin and the end of a cell. */
export function isScriptCellOpen(): boolean {
  return open !== undefined;
}

/** Calls `listener` once when the script's open cell ends. False where none is open. */
export function onScriptCellEnd(listener: Listener): boolean {
  open?.push(listener);
  return open !== undefined;
}

/** Calls `listener` within the open cell, if one is, and within each that begins from now on. */
export function onEachScriptCell(listener: () => void): void {
  each.push(listener);
  if (open !== undefined) listener();
}
