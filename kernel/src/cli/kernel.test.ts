import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KernelClient } from './run/client';
import { findKernel } from './run/kernel-process';

let folder = '';
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Notes at its end what the process, and not its threads, has loaded. */
const NOTE = `
const { isMainThread } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
if (isMainThread && process.argv[2] === 'kernel')
  process.once('exit', () => writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache))));
`;

/** The files that the kernel process has loaded after it has run `cells`. */
async function loadedFor(cells: readonly string[]): Promise<readonly string[]> {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-loaded-'));
  const note = join(folder, 'note.cjs');
  const file = join(folder, 'loaded.json');
  writeFileSync(note, NOTE);
  const spec = findKernel();
  const [node = '', ...args] = spec.argv;
  const client = await KernelClient.start(
    {
      ...spec,
      argv: [node, '--require', note, ...args],
      env: { ...spec.env, LOADED: file, HALFNOTE_HISTORY: 'off' },
    },
    folder,
  );
  for (const cell of cells)
    expect((await client.execute(cell, () => undefined))['status']).toBe('ok');
  await client.close();
  return JSON.parse(readFileSync(file, 'utf8')) as string[];
}

const packageOf = (path: string): string | undefined =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

describe('the kernel process', () => {
  it('loads no engine, compiler or exporter, which run elsewhere', async () => {
    const loaded = await loadedFor(['1 + 1', '%%time\n1 + 1']);
    expect(loaded.some((path) => path.endsWith('magics/table.js'))).toBe(true);
    const code = loaded.filter((path) => !path.endsWith('.json'));
    const packages = new Set(code.flatMap((path) => packageOf(path) ?? []));
    const meant = [
      '@koromix/koffi-*',
      'canonicalize',
      'cmake-ts',
      'jstat',
      'koffi',
      'zeromq',
      'zod',
    ];
    const patterns = meant.map((name) => new RegExp(`^${name.replace('*', '.*')}$`));
    expect([...packages].filter((name) => !patterns.some((one) => one.test(name)))).toEqual([]);
  });
});
