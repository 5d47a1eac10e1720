import { describe, expect, it } from 'vitest';
import { BreakPlaces } from './break-places';
import type { BreakLocation } from './inspector-types';

/** Line 10 n of the script is line n of the user's; other lines are nobody's. */
const places = {
  place: (line: number, column: number) =>
    line % 10 === 0 ? { line: line / 10, column } : undefined,
};

function at(line: number, columnNumber: number, type?: BreakLocation['type']): BreakLocation {
  return { scriptId: '1', lineNumber: line * 10 - 1, columnNumber, ...(type && { type }) };
}

describe('where a breakpoint stops', () => {
  const breaks = new BreakPlaces(
    [
      at(5, 0, 'return'),
      at(3, 9, 'call'),
      at(3, 4),
      { scriptId: '1', lineNumber: 0, columnNumber: 0 },
      at(1, 8),
      at(1, 2),
    ],
    places,
  );

  it('is the first statement of its line, before calls and ends of functions', () => {
    expect(breaks.at(1)?.location).toMatchObject({ lineNumber: 9, columnNumber: 2 });
    expect(breaks.at(3)?.location).toMatchObject({ lineNumber: 29, columnNumber: 4 });
  });

  it('is the next line with code, where its own has none', () => {
    expect(breaks.at(2)?.line).toBe(3);
    expect(breaks.at(4)?.line).toBe(5);
  });

  it('is nowhere past the last line with code', () => {
    expect(breaks.at(6)).toBeUndefined();
  });
});
