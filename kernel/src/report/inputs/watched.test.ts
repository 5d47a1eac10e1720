import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportInput } from './report-input';
import { INPUTS_VARIABLE, WatchedFiles } from './watched';

function watched() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-inputs-'));
  const list = join(folder, 'list');
  writeFileSync(list, '');
  const lines = (): string[] =>
    readFileSync(list, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as string);
  return { folder, list, files: new WatchedFiles(list, join(folder, 'halfnote')), lines };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the files that a notebook reads', () => {
  it('are told once each, whether by path, URL or bytes', () => {
    const { folder, files, lines } = watched();
    const data = join(folder, 'data.csv');
    files.read(data);
    files.read(pathToFileURL(data));
    files.read(Buffer.from(data));
    files.read(7);
    expect(lines()).toEqual([data]);
  });

  it('leave out what the run itself has written, and are told when they are written later', () => {
    const { folder, files, lines } = watched();
    files.wrote(join(folder, 'made.csv'));
    files.read(join(folder, 'made.csv'));
    files.read(join(folder, 'first-read.csv'));
    files.wrote(join(folder, 'first-read.csv'));
    expect(lines()).toEqual([join(folder, 'first-read.csv')]);
  });

  it('leave out packages, the system, settings of tools and Halfnote itself', () => {
    const { folder, files, lines, list } = watched();
    files.read(join(folder, 'node_modules/x/index.js'));
    files.read(join(folder, 'halfnote/dist/index.js'));
    files.read(join(folder, 'tsconfig.json'));
    files.read('/proc/stat');
    files.read(list);
    expect(lines()).toEqual([]);
  });

  it('can be named where native code reads them', () => {
    const { folder, list, lines } = watched();
    vi.stubEnv(INPUTS_VARIABLE, list);
    const model = join(folder, 'model.onnx');
    writeFileSync(model, 'x');
    reportInput(model);
    expect(lines()).toEqual([model]);
    expect(() => {
      reportInput(join(folder, 'none.onnx'));
    }).toThrow(/reportInput: ENOENT.*\nName a file that is there/);
    expect(() => {
      reportInput(folder);
    }).toThrow('is no file');
  });
});
