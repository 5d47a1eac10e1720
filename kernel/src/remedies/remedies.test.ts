import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../installation';
import { inWords, type Remedy } from './command';
import { pipInstall, type PackagePlace } from './pip';
import {
  bindingRemedy,
  canHaveTensorFlow,
  environmentRemedy,
  extensionRemedy,
  jupyterRemedy,
  kernelspecRemedy,
  nodeRemedy,
  tensorflowInstall,
  tensorflowRemedy,
} from './remedies';
import { pythonVersion, tensorflowPackage, type Machine } from './tensorflow-package';

const checkout: Installation = { kind: 'checkout', folder: '/co', environment: '/co/.venv' };
const wheel: Installation = { kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' };
const npm: Installation = { kind: 'npm' };
const PC: Machine = { platform: 'linux', arch: 'x64', hasNvidia: false, python: '3.12.1' };

describe('the TensorFlow of a machine', () => {
  it.each<[Partial<Machine>, string]>([
    [{}, 'tensorflow-cpu'],
    [{ python: undefined }, 'tensorflow-cpu'],
    [{ hasNvidia: true }, 'tensorflow[and-cuda]'],
    [{ arch: 'arm64' }, 'tensorflow'],
    [{ platform: 'darwin', arch: 'arm64' }, 'tensorflow'],
    [{ python: '3.10.0' }, 'tensorflow-cpu'],
    [{ python: '3.13' }, 'tensorflow-cpu'],
  ])('with %o is %s', (machine, name) => {
    expect(tensorflowPackage({ ...PC, ...machine })).toEqual({ name });
  });

  it.each<[Partial<Machine>, RegExp]>([
    [{ platform: 'win32' }, /no TensorFlow that Halfnote can use on win32 x64/],
    [{ platform: 'darwin' }, /on darwin x64/],
    [{ python: '3.14.0' }, /wheels for Python 3\.10 to 3\.13, and none for Python 3\.14\.0/],
    [{ python: '3.9.7' }, /none for Python 3\.9\.7/],
    [{ python: '2.7' }, /none for Python 2\.7/],
  ])('with %o is none, for a reason', (machine, none) => {
    const all = { ...PC, ...machine };
    expect(tensorflowPackage(all)).toEqual({ none: expect.stringMatching(none) as string });
    expect(canHaveTensorFlow(wheel, all)).toBe(false);
    for (const installation of [checkout, wheel, npm]) {
      const remedy = tensorflowRemedy(installation, { machine: all });
      expect(remedy.hint).toMatch(none);
      expect(remedy.hint).toContain('WebAssembly serves');
      expect(remedy.fix).toBeUndefined();
    }
  });
});

describe('the way to get TensorFlow', () => {
  it('is the set-up of a checkout', () => {
    expect(tensorflowRemedy(checkout, { machine: PC })).toEqual({
      hint: 'npm run setup (in /co) installs TensorFlow and builds the binding for it.',
      fix: { argv: ['npm', 'run', 'setup'], folder: '/co' },
    });
    // It was set up, and TensorFlow is gone: the set-up believes that it is there.
    const { fix } = tensorflowRemedy({ ...checkout, environment: tmpdir() }, { machine: PC });
    expect(fix?.argv).toEqual(['npm', 'run', 'setup', '--', '--force']);
  });

  it("is pip of a wheel's Python, whose version it heeds", () => {
    expect(tensorflowRemedy(wheel, { machine: { ...PC, hasNvidia: true } })).toEqual({
      hint: '/venv/bin/python -m pip install "tensorflow[and-cuda]" installs TensorFlow.',
      fix: { argv: ['/venv/bin/python', '-m', 'pip', 'install', 'tensorflow[and-cuda]'] },
    });
  });

  it('is a Python that a user of npm brings along', () => {
    const { hint, fix } = tensorflowRemedy(npm, { machine: PC });
    expect(hint).toContain('pip install tensorflow-cpu');
    expect(hint).toContain('HALFNOTE_TENSORFLOW');
    expect(fix).toBeUndefined();
    expect(tensorflowInstall(PC)).toBe('pip install tensorflow-cpu');
    // A converter of files is had on Windows too.
    expect(tensorflowInstall({ ...PC, platform: 'win32' })).toBe('pip install tensorflow');
  });
});

describe('pip', () => {
  const place: PackagePlace = {
    folder: '/venv/lib/python3.12/site-packages',
    isWritable: true,
    hasUserSite: false,
    hasPip: true,
    isManaged: false,
  };
  const install = (change: Partial<PackagePlace>): unknown =>
    pipInstall('/venv/bin/python', ['tensorflow-cpu'], { ...place, ...change });

  it('installs where it may, else for the user where Python sees that', () => {
    const command = ['/venv/bin/python', '-m', 'pip', 'install'];
    expect(install({})).toEqual({ argv: [...command, 'tensorflow-cpu'] });
    expect(install({ isWritable: false, hasUserSite: true })).toEqual({
      argv: [...command, '--user', 'tensorflow-cpu'],
    });
  });

  it.each<[Partial<PackagePlace>, RegExp]>([
    [{ isWritable: false }, /^\/venv\/lib\/python3\.12\/site-packages is read-only for you: /],
    [{ hasPip: false }, /has no pip: install tensorflow-cpu there as its other packages were/],
    [{ isManaged: true, hasUserSite: true }, /belongs to the system .*PEP 668.*-m venv/],
  ])('where %o is refused in one line, and nothing is run', (change, reason) => {
    expect(install(change)).toEqual({ cannot: expect.stringMatching(reason) as string });
    const packages = { ...place, ...change };
    const remedies = [
      tensorflowRemedy(wheel, { machine: PC, packages }),
      jupyterRemedy(wheel, 'jupyterlab>=4.2', packages),
    ];
    for (const { hint, fix } of remedies) {
      expect(hint).not.toContain('\n');
      expect(fix).toBeUndefined();
    }
  });
});

describe('each remedy', () => {
  const all = (installation: Installation): Remedy[] => [
    tensorflowRemedy(installation, { machine: PC }),
    bindingRemedy(installation),
    environmentRemedy(installation),
    kernelspecRemedy(installation, { kind: 'user' }),
    kernelspecRemedy(installation, { kind: 'prefix', prefix: '/x' }),
    extensionRemedy(installation, false),
    extensionRemedy(installation, true),
    jupyterRemedy(installation, 'jupyterlab>=4.2'),
    nodeRemedy(installation),
  ];

  it.each([checkout, wheel, npm])('of $kind is one line, which has its command in it', (one) => {
    for (const { hint, fix } of all(one)) {
      expect(hint).toMatch(/^[^\n]+\.$/);
      if (fix !== undefined) expect(hint).toContain(inWords(fix));
    }
  });

  it('speaks of a checkout in a checkout only', () => {
    for (const { hint } of [...all(wheel), ...all(npm)]) expect(hint).not.toMatch(/setup|\.venv/);
  });
});

describe('a command', () => {
  it('is what a shell reads as its words', () => {
    const words = [
      'a b',
      'tensorflow[and-cuda]',
      '$HOME',
      '`id`',
      'say "x"',
      '\\',
      '~',
      '',
      '*',
      "it's",
    ];
    const typed = inWords({ argv: ['printf', '%s\\0', ...words] });
    expect(
      execFileSync('sh', ['-c', typed], { encoding: 'utf8' }).split('\0').slice(0, -1),
    ).toEqual(words);
  });

  it('leaves the backslashes of Windows as they are', () => {
    const argv = ['C:\\Program Files\\python.exe', '-m', 'pip', 'C:\\x'];
    expect(inWords({ argv }, 'win32')).toBe('"C:\\Program Files\\python.exe" -m pip C:\\x');
  });
});

describe('the version of a Python', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-version-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['version = 3.12.1', 'home = /usr/bin\nversion_info = 3.12.1', 'version=3.12.1'])(
    'is read of an environment whose settings have %j',
    (settings) => {
      writeFileSync(join(folder, 'pyvenv.cfg'), `${settings}\n`);
      expect(pythonVersion('/none', folder)).toBe('3.12.1');
    },
  );

  it('is in the name of the program that it is a link to', () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/python3.14'), '');
    symlinkSync('python3.14', join(folder, 'bin/python'));
    expect(pythonVersion(join(folder, 'bin/python'), folder)).toBe('3.14');
    expect(pythonVersion('/none/python', folder)).toBeUndefined();
  });

  it('is what this Python says', () => {
    const asked = spawnSync(
      'python3',
      ['-c', 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])'],
      { encoding: 'utf8' },
    );
    const [python = '', version = ''] = asked.stdout.trim().split(' ');
    expect(pythonVersion(python, folder) ?? version).toBe(version);
  });
});
