import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../test/support/built-kernel';
import { packageRoot, requireFromKernel } from '../runtime/packages';

/** A user who owns nothing here, and has neither name nor home. */
const NOBODY = 61234;

const isRoot = process.getuid?.() === 0;
/** Root writes whatever modes say: what it starts has to be somebody else. */
const asNobody = isRoot
  ? ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']
  : [];

/** On a machine that does other things; a kernel starts in a second. */
const MOST_MS = 100_000;

let folder: string;
let main: string;
let work: string;

/** A Node.js in root's home can't be started by somebody else. */
const canRun = process.platform !== 'win32' && nodeAsNobody(['-e', '0'], {}).status === 0;
if (!canRun) console.warn(`skipped: ${process.execPath} can't be started as another user here`);

function nodeAsNobody(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): SpawnSyncReturns<string> {
  const words: string[] = [...asNobody, process.execPath, ...args];
  return spawnSync(words[0] ?? '', words.slice(1), {
    ...options,
    encoding: 'utf8',
    timeout: MOST_MS,
  });
}

function halfnote(args: readonly string[], env: NodeJS.ProcessEnv): SpawnSyncReturns<string> {
  const { PATH } = process.env;
  return nodeAsNobody([main, ...args], { cwd: work, env: { PATH, ...env } });
}

/** The package's folders and files, those of other packages left out. */
function paths(): string[] {
  const root = join(folder, 'package');
  const built = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
  return [root, ...readdirSync(root).map((name) => join(root, name))]
    .filter((path) => !path.endsWith('node_modules'))
    .concat(built.map((name) => join(root, 'dist', name)));
}

/** All of them with their times. */
function state(): string[] {
  return paths().map((path) => `${path} ${statSync(path).mtimeMs}`);
}

describe.runIf(canRun)('a package in a folder that is read-only', () => {
  buildIfStale();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'halfnote-read-only-'));
    chmodSync(folder, 0o755);
    const root = join(folder, 'package');
    const filter = (path: string): boolean => !/\.(?:map|tsbuildinfo)$/.test(path);
    cpSync(join(packageRoot, 'dist'), join(root, 'dist'), { recursive: true, filter });
    cpSync(join(packageRoot, 'package.json'), join(root, 'package.json'));
    const packages = dirname(dirname(requireFromKernel.resolve('typescript/package.json')));
    symlinkSync(packages, join(root, 'node_modules'));
    main = join(root, 'dist/cli/main.js');
    work = join(folder, 'work');
    mkdirSync(work);
    chmodSync(work, 0o777);
    const cell = { cell_type: 'code', id: 'a', metadata: {}, outputs: [], execution_count: null };
    const cells = [{ ...cell, source: 'const one: number = 1;\none + 1' }];
    const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(work, 'a.ipynb'), JSON.stringify(notebook));
    // For who isn't root.
    for (const path of paths().reverse()) chmodSync(path, statSync(path).mode & 0o555);
  }, 120_000);
  afterAll(() => {
    for (const path of paths()) chmodSync(path, statSync(path).mode | 0o200);
    rmSync(folder, { recursive: true });
  });

  it.each<[string, () => NodeJS.ProcessEnv]>([
    ['a home to write into', () => ({ HOME: work })],
    ['no home', () => ({})],
  ])(
    'runs cells for somebody with %s, silently, and leaves nothing in it',
    (_, env) => {
      const before = state();
      const { status, stderr } = halfnote(['run', 'a.ipynb', '-o', 'b.ipynb'], env());
      expect(stderr).toMatch(/^\[1\/1\] ok .*\n$/);
      expect(status).toBe(0);
      expect(readFileSync(join(work, 'b.ipynb'), 'utf8')).toContain('"2"');
      expect(state()).toEqual(before);
    },
    120_000,
  );

  it('makes its kernelspec where that can be, with the snapshot in the cache of the user', () => {
    const before = state();
    const env = { HOME: work, XDG_CACHE_HOME: join(work, 'cache') };
    const made = halfnote(['install', '--user'], env);
    expect([made.stderr, made.status]).toEqual(['', 0]);
    expect(readdirSync(join(work, 'cache/halfnote'))).toEqual([
      expect.stringMatching(/^language-[0-9a-f]{16}\.blob$/),
    ]);
    const refused = halfnote(['install', '--prefix', join(folder, 'package')], env);
    expect(refused.stderr).toMatch(/^Can't write the kernelspec in .*\nChoose another place/);
    expect(refused.status).toBe(1);
    expect(state()).toEqual(before);
  }, 120_000);
});
