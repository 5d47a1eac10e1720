import { existsSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandFile, putCommand, scriptOf, startOf, treeKiller } from './programs.mjs';

it('starts npm by a shell on Windows, with what has spaces as one argument', () => {
  expect(startOf('npm', ['ci', 'C:\\a b'], 'win32')).toEqual({
    command: 'npm.cmd',
    args: ['ci', '"C:\\a b"'],
    shell: true,
  });
  for (const platform of ['linux', 'darwin'])
    expect(startOf('npm', ['ci', '/a b'], platform)).toEqual({
      command: 'npm',
      args: ['ci', '/a b'],
      shell: false,
    });
  expect(startOf('C:\\Python\\python.exe', ['-V'], 'win32').shell).toBe(false);
});

it('ends a process with those that it started by what the platform has for it', () => {
  expect(treeKiller(12, 'linux')).toBeUndefined();
  expect(treeKiller(12, 'win32')).toEqual(['taskkill', '/pid', '12', '/t', '/f']);
});

it.each(['eslint', 'prettier', 'vitest'])('finds the script of %s', (name) => {
  expect(existsSync(scriptOf(name))).toBe(true);
});

it('finds the script of a package that brings several', () => {
  expect(existsSync(scriptOf('typescript', 'tsc'))).toBe(true);
});

it('names a command by a link, on Windows by a batch file', () => {
  expect(commandFile('/a/.bin', 'halfnote', '/a/kernel/main.js', 'linux')).toEqual({
    file: join('/a/.bin', 'halfnote'),
    link: join('..', 'kernel', 'main.js'),
  });
  expect(commandFile('C:\\a\\.bin', 'halfnote', 'C:\\a\\kernel\\main.js', 'win32')).toEqual({
    file: `${join('C:\\a\\.bin', 'halfnote')}.cmd`,
    text: '@node "%~dp0\\..\\kernel\\main.js" %*\r\n',
  });
});

it('puts a command in place of the one of before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-programs-'));
  try {
    const script = join(folder, 'main.js');
    writeFileSync(script, '');
    for (let time = 0; time < 2; time++) putCommand(join(folder, '.bin'), 'halfnote', script);
    if (process.platform !== 'win32')
      expect(readlinkSync(join(folder, '.bin', 'halfnote'))).toBe(join('..', 'main.js'));
    else expect(existsSync(join(folder, '.bin', 'halfnote.cmd'))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
