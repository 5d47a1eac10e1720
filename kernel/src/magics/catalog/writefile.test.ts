import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { writeCellFile } from '../../notebook/files';
import { record, refusal } from '../recorder.fixture';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-write-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => vi.restoreAllMocks());

describe('%%writefile', () => {
  it.each([
    ['%%writefile a.txt\nx', ['a.txt', 'x', undefined]],
    ['%%writefile -a a.txt\nx\n', ['a.txt', 'x\n', { append: true }]],
    ['%%writefile "a b.txt" --append\n', ['a b.txt', '', { append: true }]],
    [
      "%%writefile a.ts\n%time `${x}\n'\\n\r\n%%time",
      ['a.ts', "%time `${x}\n'\\n\r\n%%time", undefined],
    ],
    ['%%writefile a\n漢\u2028😀', ['a', '漢\u2028😀', undefined]],
  ])('hands over %j as it is', async (cell, args) => {
    const { calls } = await record(cell);
    expect(calls.map(({ name }) => name)).toEqual(['writeCellFile']);
    expect(calls[0]?.args).toEqual(args.filter((arg) => arg !== undefined));
  });

  it('can follow another magic of the cell', async () => {
    const { calls } = await record('%%time\n%%writefile a\nb');
    expect(calls.map(({ name }) => name)).toEqual(['timeCell', 'writeCellFile']);
  });

  it('refuses what cannot be', () => {
    expect(refusal('%%writefile\nx')).toContain('missing path');
    expect(refusal('%%writefile a')).toContain('has no text to write');
    expect(refusal('%%writefile a b\nx')).toContain('one argument too many: "b"');
    expect(refusal('%writefile a')).toContain('Write %%writefile');
    expect(refusal('f()\n%%writefile a\nb')).toContain('must be the first line');
  });
});

describe('a written file', () => {
  const path = join(folder, 'f.txt');

  it('ends with a line end, is replaced whole, and can grow', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await writeCellFile(path, 'one');
    chmodSync(path, 0o640);
    await writeCellFile(path, 'two\n');
    expect(readFileSync(path, 'utf8')).toBe('two\n');
    await writeCellFile(path, 'three', { append: true });
    expect(readFileSync(path, 'utf8')).toBe('two\nthree\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['f.txt']);
    expect(said.mock.calls.map(([text]) => String(text).split(' ')[0])).toEqual([
      'Wrote',
      'Replaced',
      'Added',
    ]);
  });

  it('has its folder made, or is an error that says why that cannot be', async () => {
    await writeCellFile(join(folder, 'new/deeper/f.txt'), 'x');
    expect(readFileSync(join(folder, 'new/deeper/f.txt'), 'utf8')).toBe('x\n');
    rmSync(join(folder, 'new'), { recursive: true });
    const below = join(path, 'f.txt');
    await expect(writeCellFile(below, 'x')).rejects.toThrow(
      `Can't write ${below}: a part of its path is a file.\nIts folder is ${path}.`,
    );
    await expect(writeCellFile(folder, 'x', { append: true })).rejects.toThrow('it is a folder');
    await expect(writeCellFile(folder, 'x')).rejects.toThrow("Can't write");
    expect(readdirSync(folder)).toEqual(['f.txt']);
  });
});
