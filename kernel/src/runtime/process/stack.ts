import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { LocalModule } from '../language/module-code';
import type { CompiledCell } from '../language/language';
import type { UserPlace, UserSource } from '../user-source';
import { PREFIX_LINES } from '../language/cell-code';
import { DEFAULT_FUNCTION } from '../language/module-exports';
import { MODULE_WRAPPER_LINES } from './local-modules';
import { plainMessage } from './plain-message';
import { userFrames } from './user-frames';

/** Lines of the function that the executor wraps around a cell's JavaScript. */
export const WRAPPER_LINES = 1;
/** tslab puts `export {};` before the user's code. */
const TSLAB_LINES = 1;

/** Stands for code that the user did not write; tracebacks drop frames of Node.js's internals. */
const GENERATED = 'node:internal/cell';

interface CellMaps {
  readonly source: UserSource;
  readonly cell: Pick<CompiledCell, 'sourceMap' | 'commonJsMap'>;
  parsed?: { readonly source: TraceMap; readonly commonJs: TraceMap };
}

interface ModuleMaps {
  readonly maps: LocalModule['maps'];
  parsed?: readonly TraceMap[];
}

/** Leads positions in what runs back to the user's lines, by the source maps of cells and modules. */
export class StackMapper {
  private readonly cells = new Map<string, CellMaps>();
  private readonly modules = new Map<string, ModuleMaps>();

  /** `name` is the script's name in stack traces: `cell[3]`. */
  add(
    name: string,
    source: UserSource,
    cell: Pick<CompiledCell, 'sourceMap' | 'commonJsMap'>,
  ): void {
    this.cells.set(name, { source, cell });
  }

  /** A module beside the notebook is called by its path. */
  addModule({ path, maps }: Pick<LocalModule, 'path' | 'maps'>): void {
    if (this.modules.get(path)?.maps !== maps) this.modules.set(path, { maps });
  }

  source(name: string): UserSource | undefined {
    return this.cells.get(name)?.source;
  }

  /** Rewrites every `cell[3]:12:5` of a frame, or the place in a module; lines and columns count from 1. */
  map(frame: string): string {
    return this.mapCells(this.mapModule(frame));
  }

  private mapModule(frame: string): string {
    const [, before = '', line, column, end = ''] = /^(.*):(\d+):(\d+)(\)?)$/.exec(frame) ?? [];
    // A path may hold spaces and parentheses: where it begins is known by the module alone.
    const path = [...before.matchAll(/(?<=[ (])\//g)]
      .map(({ index }) => before.slice(index))
      .find((candidate) => this.modules.has(candidate));
    const module = path === undefined ? undefined : this.modules.get(path);
    if (path === undefined || !module) return frame;
    module.parsed ??= module.maps.map(({ map }) => new TraceMap(map));
    let position: { line: number | null; column: number | null } = {
      line: Number(line) - MODULE_WRAPPER_LINES,
      column: Number(column) - 1,
    };
    for (const [i, map] of module.parsed.entries()) {
      if (position.line === null || position.line <= 0 || position.column === null) break;
      position = originalPositionFor(map, { line: position.line, column: position.column });
      if (position.line !== null) position.line -= module.maps[i]?.linesBefore ?? 0;
    }
    const head = before.slice(0, -path.length).replace(DEFAULT_FUNCTION, 'default');
    return position.line === null || position.line <= 0 || position.column === null
      ? head + GENERATED + end
      : `${head}${path}:${position.line}:${position.column + 1}${end}`;
  }

  private mapCells(frame: string): string {
    return frame.replace(
      /(cell\[\d+\]):(\d+):(\d+)/g,
      (text, name: string, line: string, column: string) => {
        const position = this.position(name, Number(line), Number(column));
        if (position) return `${name}:${position.line}:${position.column}`;
        return this.cells.has(name) ? GENERATED : text;
      },
    );
  }

  private position(name: string, line: number, column: number): UserPlace | undefined {
    const maps = this.cells.get(name);
    if (!maps || line <= WRAPPER_LINES) return undefined;
    maps.parsed ??= {
      source: new TraceMap(maps.cell.sourceMap),
      commonJs: new TraceMap(maps.cell.commonJsMap),
    };
    const first = originalPositionFor(maps.parsed.commonJs, {
      line: line - WRAPPER_LINES,
      column: column - 1,
    });
    if (first.line === null || first.line <= PREFIX_LINES) return undefined;
    const user = originalPositionFor(maps.parsed.source, {
      line: first.line - PREFIX_LINES,
      column: first.column,
    });
    return user.line === null
      ? undefined
      : maps.source.place(user.line - TSLAB_LINES, user.column + 1);
  }
}

/**
 * Makes every stack that is read in this process, also by user code and by `console.error`, show the
 * user's lines and no others.
 */
export function installStackMapping(mapper: StackMapper): void {
  // Frames of a library can hide the cell's own frame behind V8's default of ten.
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) =>
      mapper.map(`    at ${(frame as { toString(): string }).toString()}`),
    );
    return [headerOf(error), ...userFrames(lines)].join('\n');
  };
}

function headerOf(error: Error): string {
  try {
    return plainMessage(Error.prototype.toString.call(error));
  } catch {
    return 'Error';
  }
}
