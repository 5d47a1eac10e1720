import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { isMain, programOf, programsOf, searchPath, sitePackages } from './paths.mjs';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-paths-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['linux', join('env', 'bin'), join('env', 'bin', 'jupyter')],
  ['darwin', join('env', 'bin'), join('env', 'bin', 'jupyter')],
  ['win32', join('env', 'Scripts'), join('env', 'Scripts', 'jupyter.exe')],
])('finds the programs of a Python environment on %s', (platform, programs, jupyter) => {
  expect(programsOf('env', platform)).toBe(programs);
  expect(programOf('env', 'jupyter', platform)).toBe(jupyter);
});

it('finds its packages by the Python that they are for, and none before there is one', () => {
  const names = (path) => (path === join('env', 'lib') ? ['cmake', 'python3.12'] : []);
  const packages = join('env', 'lib', 'python3.12', 'site-packages');
  expect(sitePackages('env', 'linux', names)).toBe(packages);
  expect(sitePackages('env', 'linux', () => [])).toBeUndefined();
  expect(sitePackages('env', 'win32', names)).toBe(join('env', 'Lib', 'site-packages'));
});

it('names folders as the platform does, without an empty one, which would be the working folder', () => {
  expect(searchPath(['/a', '/b'], ':')).toBe('/a:/b');
  expect(searchPath(['C:\\a', 'D:\\b'], ';')).toBe('C:\\a;D:\\b');
  expect(searchPath(['/a', undefined, ''], ':')).toBe('/a');
});

it('knows the program that was started, also through a link and with a space in its path', () => {
  const file = join(folder, 'a program.mjs');
  const link = join(folder, 'link.mjs');
  writeFileSync(file, '');
  symlinkSync(file, link);
  const { href } = pathToFileURL(file);
  expect(isMain(href, file)).toBe(true);
  expect(isMain(href, link)).toBe(true);
  expect(isMain(href, join(folder, 'other.mjs'))).toBe(false);
  expect(isMain(href, undefined)).toBe(false);
});
