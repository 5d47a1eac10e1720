import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestNotebook } from '../../../test/support/runtime-notebook';

let notebook: TestNotebook;

beforeAll(async () => {
  notebook = await TestNotebook.open();
});
afterAll(async () => {
  await notebook.close();
});

const HOST = `(globalThis as any)[Symbol.for('halfnote.host')]`;

it('keeps the order of streams, displays and the result', async () => {
  const { outputs } = await notebook.run(
    `console.log('one');\n${HOST}.display({ data: { 'text/plain': 'two' }, update: false });\nconsole.error('three');\n'four'`,
  );
  expect(outputs).toEqual([
    { kind: 'stream', name: 'stdout', text: 'one\n' },
    { kind: 'display', output: { data: { 'text/plain': 'two' }, update: false } },
    { kind: 'stream', name: 'stderr', text: 'three\n' },
    { kind: 'result', data: { 'text/plain': `'four'` }, metadata: {} },
  ]);
});

it("shows a user's experimental warning, and none about the kernel's own use of Node.js", async () => {
  const own = await notebook.run(`const { sep } = await import('path'); sep.length`);
  expect([own.stderr, own.result]).toEqual(['', '1']);
  const { stderr } = await notebook.run(
    `process.emitWarning('mine', 'ExperimentalWarning'); await new Promise((f) => setTimeout(f, 50));`,
  );
  expect(stderr).toContain('ExperimentalWarning: mine');
});

it("leaves what the user's code and packages write to stderr there, and nothing that we do", async () => {
  const folder = join(notebook.cwd, 'node_modules', 'grumbler');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.js'),
    `console.warn('loaded'); process.emitWarning('old', 'DeprecationWarning');
     exports.grumble = () => console.warn('called'); exports.call = (callback) => callback();`,
  );
  const theirs = await notebook.run(
    `const { grumble, call } = require('grumbler'); grumble(); call(() => console.error('mine')); await new Promise((f) => setTimeout(f, 50));`,
  );
  expect(theirs.stdout).toBe('');
  for (const words of ['loaded', 'DeprecationWarning: old', 'called', 'mine'])
    expect(theirs.stderr).toContain(words);

  const ours = await notebook.run(
    `import * as tf from '@tensorflow/tfjs';
     tf.registerKernel({ kernelName: 'Add', backendName: 'tensorflow', kernelFunc: tf.getKernel('Add', 'tensorflow').kernelFunc });
     tf.registerGradient({ kernelName: 'Add', gradFunc: tf.getGradient('Add').gradFunc });`,
  );
  expect(ours.outcome).toEqual({ status: 'ok' });
  expect(ours.stderr).toBe('');
  expect(ours.stdout).toContain("'Add'");
});

it('splits a huge text between characters', async () => {
  const { stdout, outputs } = await notebook.run(
    `process.stdout.write('a' + '😀'.repeat(1 << 20)); undefined`,
  );
  expect(stdout).toBe(`a${'😀'.repeat(1 << 20)}`);
  expect(outputs.length).toBeGreaterThan(1);
  const wellFormed = outputs.map(
    (output) => output.kind === 'stream' && Buffer.from(output.text).toString() === output.text,
  );
  expect(wellFormed).toEqual(outputs.map(() => true));
});

it('delivers all lines of a loop that never yields, in few messages', async () => {
  const { stdout, outputs } = await notebook.run(`for (let i = 0; i < 5000; i++) console.log(i);`);
  expect(stdout).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(''));
  expect(outputs.length).toBeLessThan(500);
});

it('shows what was printed while the cell is still busy', async () => {
  const running = notebook.run(
    `console.log('started'); const end = Date.now() + 1500; while (Date.now() < end); 'done'`,
  );
  const count = notebook.lastCount;
  await notebook.until(() => notebook.seen(count).stdout === 'started\n');
  expect(notebook.seen(count).result).toBeUndefined();
  expect((await running).result).toBe(`'done'`);
});

it('delivers a large output whole', async () => {
  const { stdout } = await notebook.run(
    `process.stdout.write('x'.repeat(9_000_000)); process.stdout.write('end');`,
  );
  expect(stdout.length).toBe(9_000_003);
  expect(stdout.endsWith('xend')).toBe(true);
});

it('ends a flood of text where the limit is, and says so', async () => {
  const { stdout, stderr, result } = await notebook.run(
    `process.stdout.write('x'.repeat(20_000_000)); 'done'`,
  );
  expect(stdout.slice(0, 10_000_000)).toBe('x'.repeat(10_000_000));
  expect(stderr).toBe('');
  expect(stdout.slice(10_000_000)).toMatch(
    /more than 10 MB: the rest is not shown.*HALFNOTE_STREAM_LIMIT_MB/,
  );
  expect(result).toBe("'done'");
});

it('delivers 50 MB of display data', async () => {
  const { outputs } = await notebook.run(
    `({ _toMime: () => ({ 'text/html': 'x'.repeat(50_000_000) }) })`,
  );
  const data = outputs.map((output) => (output.kind === 'result' ? output.data : {}));
  expect(data.map((bundle) => (bundle['text/html'] as string).length)).toEqual([50_000_000]);
});

it('shows the bytes of a picture as one', async () => {
  const gif = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  const { outputs } = await notebook.run(`Buffer.from('${gif}', 'base64')`);
  expect(outputs).toMatchObject([{ kind: 'result', data: { 'image/gif': gif } }]);
  expect(outputs[0]).toHaveProperty(
    ['data', 'text/plain'],
    expect.stringContaining('<Buffer 47 49'),
  );
});

it('joins characters that are written in pieces', async () => {
  const { stdout } = await notebook.run(
    `const bytes = Buffer.from('é€😀'); for (const byte of bytes) process.stdout.write(Buffer.from([byte])); undefined`,
  );
  expect(stdout).toBe('é€😀');
});

it('gives late output of a timer to the cell that set it', async () => {
  await notebook.run(`setTimeout(() => console.log('late'), 150); undefined`);
  const late = notebook.lastCount;
  await notebook.run(`console.log('between')`);
  await notebook.until(() => notebook.seen(late).stdout === 'late\n');
  expect(notebook.seen(notebook.lastCount).stdout).toBe('between\n');
});

it('gives output after an awaited timer to the cell that awaits, though another cell runs meanwhile', async () => {
  await notebook.run(
    `async function later() { for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 60)); console.log('tick', i); } }\nvoid later();`,
  );
  const ticking = notebook.lastCount;
  const { stdout } = await notebook.run(
    `await new Promise((r) => setTimeout(r, 300)); console.log('mine')`,
  );
  expect(notebook.seen(ticking).stdout).toBe('tick 0\ntick 1\ntick 2\n');
  expect(stdout).toBe('mine\n');
});

it('shows what a child process writes to the inherited stdout', async () => {
  await notebook.run(
    `import { spawnSync } from 'node:child_process';\nspawnSync('echo', ['native words'], { stdio: 'inherit' }).status`,
  );
  const count = notebook.lastCount;
  await notebook.until(() => notebook.seen(count).stdout.includes('native words\n'));
});

it('asks the kernel process and gets its answer or its error', async () => {
  expect(
    (await notebook.run(`(await ${HOST}.call('energy.report', { n: 1 })).echoed`)).result,
  ).toBe('{ n: 1 }');
  const { result } = await notebook.run(
    `await ${HOST}.call('fail', {}).catch((e) => e.name + ': ' + e.message)`,
  );
  expect(result).toBe(`'RangeError: refused'`);
  expect(notebook.calls.map(({ method }) => method)).toEqual(['energy.report', 'fail']);
});

it('tells listeners once that the cell ended, also when it failed', async () => {
  const { stdout } = await notebook.run(
    `${HOST}.onCellEnd(() => console.log('ended')); throw new Error('x');`,
  );
  expect(stdout).toBe('ended\n');
  expect((await notebook.run('1')).stdout).toBe('');
});

it('forwards a request to clear the output', async () => {
  expect((await notebook.run(`${HOST}.clearOutput(true)`)).outputs).toEqual([
    { kind: 'clear', wait: true },
  ]);
});
