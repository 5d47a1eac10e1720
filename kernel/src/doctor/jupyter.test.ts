import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../installation';
import { extensionFinding, kernelspecFinding, type JupyterView } from './jupyter';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'halfnote-jupyter-')))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Kind = Installation['kind'];
const KINDS: readonly Kind[] = ['checkout', 'wheel', 'npm'];

function write(path: string, text = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** An installation of that kind in made-up folders, with its command and Python. */
function view(kind: Kind): JupyterView {
  const environment = join(folder, 'venv');
  const python = write(join(environment, 'bin/python'));
  const installations: Record<Kind, Installation> = {
    checkout: { kind: 'checkout', folder, environment },
    wheel: { kind: 'wheel', python, prefix: environment },
    npm: { kind: 'npm' },
  };
  const user = join(folder, 'home/jupyter');
  return {
    installation: installations[kind],
    folders: [join(environment, 'share/jupyter'), user, '/nowhere/share/jupyter'],
    environment,
    user,
    main: write(join(folder, 'dist/cli/main.js')),
  };
}

function kernel(data: string, argv: unknown): string {
  const file = write(join(data, 'kernels/halfnote/kernel.json'), JSON.stringify({ argv }));
  return dirname(file);
}

function extension(data: string, load: string, isThere = true): string {
  const place = join(data, 'labextensions/halfnote-lab');
  write(join(place, 'package.json'), JSON.stringify({ jupyterlab: { _build: { load } } }));
  if (isThere) write(join(place, load));
  return place;
}

describe('the kernelspec', () => {
  it.each([
    ['checkout', (at: JupyterView) => [process.execPath, at.main]],
    ['npm', (at: JupyterView) => [process.execPath, at.main]],
    ['wheel', (at: JupyterView) => [join(at.environment ?? '', 'bin/python'), '-m', 'halfnote']],
    // As the wheel brings it: Jupyter puts its own Python there.
    ['wheel', () => ['python', '-m', 'halfnote']],
    ['wheel', (at: JupyterView) => [process.execPath, at.main]],
  ] as const)('of a working %s is in order', (kind, command) => {
    const here = view(kind);
    const at = kernel(here.folders[0] ?? '', [...command(here), 'kernel', '{connection_file}']);
    expect(kernelspecFinding(here)).toEqual({ name: 'kernelspec', value: at, state: 'ok' });
  });

  it.each(KINDS)('of a %s whose Node.js, script or Python is gone is missing', (kind) => {
    const here = view(kind);
    const gone = join(folder, 'gone');
    for (const argv of [
      [gone, here.main, 'kernel'],
      [process.execPath, `${gone}.js`, 'kernel'],
      [gone, '-m', 'halfnote'],
    ]) {
      const at = kernel(here.user, argv);
      const found = kernelspecFinding(here);
      expect(found.state).toBe('missing');
      expect(found.value).toMatch(new RegExp(`^${at} starts ${gone}(\\.js)?, which is not there$`));
      expect(found.fix?.argv.slice(-2)).toEqual(['install', '--user']);
      expect(found.hint).toContain(found.fix?.argv.join(' '));
    }
  });

  it.each(['', '{', '{}', '{"argv": []}', '{"argv": [1]}', 'null'])(
    'that reads %j can’t be used',
    (text) => {
      const here = view('wheel');
      const at = kernel(here.folders[0] ?? '', []);
      writeFileSync(join(at, 'kernel.json'), text);
      const found = kernelspecFinding(here);
      expect([found.state, found.fix?.argv.slice(-3)]).toEqual([
        'missing',
        ['install', '--prefix', here.environment],
      ]);
    },
  );

  it.each(KINDS)('of another copy is a note, for a %s', (kind) => {
    const here = view(kind);
    const other = write(join(folder, 'other/dist/cli/main.js'));
    const at = kernel(here.folders[0] ?? '', [process.execPath, other, 'kernel']);
    const found = kernelspecFinding(here);
    expect([found.state, found.fix]).toEqual(['note', undefined]);
    expect(found.value).toBe(`${at} starts another copy of Halfnote: ${other}`);
    expect(found.hint).toContain(`install --prefix ${here.environment ?? ''} makes Jupyter start`);
  });

  it('of another environment’s wheel is a note', () => {
    const python = write(join(folder, 'elsewhere/bin/python'));
    for (const kind of KINDS) {
      const here = view(kind);
      kernel(here.user, [python, '-m', 'halfnote', 'kernel', '{connection_file}']);
      expect(kernelspecFinding(here)).toMatchObject({
        state: 'note',
        value: expect.stringContaining(`another copy of Halfnote: ${python} -m halfnote`) as string,
      });
    }
  });

  it('that is in no folder is missing, with the command that writes it; for npm a note', () => {
    const found = Object.fromEntries(KINDS.map((kind) => [kind, kernelspecFinding(view(kind))]));
    expect(found['checkout']).toMatchObject({
      state: 'missing',
      fix: { argv: ['npm', 'run', 'setup'], folder },
    });
    const venv = join(folder, 'venv');
    expect(found['wheel']).toMatchObject({
      state: 'missing',
      fix: { argv: [join(venv, 'bin/python'), '-m', 'halfnote', 'install', '--prefix', venv] },
    });
    expect(found['npm']).toMatchObject({ state: 'note' });
    expect(found['npm']?.hint).toMatch(/^The library needs none\. .*main\.js install --user makes/);
    expect(found['npm']).not.toHaveProperty('fix');
  });
});

describe('the Lab extension', () => {
  it.each(KINDS)('of a working %s is in order', (kind) => {
    const here = view(kind);
    const value = extension(here.folders[0] ?? '', 'static/remoteEntry.1.js');
    expect(extensionFinding(here)).toEqual({ name: 'Lab extension', value, state: 'ok' });
  });

  it.each(KINDS)('of a %s that lacks what it is to load is missing', (kind) => {
    const here = view(kind);
    const at = extension(here.user, 'static/remoteEntry.1.js', false);
    const found = extensionFinding(here);
    expect(found).toMatchObject({
      state: 'missing',
      value: `${at} can't be loaded: static/remoteEntry.1.js is not there`,
    });
    expect(found.hint).not.toBe('');
    for (const text of ['', '{}', '{']) {
      writeFileSync(join(at, 'package.json'), text);
      expect(extensionFinding(here).state).toBe('missing');
    }
  });

  it('that is a link to a folder which is gone is missing', () => {
    const here = view('checkout');
    const link = join(here.user, 'labextensions/halfnote-lab');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, 'gone'), link);
    expect(extensionFinding(here)).toMatchObject({
      state: 'missing',
      value: `${link} can't be loaded: package.json is not there`,
    });
  });

  it('that is in no folder is missing; for npm a note, since the library works without', () => {
    expect(extensionFinding(view('checkout'))).toMatchObject({
      state: 'missing',
      fix: { argv: ['npm', 'run', 'setup'] },
    });
    expect(extensionFinding(view('wheel'))).toMatchObject({
      state: 'missing',
      hint: expect.stringContaining("Install Halfnote's wheel again") as string,
    });
    expect(extensionFinding(view('npm')).state).toBe('note');
  });
});
