import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNotes } from './read-notes';

const path = join(mkdtempSync(join(tmpdir(), 'halfnote-notes-')), 'inputs');
const seed = { kind: 'seed', seed: 42, at: '2026-01-02T00:00:00.000Z' } as const;

it('of a trial are read but for lines that were cut short, which are counted', () => {
  expect(readNotes(path)).toEqual({ events: [], problems: [] });
  const line = JSON.stringify(seed);
  writeFileSync(path, `${line}\n${line}\n`);
  expect(readNotes(path)).toEqual({ events: [seed, seed], problems: [] });
  writeFileSync(path, `${line}\n${line.slice(0, 20)}${line}\n${line}\n`);
  expect(readNotes(path)).toEqual({
    events: [seed, seed],
    problems: ["1 note of files or seeds can't be read: some inputs may be missing"],
  });
});
