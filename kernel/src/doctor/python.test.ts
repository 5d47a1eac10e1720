import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonIn, type Installation } from '../installation';
import { jupyterVersions } from './jupyter-versions';
import { askPython, pythonFindings, pythonOf, type PythonFacts } from './python';

let folder: string;
let packages: string;
let wheel: Installation;

/** A real environment without pip, whose packages are made up. */
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'halfnote-python-')));
  const prefix = join(folder, 'venv');
  execFileSync('python3', ['-m', 'venv', '--without-pip', prefix]);
  wheel = { kind: 'wheel', python: pythonIn(prefix), prefix };
  packages = askPython(wheel.python).place.folder;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function distribution(name: string, version: string): string {
  const place = join(packages, `${name.replaceAll('-', '_')}-${version}.dist-info`);
  mkdirSync(place);
  writeFileSync(
    join(place, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  );
  return place;
}

type Wanted = readonly (readonly [name: string, version: string])[];

/** The facts while distributions are there. */
function factsWith(...wanted: Wanted): PythonFacts {
  const places = wanted.map(([name, version]) => distribution(name, version));
  const { facts } = pythonOf(wheel);
  for (const place of places) rmSync(place, { recursive: true });
  if (facts === undefined) throw new Error('no answer');
  return facts;
}

describe('a Python', () => {
  it('tells its version, its environment, and where pip would install', () => {
    const facts = factsWith();
    expect(facts.version).toMatch(/^3\.\d+\.\d+$/);
    expect(facts.prefix).toBe(join(folder, 'venv'));
    expect(facts.place).toMatchObject({
      isWritable: true,
      hasUserSite: false,
      hasPip: false,
      isManaged: false,
    });
    expect(facts.distributions).toEqual([]);
  });

  it('imports nothing of the folder that it is asked in', () => {
    const hostile = join(folder, 'hostile');
    mkdirSync(hostile);
    writeFileSync(join(hostile, 'json.py'), 'raise SystemExit("hostile")');
    const before = process.cwd();
    process.chdir(hostile);
    expect(pythonOf(wheel).failure).toBeUndefined();
    process.chdir(before);
  });

  it('is needed by a checkout and by a wheel, which say what is wrong with it, and not by npm', () => {
    expect(pythonFindings({ kind: 'npm' }, pythonOf({ kind: 'npm' }))).toEqual([]);
    const gone = join(folder, 'gone');
    const checkout: Installation = { kind: 'checkout', folder, environment: gone };
    expect(pythonFindings(checkout, pythonOf(checkout))).toMatchObject([
      {
        name: 'Python environment',
        state: 'missing',
        value: expect.stringContaining('ENOENT') as string,
        fix: { argv: ['npm', 'run', 'setup'], folder },
      },
    ]);
    const broken = join(folder, 'broken');
    writeFileSync(broken, '#!/bin/sh\necho "no libpython" >&2\nexit 3\n');
    chmodSync(broken, 0o755);
    const moved: Installation = { kind: 'wheel', python: broken, prefix: folder };
    const [found] = pythonFindings(moved, pythonOf(moved));
    expect(found).toMatchObject({
      state: 'missing',
      value: "its Python doesn't run: no libpython",
    });
    expect(found).not.toHaveProperty('fix');
  });
});

describe('TensorFlow packages', () => {
  const found = (facts: PythonFacts): unknown =>
    pythonFindings(wheel, { facts }).find(({ name }) => name === 'TensorFlow package');

  it('are none or one in a working environment', () => {
    expect(found(factsWith())).toBeUndefined();
    expect(found(factsWith(['tensorflow-cpu', '2.21.0']))).toEqual({
      name: 'TensorFlow package',
      value: `tensorflow-cpu 2.21.0 in ${packages}`,
      state: 'ok',
    });
  });

  it('that are two in one folder are a note', () => {
    expect(found(factsWith(['tensorflow', '2.20.0'], ['tensorflow-cpu', '2.21.0']))).toMatchObject({
      state: 'note',
      value: `2 of them: tensorflow 2.20.0 in ${packages}; tensorflow-cpu 2.21.0 in ${packages}`,
      hint: expect.stringContaining('overwrite each other') as string,
    });
  });

  it('that are one of the user’s and one of the environment: the one that Python finds first is named', () => {
    const facts = factsWith();
    const distributions = [
      { name: 'tensorflow', version: '2.19.0', folder: '/home/me/.local' },
      { name: 'tensorflow-cpu', version: '2.21.0', folder: packages },
    ];
    expect(found({ ...facts, distributions })).toMatchObject({
      state: 'note',
      hint: expect.stringContaining('Python uses the first, tensorflow 2.19.0') as string,
    });
  });

  it('are told in the order of the path', () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'tensorflow-2.19.0.dist-info'), { recursive: true });
    writeFileSync(
      join(other, 'tensorflow-2.19.0.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: tensorflow\nVersion: 2.19.0\n',
    );
    process.env['PYTHONPATH'] = other;
    const { distributions } = factsWith(['tensorflow-cpu', '2.21.0'], ['jupyterlab', '4.5.0']);
    delete process.env['PYTHONPATH'];
    expect(distributions).toEqual([
      { name: 'tensorflow', version: '2.19.0', folder: other },
      { name: 'tensorflow-cpu', version: '2.21.0', folder: packages },
      { name: 'jupyterlab', version: '4.5.0', folder: packages },
    ]);
  });
});

describe('JupyterLab and Notebook', () => {
  const states = (...versions: Wanted): unknown =>
    jupyterVersions(wheel, factsWith(...versions)).map(({ name, state }) => [name, state]);

  it('are in order from the oldest to the newest that were tested', () => {
    expect(states()).toEqual([]);
    for (const [lab, notebook] of [
      ['4.2.0', '7.2.3'],
      ['4.6.9', '7.6.1'],
    ] as const) {
      expect(states(['jupyterlab', lab], ['notebook', notebook])).toEqual([
        ['JupyterLab', 'ok'],
        ['Notebook', 'ok'],
      ]);
    }
  });

  it('are a note in one line where they are older or newer', () => {
    expect(
      jupyterVersions(wheel, factsWith(['jupyterlab', '4.1.8'], ['notebook', '8.0.0a1'])),
    ).toEqual([
      {
        name: 'JupyterLab',
        value: '4.1.8: the extension needs 4.2 or newer; outputs show in their plain form',
        state: 'note',
        hint: expect.stringContaining('jupyterlab>=4.2') as string,
      },
      {
        name: 'Notebook',
        value: '8.0.0a1: newer than 7.6, the newest that was tested',
        state: 'note',
      },
    ]);
  });
});
