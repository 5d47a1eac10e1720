import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { hashFile, hashOf, sha256 } from '../../hashing/canonical';
import { notebookHash, type ReportedCell } from './cells';
import { codeIdentity, uncommitted } from './code';
import { inputsOf } from './inputs';
import { lockHash, packageVersions } from './lock';
import { seedsOf } from './seeds';

const fresh = (): string => mkdtempSync(join(tmpdir(), 'halfnote-identity-'));

function code(...sources: string[]): ReportedCell[] {
  return sources.map((source, index) => ({ index, id: `c${index}`, type: 'code', source }));
}

describe('the identity of a report', () => {
  it('hashes the canonical form of RFC 8785, as its section 3.2.3 sorts keys', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6 };
    const sorted = '{"\\r":2,"1":4,"\u0080":6,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}';
    const expected = createHash('sha256').update(sorted).digest('hex');
    expect(hashOf(value)).toBe(`sha256:${expected}`);
    expect(hashOf({ b: [1.0, 1e30], a: 4.5 })).toBe(sha256('{"a":4.5,"b":[1,1e+30]}'));
    expect(() => hashOf({ value: NaN })).toThrow('NaN');
  });

  it('takes a notebook with other outputs for the same, and one with another cell for another', () => {
    const [first, second] = code('1', '2');
    if (!first || !second) throw new Error('no cells');
    const whole = notebookHash([first, second]);
    expect(notebookHash([{ ...first, id: 'other' }, second])).toBe(whole);
    expect(notebookHash([second, first])).not.toBe(whole);
    expect(notebookHash([first, { ...second, type: 'markdown' }])).not.toBe(whole);
  });

  it('has the seeds that were in force to the end, with the cells that set them', () => {
    const cells = [2, 4].map((index) => ({ index, startedAt: `2026-01-01T00:00:0${index}.000Z` }));
    const set = (seed: number | null, second: number) => ({
      seed,
      at: `2026-01-01T00:00:0${second}.500Z`,
    });
    expect(seedsOf([set(1e6, 2), set(42, 5)], cells)).toEqual([
      { name: 'seed in cell 3', value: 1e6 },
      { name: 'seed in cell 5', value: 42 },
    ]);
    expect(seedsOf([set(42, 2), set(null, 4)], cells)).toEqual([]);
    expect(seedsOf([set(42, 2), set(null, 3), set(7, 4)], cells)).toEqual([
      { name: 'seed in cell 5', value: 7 },
    ]);
  });

  it('names the files that were read, by what they are', async () => {
    const folder = fresh();
    mkdirSync(join(folder, 'model'));
    for (const name of ['a.csv', 'helper.ts', 'model/model.json']) {
      writeFileSync(join(folder, name), name);
    }
    const paths = ['model/model.json', 'a.csv', 'helper.ts', 'gone.csv', 'model'];
    const inputs = await inputsOf(
      paths.map((path) => join(folder, path)),
      folder,
    );
    expect(inputs.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'data a.csv',
      'code helper.ts',
      'model model/model.json',
    ]);
    expect(inputs[0]).toMatchObject({ sizeBytes: 5, hash: sha256('a.csv') });
  });

  it('finds the lock file above the notebook and the versions of imported packages', async () => {
    const folder = fresh();
    const inner = join(folder, 'notebooks');
    mkdirSync(inner);
    mkdirSync(join(folder, 'node_modules/@my/lib'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/@my/lib/package.json'), '{"version":"1.2.3"}');
    expect(await lockHash(inner)).toBeNull();
    mkdirSync(join(inner, 'yarn.lock'));
    expect(await lockHash(inner)).toBeNull();
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    expect(await lockHash(inner)).toBe(await hashFile(join(folder, 'package-lock.json')));
    const cells = code(
      "import { a } from '@my/lib/sub';\nimport fs from 'node:fs';\nimport './own';",
    );
    expect(packageVersions(cells, inner)).toEqual({ '@my/lib': '1.2.3' });
  });

  it('knows the commit and whether the code is another, apart from its own reports', async () => {
    const folder = fresh();
    expect(await codeIdentity(folder)).toEqual({
      code: null,
      problem: expect.stringContaining('not a git repository') as string,
    });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    git('init', '--quiet');
    writeFileSync(join(folder, 'a.ipynb'), '{}');
    git('add', '.');
    git('commit', '--quiet', '-m', 'first');
    const commit = git('rev-parse', 'HEAD').trim();
    writeFileSync(join(folder, 'a.report.json'), '{}');
    mkdirSync(join(folder, 'out/a.codecarbon'), { recursive: true });
    writeFileSync(join(folder, 'out/a.codecarbon/emissions.csv'), '');
    expect(await codeIdentity(folder)).toEqual({ code: { commit, dirty: false } });
    vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
    expect(await codeIdentity(folder)).toEqual({
      code: null,
      problem: 'detected dubious ownership in repository at (a path)',
    });
    vi.unstubAllEnvs();
    writeFileSync(join(folder, 'a.ipynb'), '{"changed": true}');
    expect(await codeIdentity(folder)).toEqual({ code: { commit, dirty: true } });
    writeFileSync(join(folder, '.gitignore'), 'ignored.ipynb');
    writeFileSync(join(folder, 'ignored.ipynb'), '{}');
    const files = ['a.ipynb', 'ignored.ipynb', join(tmpdir(), 'elsewhere.ts')];
    expect(await uncommitted(folder, files)).toEqual(['ignored.ipynb', 'elsewhere.ts']);
  });
});
