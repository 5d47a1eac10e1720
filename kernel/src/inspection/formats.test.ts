import { describe, expect, it } from 'vitest';
import { toBundle } from '../display/display';
import { FORMATS as TABLE } from '../formats/table';
import { FORMATS } from './formats';

describe('the formats that the library hands out', () => {
  it('are shown by a notebook as a table with a row each', () => {
    const lines = String(toBundle(FORMATS)['text/plain']).split('\n');
    const rows = Object.values(TABLE).map(({ label, id }) =>
      lines.some((line) => line.includes(label) && line.includes(` ${id} `)),
    );
    expect(lines[0]).toMatch(/^\d+ number formats of 1 to 32 bits; /);
    expect(lines[0]).toContain(`${rows.length} number formats`);
    expect(rows).not.toContain(false);
    expect(toBundle(FORMATS)['text/html']).toContain('<table');
  });

  it('are the data itself, and the view is no part of it', () => {
    expect(FORMATS).toBe(TABLE);
    expect(Reflect.ownKeys({ ...FORMATS }).every((key) => typeof key === 'string')).toBe(true);
  });
});
