import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nativeLack, nativeRemedy } from './lack';
import { libraryName } from './tensorflow/library';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-lack-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const npm = { kind: 'npm' } as const;

describe('what keeps TensorFlow from being loaded', () => {
  it('is told apart', () => {
    const error = new Error('libtensorflow_cc.so.2: cannot open shared object file');
    expect(nativeLack(error, { HALFNOTE_BACKEND: 'wasm' }, npm)).toBe('asked');
    expect(nativeLack(error, { HALFNOTE_TENSORFLOW: folder }, npm)).toBe('misnamed');
    expect(nativeLack(error, {}, npm)).toBe('tensorflow');
    const packages = join(folder, 'lib/python3.12/site-packages/tensorflow');
    mkdirSync(packages, { recursive: true });
    writeFileSync(join(packages, libraryName()), '');
    const env = { VIRTUAL_ENV: folder };
    expect(nativeLack(error, env, npm)).toBe('refused');
    expect(nativeLack(new Error('there is no native binding (/x.node)'), env, npm)).toBe('binding');
  });

  it('has a remedy each, in one line', () => {
    for (const lack of ['asked', 'misnamed', 'tensorflow', 'binding', 'refused'] as const)
      expect(nativeRemedy(lack, npm).hint).toMatch(/^[^\n]+\.$/);
  });
});
