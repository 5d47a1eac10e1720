import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { npm } from '../../notebook/npm';
import { record, refusal } from '../recorder.fixture';

describe('%npm', () => {
  it.each([
    ['%npm install', ['install', []]],
    ['%npm install lodash @types/lodash@^4', ['install', ['lodash', '@types/lodash@^4']]],
    [
      '%npm install -D a --ignore-scripts b',
      ['install', ['a', 'b'], { saveDev: true, ignoreScripts: true }],
    ],
    ['%npm install git+https://x.org/y.git#v1', ['install', ['git+https://x.org/y.git#v1']]],
    ['%npm uninstall "./a b"', ['uninstall', ['./a b']]],
  ])('reads %s', async (cell, args) => {
    expect((await record(cell)).calls).toEqual([{ name: 'npm', args }]);
  });

  it('refuses what cannot be', () => {
    expect(refusal('%npm')).toContain('missing command');
    expect(refusal('%npm instal x')).toContain('Did you mean install? Allowed: install, uninstall');
    expect(refusal('%npm install --global x')).toContain('unknown parameter --global');
    expect(refusal('%npm install -g x')).toContain('unknown parameter -g');
    expect(refusal('%npm uninstall')).toContain('missing packages');
  });
});

describe('npm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-npm-'));
  const PATH = process.env['PATH'] ?? '';
  beforeAll(() => {
    mkdirSync(join(folder, 'source'));
    const manifest = { name: 'three', version: '1.0.0', main: 'm.js' };
    writeFileSync(join(folder, 'source/package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'source/m.js'), 'module.exports = 3;');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    process.env['PATH'] = PATH;
    vi.restoreAllMocks();
  });

  /** Puts a program in npm's place. */
  function pretendNpm(script: string): void {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'npm'), 0o755);
    process.env['PATH'] = bin;
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
  }

  it('installs into the folder, and says what it runs and where', { timeout: 60_000 }, async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await npm('install', ['./source'], { folder });
    vi.restoreAllMocks();
    expect(said.mock.calls).toEqual([[`$ npm install ./source    (in ${folder})`]]);
    expect(createRequire(join(folder, 'n.js'))('three')).toBe(3);
  });

  it('that reaches no registry says so, and what to do', async () => {
    pretendNpm('echo "npm error code ENOTFOUND" >&2; exit 1');
    await expect(npm('install', ['lodash'], { folder })).rejects.toThrow(
      "npm can't reach its package registry, so lodash could not be installed\nConnect to the network",
    );
  });

  it('that fails otherwise says what happened', async () => {
    pretendNpm('echo "npm error code E404" >&2; exit 1');
    await expect(npm('install', ['lodahs'], { folder })).rejects.toThrow(
      "The registry doesn't have all of: lodahs",
    );
    pretendNpm('exit 7');
    await expect(npm('install', [], { folder })).rejects.toThrow('npm install ended with code 7');
  });

  it('that is not there is named', async () => {
    process.env['PATH'] = join(folder, 'nowhere');
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const node = process.execPath;
    process.execPath = join(folder, 'bare/bin/node');
    try {
      await expect(npm('install', ['x'], { folder })).rejects.toThrow("npm can't be started");
    } finally {
      process.execPath = node;
    }
  });
});
