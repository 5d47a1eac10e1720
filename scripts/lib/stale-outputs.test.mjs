import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { removeStaleOutputs } from './stale-outputs.mjs';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-stale-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('removes outputs whose source is gone, and nothing else', () => {
  const [sources, outputs] = [join(folder, 'src'), join(folder, 'dist')];
  for (const made of [join(sources, 'moved'), join(outputs, 'moved'), join(outputs, 'gone')])
    mkdirSync(made, { recursive: true });
  for (const path of ['src/kept.ts', 'src/moved/index.ts', 'dist/data.json'])
    writeFileSync(join(folder, path), '');
  for (const name of ['kept', 'moved', 'moved/index', 'gone/file'])
    for (const end of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
      writeFileSync(join(outputs, name + end), '');
  const removed = removeStaleOutputs(sources, outputs).map((path) =>
    path.slice(outputs.length + 1),
  );
  expect(removed.filter((path) => path.endsWith('.js'))).toEqual(['gone/file.js', 'moved.js']);
  expect(removed).toHaveLength(8);
  for (const path of ['kept.js', 'moved/index.d.ts', 'data.json'])
    expect(existsSync(join(outputs, path))).toBe(true);
});

it('is at ease where nothing was built yet', () => {
  expect(removeStaleOutputs(join(folder, 'src'), join(folder, 'none'))).toEqual([]);
});
