import type { ScriptPlaces } from '../../runtime/source-places';
import type { BreakLocation } from './inspector-types';

/** Where V8 can stop, and which line of the user's that is; lines and columns of the user's count from 1. */
export interface BreakPlace {
  readonly line: number;
  readonly column: number;
  readonly location: BreakLocation;
}

/** All places of a script where it can stop, by the user's lines. */
export class BreakPlaces {
  private readonly sorted: readonly BreakPlace[];

  constructor(locations: readonly BreakLocation[], places: ScriptPlaces) {
    this.sorted = locations
      .flatMap((location) => {
        const place = places.place(location.lineNumber + 1, (location.columnNumber ?? 0) + 1);
        return place ? [{ line: place.line, column: place.column, location }] : [];
      })
      .sort((a, b) => a.line - b.line || rank(a) - rank(b) || a.column - b.column);
  }

  /** Where a breakpoint at `line` stops: there, or at the next line with code; undefined past the last. */
  at(line: number): BreakPlace | undefined {
    return this.sorted.find((place) => place.line >= line);
  }
}

/** A line's statements come first: a call or the end of a function may stand on a line of its own. */
function rank({ location: { type } }: BreakPlace): number {
  if (type === undefined || type === 'debuggerStatement') return 0;
  return type === 'call' ? 1 : 2;
}
