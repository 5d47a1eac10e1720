import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../../installation';
import { findTensorFlow, libraryName } from './library';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-library-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file that stands for the library; returns its folder. */
function library(...path: string[]): string {
  const place = join(folder, ...path);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, libraryName()), '');
  return place;
}

const npm: Installation = { kind: 'npm' };

describe('findTensorFlow', () => {
  it('takes the folder that HALFNOTE_TENSORFLOW names before all others', () => {
    const named = library('named');
    library('venv/lib/python3.12/site-packages/tensorflow');
    const env = { HALFNOTE_TENSORFLOW: named, VIRTUAL_ENV: join(folder, 'venv') };
    expect(findTensorFlow(env, npm)).toEqual({
      file: join(named, libraryName()),
      foundBy: 'HALFNOTE_TENSORFLOW',
    });
  });

  it('says that there is none where HALFNOTE_TENSORFLOW points, and looks no further', () => {
    library('venv/lib/python3.12/site-packages/tensorflow');
    const env = { HALFNOTE_TENSORFLOW: folder, VIRTUAL_ENV: join(folder, 'venv') };
    expect(() => findTensorFlow(env, npm)).toThrow(
      `HALFNOTE_TENSORFLOW is ${folder}, where there is no ${libraryName()}`,
    );
  });

  it('finds pip’s in the active environment, and conda’s in its lib', () => {
    const pip = library('venv/lib/python3.12/site-packages/tensorflow');
    const conda = library('conda/lib');
    expect(findTensorFlow({ VIRTUAL_ENV: join(folder, 'venv') }, npm)?.file).toBe(
      join(pip, libraryName()),
    );
    expect(findTensorFlow({ CONDA_PREFIX: join(folder, 'conda') }, npm)).toEqual({
      file: join(conda, libraryName()),
      foundBy: 'CONDA_PREFIX',
    });
  });

  it('takes a checkout’s own environment before the active one', () => {
    const own = library('.venv/lib/python3.11/site-packages/tensorflow');
    library('venv/lib/python3.12/site-packages/tensorflow');
    const checkout = { kind: 'checkout', folder, environment: join(folder, '.venv') } as const;
    expect(findTensorFlow({ VIRTUAL_ENV: join(folder, 'venv') }, checkout)).toEqual({
      file: join(own, libraryName()),
      foundBy: '.venv',
    });
  });

  it('leaves a wheel to its launcher, which has looked', () => {
    library('venv/lib/python3.12/site-packages/tensorflow');
    const wheel = { kind: 'wheel', python: '/usr/bin/python3', prefix: '/usr' } as const;
    expect(findTensorFlow({ VIRTUAL_ENV: join(folder, 'venv') }, wheel)).toBeUndefined();
  });

  it('finds none without an environment, or in an empty one', () => {
    expect(findTensorFlow({}, npm)).toBeUndefined();
    expect(findTensorFlow({ VIRTUAL_ENV: join(folder, 'none') }, npm)).toBeUndefined();
  });
});
