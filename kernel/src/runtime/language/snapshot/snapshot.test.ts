import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, requireFromKernel } from '../../packages';
import { startLanguage, type LanguageClient } from '../client';
import { makeSnapshot } from './make';

let folder = '';
let file = '';
const clients: LanguageClient[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halfnote-snapshot-'));
  file = join(folder, 'language-0123456789abcdef.blob');
  expect(await makeSnapshot(file)).toBe(true);
}, 120_000);

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(snapshot: string | undefined): LanguageClient {
  const client = startLanguage(folder, snapshot);
  clients.push(client);
  return client;
}

/** What a notebook asks, from a first cell to a last, and the answers to it. */
async function session(client: LanguageClient): Promise<readonly unknown[]> {
  const answers: unknown[] = [await client.compile('1 + 1', 1)];
  await client.commit('all');
  for (const code of [
    'interface Point { x: number }\nconst point: Point = { x: 1 }; point',
    'point.y',
    'const text: string = 5;',
    'await Promise.resolve(point.x)',
    'console.log(Buffer.from("a"), new SharedArrayBuffer(1), structuredClone(point), WebAssembly)',
    'import { readFileSync } from "node:fs"; readFileSync("a", 5)',
    'Atomics.waitAsync',
    'for (',
  ]) {
    answers.push(await client.compile(code, answers.length));
    await client.commit('all');
  }
  answers.push(await client.complete('point.', 6), await client.inspect('point', 3, 1));
  answers.push(await client.isComplete('if (true) {'), await client.typeChecks('warn'));
  return answers;
}

describe('the language from a snapshot', () => {
  it('answers as the one that loads TypeScript does', async () => {
    const fromSnapshot = start(file);
    const answers = await session(fromSnapshot);
    expect(fromSnapshot.process?.cpuS).toBeGreaterThan(0);
    expect(fromSnapshot.lacksSnapshot).toBe(false);
    const inThread = start(undefined);
    expect(answers).toEqual(await session(inThread));
    expect(inThread.process).toBeUndefined();
  }, 120_000);

  it('honors the tsconfig.json of the folder that it is started in', async () => {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, '{ "compilerOptions": { "strict": false, "strictNullChecks": false } }');
    try {
      const compiled = await start(file).compile('const text: string = null; text', 1);
      expect(compiled.status).toBe('ok');
    } finally {
      rmSync(config);
    }
  }, 60_000);

  it('gives way to the thread, with all that was asked, where the snapshot is broken', async () => {
    const broken = join(folder, 'language-broken.blob');
    writeFileSync(broken, readFileSync(file).subarray(0, 1000));
    const client = start(broken);
    const [compiled, complete] = await Promise.all([
      client.compile('1', 1),
      client.isComplete('1'),
    ]);
    expect([compiled.status, complete.status]).toEqual(['ok', 'complete']);
    expect([client.process, client.lacksSnapshot]).toEqual([undefined, true]);
  }, 60_000);

  it('gives way to the thread where what the snapshot was made of has changed', async () => {
    const copy = join(folder, 'kernel');
    const filter = (path: string): boolean => !/\.(?:map|d\.ts|tsbuildinfo)$/.test(path);
    cpSync(join(packageRoot, 'dist'), join(copy, 'dist'), { recursive: true, filter });
    cpSync(join(packageRoot, 'package.json'), join(copy, 'package.json'));
    const packages = dirname(dirname(requireFromKernel.resolve('typescript/package.json')));
    symlinkSync(packages, join(copy, 'node_modules'));
    const compiled = join(copy, 'dist', 'runtime', 'language');
    const ofCopy = join(folder, 'language-copy.blob');
    const code = `require(${JSON.stringify(join(compiled, 'snapshot', 'make.js'))}).makeSnapshot(${JSON.stringify(ofCopy)})`;
    execFileSync(process.execPath, ['-e', code]);
    const fresh = start(ofCopy);
    expect((await fresh.compile('1', 1)).status).toBe('ok');
    expect(fresh.process).toBeDefined();

    appendFileSync(join(compiled, 'libraries.js'), '\n');
    const stale = start(ofCopy);
    expect((await stale.compile('1', 1)).status).toBe('ok');
    expect([stale.process, stale.lacksSnapshot]).toEqual([undefined, true]);
  }, 120_000);

  it('says so when its process ends, and starts anew with the next question', async () => {
    const client = start(file);
    await client.compile('1', 1);
    const pid = client.process?.pid ?? NaN;
    const asked = client.complete('Math.', 5);
    process.kill(pid, 'SIGKILL');
    await expect(asked).rejects.toThrow('the language process ended (SIGKILL)');
    expect((await client.compile('2', 2)).status).toBe('ok');
    expect(client.process?.pid).not.toBe(pid);
  }, 60_000);
});
