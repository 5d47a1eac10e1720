#!/usr/bin/env node
/**
 * The tools that people have for notebooks, each run as they run it: papermill, jupytext, nbconvert's scripts,
 * nbval, nbdime, a Kernel Gateway. They lie in `.venv-tools`. Arguments choose cases by a part of their names.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strict as assert } from 'node:assert';
import { promisify } from 'node:util';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';
import { notebookOf } from '../lib/notebook-of.mjs';
import { tools } from './environment.mjs';

await tools.setUp();
const exec = promisify(execFile);
// Scripts find `halfnote` from there, as after `npm install`.
mkdirSync(buildDir, { recursive: true });
const folder = mkdtempSync(join(buildDir, 'tools-'));
const at = (name) => join(folder, name);
const env = { ...tools.variables(), NO_COLOR: '1' };

/** What a program of the environment prints; fails as it does. */
async function tool(name, ...args) {
  const options = { env, cwd: folder, maxBuffer: 1 << 26 };
  const { stdout, stderr } = await exec(tools.program(name), args, options);
  return stdout + stderr;
}

/** The same of one that has to fail. */
const failing = (name, ...args) =>
  tool(name, ...args).then(
    (said) => assert.fail(`it should have failed, and said: ${said}`),
    ({ stdout, stderr }) => stdout + stderr,
  );

const python = async (script, ...args) =>
  JSON.parse(
    (
      await exec(tools.program('python'), [join(root, 'test/tools', script), ...args], {
        env,
        cwd: folder,
        maxBuffer: 1 << 26,
      })
    ).stdout,
  );

const write = (name, cells) => writeFileSync(at(name), notebookOf(cells));
const read = (name) => JSON.parse(readFileSync(at(name), 'utf8'));
const textOf = ({ text }) => [text].flat().join('');

const PARAMETERS = [
  "let epochs: number = 3; // how often\nconst format: 'fp32' | 'bf16' = 'fp32';\nconst sizes = [16];",
  "const half: number = epochs / 2;\nif (format === 'fp32') console.log('single');\nconsole.log(half, format, sizes, name);",
];
const parameterized = () => {
  write('parameters.ipynb', [
    { source: `${PARAMETERS[0]}\nlet name = 'x';`, tags: ['parameters'] },
    PARAMETERS[1],
  ]);
};

/** A port that is free now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until the gateway says where it listens. */
function listening(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const [url] = / at (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.slice(1) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`the gateway ended: ${said}`)));
  });
}

const all = {
  'papermill sets parameters': async () => {
    parameterized();
    writeFileSync(
      at('values.yaml'),
      'epochs: 5\nformat: bf16\nsizes: [1, 2]\nname: "it\'s \\"q\\"\\n`${x}` \\u00fc"\n',
    );
    await tool(
      'papermill',
      'parameters.ipynb',
      'set.ipynb',
      ...['-f', 'values.yaml', '--no-progress-bar', '-p', 'epochs', '7'],
    );
    const [, injected, cell] = read('set.ipynb').cells;
    assert.deepEqual(injected.metadata.tags, ['injected-parameters']);
    assert.equal(
      [injected.source].flat().join(''),
      "// Parameters\nlet epochs: number = 7;\nconst format: 'fp32' | 'bf16' = \"bf16\";\n" +
        'const sizes = [1, 2];\nlet name = "it\'s \\"q\\"\\n`${x}` ü";\n',
    );
    assert.equal(textOf(cell.outputs[0]), '3.5 bf16 [ 1, 2 ] it\'s "q"\n`${x}` ü\n');
    const refused = await failing(
      ...['papermill', 'parameters.ipynb', 'no.ipynb', '-p', 'format', 'fp64'],
    );
    assert.match(refused, /Type '"fp64"' is not assignable to type '"fp32" \| "bf16"'/);
  },
  'papermill tells the parameters': async () => {
    parameterized();
    const help = await tool('papermill', '--help-notebook', 'parameters.ipynb');
    assert.match(help, /epochs: number \(default 3\) +how often/);
    assert.match(help, /format: 'fp32' \| 'bf16' \(default 'fp32'\)/);
  },
  'papermill writes any value, and refuses what TypeScript has not': async () => {
    const { inspected, typed, unsafe, named, values } = await python('parameters.py');
    assert.deepEqual(inspected, [
      ['epochs', 'number', '3', 'how often'],
      ['format', "'fp32' | 'bf16'", "'fp32'", 'of products'],
      ['layers', 'number[]', '[ 16, 8, ]', ''],
      ['name', 'string', '`a;b`', ''],
      ['seen', 'bigint', '3n', ''],
      ['table', 'Map<string, Array<number>>', 'new Map<string, Array<number>>()', ''],
      ['rate', 'number', '-0.1', ''],
      ['last', 'None', '{ a: "=;" }.a', ''],
    ]);
    assert.deepEqual(typed.split('\n'), [
      '// Parameters',
      'let epochs: number = 2;',
      "const format: 'fp32' | 'bf16' = \"bf16\";",
      'let seen: bigint = 5n;',
      'let rate: any = null;',
      'let extra: any[] = [];',
      '',
    ]);
    assert.match(unsafe, /epochs is 9007199254740992, .* up to 9007199254740991 only: declare/);
    for (const refused of named) assert.match(refused, /"(a-b|class)" is no name/);
    const evaluated = values.map((text) => new Function(`return ${text}`)());
    assert.deepEqual(evaluated.slice(0, 7), [
      ...[null, true, Number.MAX_SAFE_INTEGER, -(2n ** 53n), 1e300, NaN, -Infinity],
    ]);
    assert.deepEqual(evaluated.slice(7, 9), ['"\'`\\\n\u2028${x}ü😀', '\ud800']);
    assert.deepEqual(evaluated[9], [1, [], {}]);
    assert.deepEqual(Object.keys(evaluated[10]), ['__proto__', 'b c', 'true', 'null']);
    assert.equal(Object.getPrototypeOf(evaluated[10]), Object.prototype);
  },
  'jupytext keeps every cell of our notebooks': async () => {
    const formats = ['ts:percent', 'ts:light', 'md', 'md:myst'];
    const { count, problems } = await python('round_trips.py', join(root, 'notebooks'), ...formats);
    assert.deepEqual(problems, []);
    assert.ok(count > 30, `only ${count} notebooks`);
    write('magics.ipynb', ['%precision bf16 --keep "a=fp32"', '%%time\nconst a = 7\n% 3;']);
    await tool('jupytext', '--to', 'ts:percent', 'magics.ipynb');
    await tool('jupytext', '--to', 'ipynb', '-o', 'back.ipynb', 'magics.ts');
    const sources = (name) => read(name).cells.map(({ source }) => [source].flat().join(''));
    assert.deepEqual(sources('back.ipynb'), sources('magics.ipynb'));
  },
  'nbconvert makes a script that runs': async () => {
    write('script.ipynb', [
      "%precision bf16\nimport { precisionStatus } from 'halfnote';",
      'const x: number = 1;\ninterface A { a: number }',
      "const x: string = 'two';\nconsole.log(x, precisionStatus().policy.compute);\nx.length",
    ]);
    await tool('jupyter', 'nbconvert', '--to', 'script', 'script.ipynb');
    const script = readFileSync(at('script.mts'), 'utf8');
    assert.match(script, /const x_2: string = 'two';/);
    const halfnote = join(root, 'kernel/dist/cli/main.js');
    const { stdout: js } = await exec(process.execPath, [
      ...[halfnote, 'convert', at('script.ipynb'), '--to', 'js', '-o', '-'],
    ]);
    writeFileSync(at('script.mjs'), js);
    const { stdout } = await exec(process.execPath, [at('script.mjs')], { env });
    assert.match(stdout, /two bf16\n3\n$/);
    // As it stands, where Node.js takes types away itself.
    const [major, minor] = process.versions.node.split('.').map(Number);
    if (major > 22 || (major === 22 && minor >= 18)) {
      const own = await exec(process.execPath, [at('script.mts')], { env });
      assert.equal(own.stdout, stdout);
    }
  },
  'nbconvert leaves notebooks of other kernels as they are': async () => {
    const deno = JSON.parse(notebookOf(['const x = 1;\nx']));
    deno.metadata.kernelspec = { name: 'deno', display_name: 'Deno', language: 'typescript' };
    writeFileSync(at('deno.ipynb'), JSON.stringify(deno));
    await tool('jupyter', 'nbconvert', '--to', 'script', 'deno.ipynb');
    assert.match(readFileSync(at('deno.ts'), 'utf8'), /const x = 1;\nx\s*$/);
  },
  'nbval passes what is right, and tells what is not': async () => {
    write('right.ipynb', [
      "import * as tf from '@tensorflow/tfjs';\nconst sum = tf.tensor([1, 2.5]).sum().dataSync()[0];",
      "console.log('sum', sum);\n[sum]",
    ]);
    await tool('jupyter', 'execute', '--inplace', 'right.ipynb');
    const executed = readFileSync(at('right.ipynb'), 'utf8');
    assert.match(executed, /sum 3\.5/);
    assert.match(await tool('pytest', '--nbval', 'right.ipynb'), /2 passed/);
    writeFileSync(at('wrong.ipynb'), executed.replaceAll('sum 3.5', 'sum 9'));
    const said = await failing('pytest', '--nbval', 'wrong.ipynb');
    assert.match(said, /'sum 9\\n' == 'sum 3\.5\\n'/);
    assert.match(said, /1 failed, 1 passed/);
  },
  'nbdime shows the figures that differ, and nothing else': async () => {
    write('run.ipynb', [
      "%precision\nimport { measureEnergy } from 'halfnote';",
      "const run = await measureEnergy('spin', () => { for (let i = 0; i < 1e7; i++); });\nconsole.log('done');\nrun.durationS",
      '%inspect 0.1',
    ]);
    for (const name of ['a.ipynb', 'b.ipynb'])
      await tool('jupyter', 'execute', '--output', name, 'run.ipynb');
    const said = await tool('nbdiff', '--no-color', '--ignore-metadata', 'a.ipynb', 'b.ipynb');
    const headings = said.split('\n').filter((line) => line.startsWith('##'));
    assert.ok(headings.length > 0, 'two measurements are never the same');
    assert.ok(
      headings.every((line) => /^## [\w ]+ \/cells\/1\/outputs\/1[/:]/.test(line)),
      headings.join('\n'),
    );
    const whole = await tool('nbdiff', '--no-color', 'a.ipynb', 'b.ipynb');
    const metadata = whole.split('\n').filter((line) => /^##.*metadata/.test(line));
    assert.ok(
      metadata.every((line) => line.includes('/metadata/execution')),
      metadata.join('\n'),
    );
  },
  'a Kernel Gateway starts, runs and interrupts a kernel': async () => {
    const port = await freePort();
    const args = ['kernelgateway', '--ip=127.0.0.1', `--port=${port}`, '--debug'];
    const gateway = spawn(tools.program('jupyter'), args, {
      env: { ...env, JUPYTER_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'gateway-')) },
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const url = await listening(gateway);
      const { sum, precision, interrupt, after, gone } = await python('gateway.py', url);
      assert.equal(sum[1][0].data['text/plain'], '2');
      assert.equal(precision[0].status, 'ok');
      assert.match(precision[1][0].data['text/plain'], /^Precision: bf16/);
      assert.equal(interrupt[0].status, 'error');
      assert.equal(interrupt[0].ename, 'Interrupted');
      assert.equal(after[1][0].data['text/plain'], '4');
      assert.equal(gone, 404);
    } finally {
      gateway.kill();
      if (gateway.exitCode === null) await new Promise((resolve) => gateway.once('exit', resolve));
    }
  },
};

const chosen = process.argv.slice(2);
const cases = Object.entries(all).filter(
  ([name]) => chosen.length === 0 || chosen.some((part) => name.includes(part)),
);
try {
  await runCases(Object.fromEntries(cases));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
