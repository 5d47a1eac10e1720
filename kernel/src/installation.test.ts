import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInstallation, MAIN, ownCommand, pythonIn } from './installation';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'halfnote-installation-')))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('how this package came here', () => {
  it('is what the launcher of a wheel says', () => {
    const env = { HALFNOTE_PYTHON: '/venv/bin/python', HALFNOTE_PREFIX: '/venv' };
    const dist = '/venv/lib/python3.12/site-packages/halfnote/_node/node_modules/halfnote/dist';
    const found = findInstallation(env, dist);
    expect(found).toEqual({ kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' });
    expect(ownCommand(found)).toEqual(['/venv/bin/python', '-m', 'halfnote']);
    // Somebody names a Python for other purposes, or a wheel's kernel has started another Halfnote.
    expect(findInstallation({ HALFNOTE_PYTHON: '/usr/bin/python3' }, dist).kind).toBe('npm');
    expect(findInstallation(env).kind).toBe('checkout');
  });

  it('is a checkout where its set-up lies above, else npm', () => {
    const dist = join(folder, 'kernel/dist');
    mkdirSync(dist, { recursive: true });
    expect(findInstallation({}, dist)).toEqual({ kind: 'npm' });
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts/setup.mjs'), '');
    const environment = join(folder, '.venv');
    expect(findInstallation({}, dist)).toEqual({ kind: 'checkout', folder, environment });
    expect(ownCommand({ kind: 'npm' })).toEqual([process.execPath, MAIN]);
    expect(MAIN).toBe(resolve(__dirname, '../dist/cli/main.js'));
  });
});

it('the Python of an environment lies where its platform has it', () => {
  expect(pythonIn('/venv', 'linux')).toBe('/venv/bin/python');
  expect(pythonIn('/venv', 'darwin')).toBe('/venv/bin/python');
  expect(pythonIn('C:\\venv', 'win32')).toBe('C:\\venv\\Scripts\\python.exe');
});
