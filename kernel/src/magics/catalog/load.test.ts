import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { HOST, type Host } from '../../host';
import { loadIntoCell } from '../../notebook/files';
import { record, refusal } from '../recorder.fixture';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-load-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => Reflect.deleteProperty(globalThis, HOST));

function pretendNotebook(): [string, boolean][] {
  const asked: [string, boolean][] = [];
  const host: Partial<Host> = { setNextInput: (...next) => void asked.push(next) };
  (globalThis as { [HOST]?: Host })[HOST] = host as Host;
  return asked;
}

it.each([
  ['%load model.ts', 'model.ts'],
  ['%load ../a-b/c.d.ts', '../a-b/c.d.ts'],
  ['%load /x//y.ts', '/x//y.ts'],
  ['%load "my model.ts"', 'my model.ts'],
])('%s reads the path', async (cell, path) => {
  expect((await record(cell)).calls).toEqual([{ name: 'loadIntoCell', args: [path] }]);
});

it('%load takes one path', () => {
  expect(refusal('%load')).toContain('missing path. Usage: %load <path>');
  expect(refusal('%load a.ts b.ts')).toContain('one argument too many: "b.ts"');
});

it('puts the text in place of the cell, below what was asked', async () => {
  const asked = pretendNotebook();
  const path = join(folder, 'm.ts');
  writeFileSync(path, 'export const a = 1;\n\n');
  await loadIntoCell(path);
  expect(asked).toEqual([[`// %load ${path}\nexport const a = 1;`, true]]);
});

it('says what is wrong with a file', async () => {
  pretendNotebook();
  const binary = join(folder, 'b.bin');
  writeFileSync(binary, Buffer.from([1, 0, 2]));
  const missing = join(folder, 'none.ts');
  await expect(loadIntoCell(missing)).rejects.toThrow(
    `Can't read ${missing}: there is no such file or folder`,
  );
  await expect(loadIntoCell(folder)).rejects.toThrow('it is a folder');
  await expect(loadIntoCell(binary)).rejects.toThrow('it is binary');
  await expect(loadIntoCell('https://x/y.ts')).rejects.toThrow('reads files only');
});

it('needs a notebook', async () => {
  await expect(loadIntoCell('a.ts')).rejects.toThrow('There is no notebook here');
});
