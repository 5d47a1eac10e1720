import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../installation';
import { environmentFolder, jupyterDataFolder, jupyterFolders, runtimeFolder } from './places';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-places-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const wheel: Installation = { kind: 'wheel', python: '/venv/bin/python', prefix: '/venv' };
const npm: Installation = { kind: 'npm' };

describe("Jupyter's folders", () => {
  it('are those of JUPYTER_PATH, the environment, the user and the system, in this order', () => {
    const env = { JUPYTER_PATH: '/a:/b', XDG_DATA_HOME: '/data', VIRTUAL_ENV: '/other' };
    const system = ['/usr/local/share/jupyter', '/usr/share/jupyter'];
    expect(jupyterFolders(env, wheel, 'linux')).toEqual([
      ...['/a', '/b', '/venv/share/jupyter', '/data/jupyter'],
      ...system,
    ]);
    expect(jupyterFolders(env, npm, 'linux')[2]).toBe('/other/share/jupyter');
    expect(jupyterFolders({ XDG_DATA_HOME: '/data' }, npm, 'linux')).toEqual([
      '/data/jupyter',
      ...system,
    ]);
  });

  it('are those of Windows on Windows, and its lists are parted by semicolons', () => {
    const windows: Installation = {
      kind: 'wheel',
      python: 'C:\\venv\\Scripts\\python.exe',
      prefix: 'C:\\venv',
    };
    const env = { JUPYTER_PATH: 'C:\\a;D:\\b', APPDATA: 'C:\\Roaming', PROGRAMDATA: 'C:\\Data' };
    expect(jupyterFolders(env, windows, 'win32')).toEqual([
      ...[
        'C:\\a',
        'D:\\b',
        'C:\\venv\\share\\jupyter',
        'C:\\Roaming\\jupyter',
        'C:\\Data\\jupyter',
      ],
    ]);
    expect(jupyterFolders({ APPDATA: 'C:\\Roaming' }, npm, 'win32')).toEqual([
      'C:\\Roaming\\jupyter',
    ]);
    expect(runtimeFolder(env, 'win32')).toBe('C:\\Roaming\\jupyter\\runtime');
  });

  it("the user's is by Jupyter's own rules", () => {
    expect(jupyterDataFolder({ JUPYTER_DATA_DIR: '/j' }, 'linux')).toBe('/j');
    expect(jupyterDataFolder({ XDG_DATA_HOME: '/x' }, 'linux')).toBe('/x/jupyter');
    expect(jupyterDataFolder({}, 'linux')).toMatch(/\.local\/share\/jupyter$/);
    expect(jupyterDataFolder({ XDG_DATA_HOME: '' }, 'linux')).toMatch(/\.local\/share\/jupyter$/);
    expect(jupyterDataFolder({}, 'darwin')).toMatch(/Library\/Jupyter$/);
    expect(jupyterDataFolder({}, 'win32')).toMatch(/AppData\\Roaming\\jupyter$/);
  });
});

describe('the environment', () => {
  it("is a wheel's own, a checkout's own where it was set up, else the active one", () => {
    const env = { VIRTUAL_ENV: '/active' };
    const environment = join(folder, '.venv');
    const checkout: Installation = { kind: 'checkout', folder, environment };
    expect(environmentFolder(env, wheel)).toBe('/venv');
    expect(environmentFolder(env, npm)).toBe('/active');
    expect(environmentFolder({ CONDA_PREFIX: '/conda' }, npm)).toBe('/conda');
    expect(environmentFolder({}, npm)).toBeUndefined();
    expect(environmentFolder(env, checkout)).toBe('/active');
    mkdirSync(environment);
    expect(environmentFolder(env, checkout)).toBe(environment);
  });
});
