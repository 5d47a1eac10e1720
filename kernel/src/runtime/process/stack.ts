import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import type { CompiledCell } from '../language/language';
import type { UserPlace, UserSource } from '../user-source';
import { PREFIX_LINES } from '../language/cell-code';

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

/** Leads positions in a cell's JavaScript back to the user's lines, by its two source maps. */
export class StackMapper {
  private readonly cells = new Map<string, CellMaps>();

  /** `name` is the script's name in stack traces: `cell[3]`. */
  add(
    name: string,
    source: UserSource,
    cell: Pick<CompiledCell, 'sourceMap' | 'commonJsMap'>,
  ): void {
    this.cells.set(name, { source, cell });
  }

  source(name: string): UserSource | undefined {
    return this.cells.get(name)?.source;
  }

  /** Rewrites every `cell[3]:12:5` of a stack trace; lines and columns count from 1. */
  map(stack: string): string {
    return stack.replace(
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
    if (!maps) return undefined;
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

/** Makes every stack that is read in this process, also by user code, show the user's lines. */
export function installStackMapping(mapper: StackMapper): void {
  // Frames of a library can hide the cell's own frame behind V8's default of ten.
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = (error, frames) => {
    const header = headerOf(error);
    return mapper.map(
      [
        header,
        ...frames.map((frame) => `    at ${(frame as { toString(): string }).toString()}`),
      ].join('\n'),
    );
  };
}

function headerOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
