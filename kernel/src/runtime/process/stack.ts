import type { LocalModule } from '../language/module-code';
import { DEFAULT_FUNCTION } from '../language/module-exports';
import { CellPlaces, ModulePlaces, type CellMaps, type ScriptPlaces } from '../source-places';
import type { UserSource } from '../user-source';
import { plainMessage } from './plain-message';
import { userFrames } from './user-frames';

/** Stands for code that the user did not write; tracebacks drop frames of Node.js's internals. */
const GENERATED = 'node:internal/cell';

interface Cell {
  readonly source: UserSource;
  readonly maps: CellMaps;
  readonly places: ScriptPlaces;
}

/** What leads a script's places back to the user's lines, as plain data. */
export type ScriptMaps =
  | { readonly kind: 'cell'; readonly source: UserSource; readonly maps: CellMaps }
  | { readonly kind: 'module'; readonly maps: LocalModule['maps'] };

/** Leads positions in what runs back to the user's lines, by the source maps of cells and modules. */
export class StackMapper {
  private readonly cells = new Map<string, Cell>();
  private readonly modules = new Map<string, ModulePlaces>();

  /** `name` is the script's name in stack traces: `cell[3]`. */
  add(name: string, source: UserSource, { sourceMap, commonJsMap }: CellMaps): void {
    const maps = { sourceMap, commonJsMap };
    this.cells.set(name, { source, maps, places: new CellPlaces(source, maps) });
  }

  /** A module beside the notebook is called by its path. */
  addModule({ path, maps }: Pick<LocalModule, 'path' | 'maps'>): void {
    if (this.modules.get(path)?.maps !== maps) this.modules.set(path, new ModulePlaces(maps));
  }

  /** Undefined for a script that is neither a cell nor a module beside the notebook. */
  mapsOf(name: string): ScriptMaps | undefined {
    const cell = this.cells.get(name);
    if (cell) return { kind: 'cell', source: cell.source, maps: cell.maps };
    const module = this.modules.get(name);
    // The notebook itself is called as a module where nothing of it is compiled.
    return module && module.maps.length > 0 ? { kind: 'module', maps: module.maps } : undefined;
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
    const place = module.place(Number(line), Number(column));
    const head = before.slice(0, -path.length).replace(DEFAULT_FUNCTION, 'default');
    return place === undefined
      ? head + GENERATED + end
      : `${head}${path}:${place.line}:${place.column}${end}`;
  }

  private mapCells(frame: string): string {
    return frame.replace(
      /(cell\[\d+\]):(\d+):(\d+)/g,
      (text, name: string, line: string, column: string) => {
        const position = this.cells.get(name)?.places.place(Number(line), Number(column));
        if (position) return `${name}:${position.line}:${position.column}`;
        return this.cells.has(name) ? GENERATED : text;
      },
    );
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
