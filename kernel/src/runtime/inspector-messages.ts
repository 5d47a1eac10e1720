import type { CellSource } from './contract';
import type { CodeMap } from './language/module-code';
import type { CellMaps } from './source-places';

/** Name of the symbol under which the cell process has a {@link DebugHook} for a debugger to call. */
export const DEBUG_HOOK = 'halfnote.debugger';
/** The source map that scripts of cells and modules name, for the inspector to stop before they run. */
export const SCRIPT_URL = 'halfnote:script';
/** Written on the inspector's pipe in place of a message: nobody debugs any more. */
export const CLOSE_INSPECTOR = 'close';

/** What leads a script's places back to the user's lines. */
export type ScriptFacts =
  | {
      readonly kind: 'cell';
      /** The code that was compiled, and what the user wrote where that is something else. */
      readonly code: string;
      readonly source: CellSource | undefined;
      readonly maps: CellMaps;
    }
  | { readonly kind: 'module'; readonly maps: readonly CodeMap[] };

/** A value in a line. */
export interface ValueText {
  readonly text: string;
  readonly type: string;
}

/** What the inspector's own commands don't tell. Called through the inspector; runs no code of the user's. */
export interface DebugHook {
  /** Undefined for a script that is neither a cell nor a module beside the notebook. */
  script(name: string): ScriptFacts | undefined;
  /** The notebook's variables that have a value, as properties of one object. */
  notebook(): object;
  /** The notebook's variables as cells see them: what is set is set there. */
  readonly variables: object;
  texts(...values: readonly unknown[]): readonly ValueText[];
  /** As many members of a list, a typed array, a map or a set as asked for, and how many there are. */
  members(
    value: unknown,
    start: number,
    count: number,
  ): { readonly size: number; readonly of: object } | undefined;
  /** What a notebook shows of a value: a promise where the value's own class takes time for it. */
  show(value: unknown): unknown;
  /** The same at once, for a process that stands at a breakpoint. */
  showNow(value: unknown): object;
}
