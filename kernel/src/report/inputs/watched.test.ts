import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clearSeed, setSeed } from '../../patches/seed';
import { sha256 } from '../../hashing/canonical';
import { reportInput } from './report-input';
import { INPUTS_VARIABLE, WatchedFiles, type InputEvent } from './watched';

function watched() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-inputs-'));
  const list = join(folder, 'list');
  writeFileSync(list, '');
  const events = (): InputEvent[] =>
    readFileSync(list, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as InputEvent);
  const lines = (): string[] =>
    events().map((event) =>
      event.kind === 'seed'
        ? `seed ${String(event.seed)}`
        : `${event.kind} ${basename(event.path)}`,
    );
  const make = (name: string, content = name): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const files = new WatchedFiles(list, join(folder, 'halfnote'));
  return { folder, list, files, lines, events, make };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the files that a notebook reads', () => {
  it('are told once each, whether by path, URL or bytes, where they are there', () => {
    const { folder, files, lines, make } = watched();
    files.read(join(folder, 'data.csv'));
    const data = make('data.csv');
    files.read(data);
    files.read(pathToFileURL(data));
    files.read(Buffer.from(data));
    files.read(7);
    files.read(folder);
    expect(lines()).toEqual(['read data.csv']);
  });

  it('are hashed as they were read before they are written', () => {
    const { folder, files, events, make } = watched();
    files.wrote(join(folder, 'made.csv'));
    files.read(make('made.csv'));
    const state = make('state.json', 'before');
    files.read(state);
    files.wrote(state);
    make('state.json', 'after');
    files.wrote(state);
    expect(events()).toMatchObject([
      { kind: 'wrote', path: join(folder, 'made.csv'), hash: null },
      { kind: 'read', path: state, stamp: { sizeBytes: 6 } },
      { kind: 'wrote', path: state, hash: sha256('before') },
    ]);
  });

  it('leave out packages, the system, settings of tools and Halfnote itself', () => {
    const { folder, files, lines, list, make } = watched();
    for (const name of ['node_modules', 'halfnote']) mkdirSync(join(folder, name));
    files.read(make('node_modules/index.js'));
    files.read(make('halfnote/index.js'));
    files.read(make('tsconfig.json'));
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
    expect(lines()).toEqual(['read model.onnx']);
    expect(() => {
      reportInput(join(folder, 'none.onnx'));
    }).toThrow(/reportInput: ENOENT.*\nName a file that is there/);
    expect(() => {
      reportInput(folder);
    }).toThrow('is no file');
  });

  it('go with the seeds that are in force, however they are set', () => {
    const { list, lines } = watched();
    setSeed(1);
    vi.stubEnv(INPUTS_VARIABLE, list);
    const computed = 42_000;
    setSeed(computed);
    clearSeed();
    expect(lines()).toEqual(['seed 42000', 'seed null']);
  });
});
