import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWithCodeCache } from './code-cache';

let folder: string;
let file: string;
const { execPath } = process;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-code-cache-'));
  file = join(folder, 'module.js');
  writeFileSync(file, 'exports.sum = (a, b) => a + b;\n');
});
afterEach(() => {
  process.execPath = execPath;
  rmSync(folder, { recursive: true });
});

/** Loads the module, and stores it where it wasn't cached. */
function wasCached(): boolean {
  const loaded = loadWithCodeCache(file, join(folder, 'cache'));
  expect((loaded.exports as { sum(a: number, b: number): number }).sum(1, 2)).toBe(3);
  if (!loaded.wasCached) loaded.store();
  return loaded.wasCached;
}

describe('compiled code', () => {
  it('is taken by the next load', () => {
    expect([wasCached(), wasCached()]).toEqual([false, true]);
    expect(readdirSync(join(folder, 'cache'))).toEqual([expect.stringContaining(process.version)]);
  });

  it('is done without where it can’t be written', () => {
    const unwritable = join(file, 'no folder');
    loadWithCodeCache(file, unwritable).store();
    expect(loadWithCodeCache(file, unwritable).wasCached).toBe(false);
  });

  it('is not taken from another Node.js, be its V8 the same: that crashes', () => {
    wasCached();
    const other = join(folder, 'node');
    writeFileSync(other, '');
    process.execPath = other;
    expect([wasCached(), wasCached()]).toEqual([false, true]);
    // Another one in its place.
    utimesSync(other, 1, 1);
    expect(wasCached()).toBe(false);
    process.execPath = execPath;
    expect(wasCached()).toBe(true);
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(3);
  });

  it('is not taken for a source that was changed to one as long', () => {
    wasCached();
    writeFileSync(file, 'exports.sum = (b, a) => a + b;\n');
    utimesSync(file, 1, 1);
    expect(wasCached()).toBe(false);
  });
});
