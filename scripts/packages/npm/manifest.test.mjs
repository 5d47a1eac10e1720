import { describe, expect, it } from 'vitest';
import { isBuiltin } from 'node:module';
import { STAND_IN } from '../stand-in.mjs';
import { asksFor, BUNDLED, withOurBinaries } from './bundled.mjs';
import { bindingManifest, bundledManifest, libraryManifest } from './manifest.mjs';

const linux = { os: 'linux', arch: 'x64' };
const mac = { os: 'darwin', arch: 'arm64' };
const versionOf = (name) => (name === 'typescript' ? '5.9.3' : '1.2.3');
const kernel = {
  name: 'halfnote',
  version: '0.1.0',
  license: 'Apache-2.0',
  engines: { node: '>=20.12' },
  files: ['dist'],
  dependencies: {
    zod: '^1.0.0',
    tslab: '1.2.3',
    '@tensorflow/tfjs-node-gpu': '1.2.3',
    'onnxruntime-node': '^1.0.0',
  },
};

describe('the manifest of the library', () => {
  const manifest = libraryManifest(kernel, versionOf, [linux, mac]);

  it('asks for the versions that were tested, also of what bundled packages need', () => {
    expect(manifest.dependencies).toMatchObject({ zod: '1.2.3', progress: '1.2.3' });
    expect(manifest.dependencies[STAND_IN]).toBe('5.9.3');
    const needed = [...BUNDLED.values()].flatMap(({ needs }) => needs);
    expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining(needed));
  });

  it('asks for the compiled parts of each platform in its own version, and runs without', () => {
    expect(manifest.optionalDependencies).toEqual({
      '@halfnote/binding-darwin-arm64': '0.1.0',
      '@halfnote/binding-linux-x64': '0.1.0',
    });
  });

  it('bundles what is among the dependencies, else npm would not install it', () => {
    expect(manifest.bundleDependencies).toEqual([...BUNDLED.keys(), STAND_IN]);
    expect(Object.keys(manifest.dependencies)).toEqual(
      expect.arrayContaining(manifest.bundleDependencies),
    );
  });
});

describe('the manifest of a bundled package', () => {
  const manifest = { name: 'tslab', version: '1.0.22', main: 'dist/public.js', gypfile: true };
  const bundled = bundledManifest(
    { ...manifest, scripts: { install: 'download' }, dependencies: { rollup: '^2.0.0' } },
    versionOf,
  );

  it('has no script and no more dependencies than its files ask for', () => {
    expect(bundled).not.toHaveProperty('scripts');
    expect(bundled).not.toHaveProperty('gypfile');
    expect(bundled.dependencies).toEqual({ [STAND_IN]: '5.9.3', semver: '1.2.3' });
  });

  it('names a main module that is kept', () => {
    expect(bundled.main).toBe('dist/converter.js');
    expect(BUNDLED.get('tslab').kept.test(bundled.main)).toBe(true);
  });
});

describe('the manifest of compiled parts', () => {
  it('keeps them from machines that they are not for', () => {
    expect(bindingManifest(kernel, linux)).toMatchObject({
      ...{ name: '@halfnote/binding-linux-x64', version: '0.1.0' },
      ...{ os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
    });
    expect(bindingManifest(kernel, mac)).not.toHaveProperty('libc');
  });
});

describe('what bundled files ask for', () => {
  it('is named by package, once, without Node.js’s own, files beside it and examples', () => {
    const text = [
      `const fs = require("fs"), path = require('node:path');`,
      `require('./beside'); require("semver/functions/lt"); require('semver');`,
      ' * const tf = require("@tensorflow/tfjs-node");',
      'require(`@a/b/c`)',
    ].join('\n');
    expect(asksFor(text, isBuiltin)).toEqual(['semver', '@a/b']);
  });

  it('is not node-pre-gyp, which the backend answers for', () => {
    expect(asksFor(`require('@mapbox/node-pre-gyp')`, isBuiltin)).toEqual([]);
  });

  it('is ONNX Runtime’s addon from our package, or an error where it is asked for otherwise', () => {
    const name = '${process.platform}/${process.arch}/onnxruntime_binding.node';
    expect(withOurBinaries(`x = require(\`../bin/napi-v6/${name}\`);`)).toBe(
      'x = require(`@halfnote/binding-${process.platform}-${process.arch}/onnxruntime_binding.node`);',
    );
    expect(() => withOurBinaries(`require(\`../bin/napi-v7/${name}\`)`)).toThrow(
      /onnxruntime-node's dist\/binding\.js has no require/,
    );
  });
});
