import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npmCommand } from './npm';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-npm-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function script(...path: string[]): string {
  const file = join(folder, ...path, 'npm/bin/npm-cli.js');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  return file;
}

describe('npmCommand', () => {
  it('takes the npm on PATH', () => {
    script('lib/node_modules');
    const npm = join(folder, 'npm');
    writeFileSync(npm, '');
    const found = npmCommand(join(folder, 'bin/node'), `/none:${folder}`, 'linux');
    expect(found).toEqual({ command: npm, before: [], shell: false });
  });

  it('else the one beside Node.js, as a wheel of Node.js has it', () => {
    const file = script('lib/node_modules');
    const node = join(folder, 'bin/node');
    const found = npmCommand(node, '/none', 'linux');
    expect(found).toEqual({ command: node, before: [file], shell: false });
  });

  it('which on Windows lies in the same folder', () => {
    const file = script('node_modules');
    const node = join(folder, 'node.exe');
    const found = npmCommand(node, 'C:\\none', 'win32');
    expect(found).toEqual({ command: node, before: [file], shell: false });
  });

  it('else it is started by its name, by a shell on Windows, where it is a script', () => {
    const node = join(folder, 'bin/node');
    expect(npmCommand(node, '', 'linux')).toEqual({ command: 'npm', before: [], shell: false });
    expect(npmCommand(node, '', 'win32')).toEqual({ command: 'npm', before: [], shell: true });
  });
});
