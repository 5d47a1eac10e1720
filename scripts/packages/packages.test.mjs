import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isForeign, zeromqManifest } from './binaries.mjs';
import { closure } from './closure.mjs';
import { isLicense, leftOut } from './contents.mjs';
import { thirdPartyLicenses } from './licenses.mjs';
import { looseEnds } from './loose-ends.mjs';
import { oldestGlibc, platformTag } from './platform-tag.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-packages-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(path, text) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
}

describe('closure', () => {
  it('takes each place once, the nearest first, and an optional package only where it is', () => {
    write('package.json', { name: 'top', dependencies: { a: '1', b: '1' } });
    write('node_modules/a/package.json', { name: 'a', dependencies: { b: '2' } });
    write('node_modules/a/node_modules/b/package.json', { name: 'b', version: '2.0.0' });
    write('node_modules/b/package.json', { name: 'b', optionalDependencies: { none: '1' } });
    const places = closure(folder).map((one) => one.folder.slice(folder.length));
    expect(places).toEqual([
      '/node_modules/a',
      '/node_modules/b',
      '/node_modules/a/node_modules/b',
    ]);
  });

  it('follows of a package only what is needed of it', () => {
    write('package.json', { name: 'top', dependencies: { a: '1' } });
    write('node_modules/a/package.json', { name: 'a', dependencies: { b: '1', c: '1' } });
    write('node_modules/c/package.json', { name: 'c' });
    const names = closure(folder, new Map([['a', ['c']]])).map(({ name }) => name);
    expect(names).toEqual(['a', 'c']);
  });

  it('names a package that is not installed', () => {
    write('package.json', { name: 'top', dependencies: { a: '1' } });
    expect(() => closure(folder)).toThrow(/^a, which .* needs, is not installed/);
  });
});

describe('leftOut', () => {
  it.each([
    ['typescript', 'lib/typescript.js'],
    ['typescript', 'lib/lib.es2022.d.ts'],
    ['@tensorflow/tfjs-core', 'dist/tf-core.node.js'],
    ['@tensorflow/tfjs-core', 'dist/tensor.d.ts'],
    ['@tensorflow/tfjs-node-gpu', 'dist/callbacks.js'],
    ['zod', 'LICENSE'],
    ['a', 'dist/testing.js'],
  ])('keeps %s %s', (name, path) => expect(leftOut(name, path)).toBeUndefined());

  it.each([
    ['typescript', 'lib/_tsc.js'],
    ['typescript', 'lib/ja/diagnosticMessages.generated.json'],
    ['@tensorflow/tfjs-core', 'dist/tensor.js'],
    ['@tensorflow/tfjs-core', 'dist/tensor_test.d.ts'],
    ['@tensorflow/tfjs-node-gpu', 'lib/napi-v8/tfjs_binding.node'],
    ['a', 'dist/a.js.map'],
    ['a', 'src/a.ts'],
    ['a', 'test/a.js'],
    ['a', '.yarn/releases/yarn.cjs'],
  ])('leaves out %s %s', (name, path) => expect(leftOut(name, path)).toBeTypeOf('string'));

  it('keeps terms, whatever they are called', () => {
    for (const name of ['LICENSE', 'LICENCE.md', 'license-mit', 'NOTICE.txt', 'COPYING'])
      expect([isLicense(name), leftOut('a', name)]).toEqual([true, undefined]);
  });
});

describe('binaries', () => {
  const linux = { os: 'linux', arch: 'x64' };
  it('knows what is compiled for others', () => {
    const onnx = (path) => isForeign('onnxruntime-node', `bin/napi-v6/${path}`, linux);
    expect(onnx('linux/x64/libonnxruntime.so.1')).toBe(false);
    expect(onnx('linux/arm64/libonnxruntime.so.1')).toBe(true);
    expect(isForeign('@koromix/koffi-win32-x64', '', linux)).toBe(true);
    expect(isForeign('@koromix/koffi-linux-x64', '', linux)).toBe(false);
    expect(isForeign('zod', 'index.cjs', linux)).toBe(false);
  });

  it('keeps of ZeroMQ’s index what is there, and says where there is nothing', () => {
    const index = { a: 'linux/x64/node/glibc-127-Release/addon.node', b: 'win32/x64/addon.node' };
    expect(JSON.parse(zeromqManifest(JSON.stringify(index), linux))).toEqual({ a: index.a });
    expect(() => zeromqManifest('{}', linux)).toThrow('ZeroMQ has no addon');
  });
});

describe('looseEnds', () => {
  it('names what kept code asks for and was left out, but not what never was', () => {
    write(
      'from/index.js',
      "require('./gone'); require('./kept'); require('./never'); require('node:fs')",
    );
    write('from/gone.js', '');
    write('from/kept.js', '');
    write(
      'to/index.js',
      "require('./gone'); require('./kept'); require('./never'); require('node:fs')",
    );
    write('to/kept.js', '');
    const copy = { folder: join(folder, 'from'), target: join(folder, 'to') };
    expect(looseEnds([copy])).toEqual(['to/index.js requires ./gone']);
  });
});

describe('thirdPartyLicenses', () => {
  it('has name, version, licence and text of each package, once', () => {
    write('a/LICENSE', 'MIT License\n\nCopyright A');
    const a = {
      name: 'a',
      folder: join(folder, 'a'),
      manifest: { version: '1.0.0', license: 'MIT' },
    };
    const text = thirdPartyLicenses([a, a]);
    expect(text.match(/^a 1\.0\.0$/gm)).toHaveLength(1);
    expect(text).toContain('Licence: MIT\n\nMIT License\n\nCopyright A');
  });

  it('refuses a package without terms', () => {
    write('a/index.js', '');
    const a = { name: 'a', folder: join(folder, 'a'), manifest: { version: '1.0.0' } };
    expect(() => thirdPartyLicenses([a])).toThrow(
      "a 1.0.0 says no licence: it can't be passed on.",
    );
  });
});

describe('platformTag', () => {
  it('is the newest glibc that is asked for', () => {
    expect(oldestGlibc('(GLIBC_2.17) a\n(GLIBC_2.28) b\n(GLIBC_2.4) c')).toBe('2.28');
  });

  it('or the one whose systems have the libstdc++', () => {
    expect(oldestGlibc('(GLIBC_2.17) a\n(GLIBCXX_3.4.29) b')).toBe('2.34');
    expect(oldestGlibc('(GLIBCXX_3.4.26) b')).toBe('2.31');
  });

  it('names a libstdc++ that it does not know', () => {
    expect(() => oldestGlibc('(GLIBCXX_3.4.99) b')).toThrow('GLIBCXX_3.4.99');
  });

  it('needs no files elsewhere', async () => {
    expect(await platformTag([], { os: 'darwin', arch: 'arm64' })).toBe('macosx_11_0_arm64');
    expect(await platformTag([], { os: 'win32', arch: 'x64' })).toBe('win_amd64');
  });
});
