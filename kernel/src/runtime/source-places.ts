import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { PREFIX_LINES, type CellCode } from './language/cell-code';
import type { CodeMap } from './language/module-code';
import type { UserPlace, UserSource } from './user-source';

/** Lines of the function that the executor wraps around a cell's JavaScript. */
export const WRAPPER_LINES = 1;
/** The wrapper of a local module's code puts one line before it. */
export const MODULE_WRAPPER_LINES = 1;
/** tslab puts `export {};` before the user's code. */
const TSLAB_LINES = 1;

export type CellMaps = Pick<CellCode, 'sourceMap' | 'commonJsMap'>;

/** A place in a file; lines and columns count from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

/** Leads places in a script that runs back to what the user wrote; undefined where the user wrote nothing. */
export interface ScriptPlaces {
  /** Lines and columns count from 1, here and in what is told. */
  place(line: number, column: number): FilePlace | undefined;
}

/** Places in a cell, by its two source maps, which are read when a place is first asked for. */
export class CellPlaces implements ScriptPlaces {
  private parsed: { readonly source: TraceMap; readonly commonJs: TraceMap } | undefined;

  constructor(
    private readonly source: UserSource,
    private readonly maps: CellMaps,
  ) {}

  place(line: number, column: number): UserPlace | undefined {
    if (line <= WRAPPER_LINES) return undefined;
    this.parsed ??= {
      source: new TraceMap(this.maps.sourceMap),
      commonJs: new TraceMap(this.maps.commonJsMap),
    };
    const first = originalPositionFor(this.parsed.commonJs, {
      line: line - WRAPPER_LINES,
      column: column - 1,
    });
    if (first.line === null || first.line <= PREFIX_LINES) return undefined;
    const user = originalPositionFor(this.parsed.source, {
      line: first.line - PREFIX_LINES,
      column: first.column,
    });
    if (user.line === null) return undefined;
    return this.source.place(user.line - TSLAB_LINES, user.column + 1);
  }
}

/** Places in a module beside the notebook, by its source maps, one after the other. */
export class ModulePlaces implements ScriptPlaces {
  private parsed: readonly TraceMap[] | undefined;

  constructor(readonly maps: readonly CodeMap[]) {}

  place(line: number, column: number): FilePlace | undefined {
    this.parsed ??= this.maps.map(({ map }) => new TraceMap(map));
    let position: { line: number | null; column: number | null } = {
      line: line - MODULE_WRAPPER_LINES,
      column: column - 1,
    };
    for (const [i, map] of this.parsed.entries()) {
      if (position.line === null || position.line <= 0 || position.column === null) break;
      position = originalPositionFor(map, { line: position.line, column: position.column });
      if (position.line !== null) position.line -= this.maps[i]?.linesBefore ?? 0;
    }
    if (position.line === null || position.line <= 0 || position.column === null) return undefined;
    return { line: position.line, column: position.column + 1 };
  }
}
