import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { expect, it } from 'vitest';
import { createLanguage, type Language } from './language';

const CELLS = 100;
/** A cell's file, its types and its symbols; the program it is checked in has fifty megabytes. */
const MOST_BYTES_PER_CELL = 100_000;

it('keeps little of a cell that declares nothing new', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-memory-'));
  const language = createLanguage(folder);
  const collect = garbageCollector();
  try {
    language.readAhead();
    runCells(language, CELLS);
    collect();
    const before = process.memoryUsage().heapUsed;
    runCells(language, CELLS);
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    expect(grown / CELLS).toBeLessThan(MOST_BYTES_PER_CELL);
  } finally {
    language.close();
    rmSync(folder, { recursive: true });
  }
});

function runCells(language: Language, count: number): void {
  for (let i = 0; i < count; i++) {
    const compiled = language.compile(`let total = ${i}; console.log(total); total + 1`, i + 1);
    if (compiled.status !== 'ok') throw new Error(JSON.stringify(compiled));
    language.commit('all');
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  return collect;
}
