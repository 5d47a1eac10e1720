import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadWithCodeCache } from './code-cache';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-code-'));
  file = join(folder, 'module.js');
  writeFileSync(file, 'exports.answer = () => 42;\n'.repeat(50));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('takes what an earlier process compiled, with this very Node.js', () => {
  const cache = join(folder, 'cache');
  const first = loadWithCodeCache(file, cache);
  expect(first.wasCached).toBe(false);
  first.store();
  expect(readdirSync(cache)).toEqual([expect.stringContaining(process.version)]);
  const second = loadWithCodeCache(file, cache);
  expect(second.wasCached).toBe(true);
  expect((second.exports as { answer(): number }).answer()).toBe(42);
});

it('compiles anew where the cache is of something else, or can’t be written', () => {
  const cache = join(folder, 'cache');
  loadWithCodeCache(file, cache).store();
  writeFileSync(file, 'exports.answer = () => 43;\n');
  const changed = loadWithCodeCache(file, cache);
  expect(changed.wasCached).toBe(false);
  expect((changed.exports as { answer(): number }).answer()).toBe(43);
  loadWithCodeCache(file, join(file, 'no folder')).store();
});
