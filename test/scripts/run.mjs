#!/usr/bin/env node
/**
 * Notebooks as scripts: `halfnote convert` makes TypeScript of each notebook, TypeScript itself checks all of
 * them, and Node.js runs them as JavaScript, a case each. What a notebook says of its results, its cells
 * assert. `--whole` runs all notebooks; names given as arguments choose some, for example `training/fp8`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { strict as assert } from 'node:assert';
import { promisify } from 'node:util';
import { buildDir, root } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';
import { notebookOf } from '../lib/notebook-of.mjs';

const load = createRequire(join(root, 'kernel/package.json'));
const typescript = load('typescript');
const { convertNotebook } = load('./dist/cli/convert/convert.js');
const exec = promisify(execFile);
const IMPLICIT_ANY = new Set([7005, 7034]);
const cli = join(root, 'kernel/dist/cli/main.js');
const folder = join(root, 'notebooks');
// Within the checkout, where scripts find `halfnote` and tfjs as after `npm install`.
const scripts = join(buildDir, 'notebook-scripts');
/** Magics of each topic, data, files, found models, a report; none that takes long. */
const SPREAD = [
  'quickstart',
  'energy/what-if',
  'quantization/formats-by-hand',
  'quantization/quantize-a-model-you-found',
  'reports/digits-report',
  'training/amp-loop',
];
const isWhole = process.argv.includes('--whole');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--whole');
const notebooks = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.ipynb') && !name.includes('.ipynb_checkpoints'))
  .map((name) => name.replaceAll('\\', '/').replace(/\.ipynb$/, ''))
  .sort();
const runs = notebooks.filter((name) =>
  chosen.length > 0 ? chosen.some((part) => name.includes(part)) : isWhole || SPREAD.includes(name),
);

async function convert(notebook, to, output) {
  mkdirSync(dirname(output), { recursive: true });
  return exec(process.execPath, [cli, 'convert', notebook, '--to', to, '-o', output]);
}

async function runScript(path) {
  // Studies run on few seeds, as in the suite of notebooks.
  const env = { ...process.env, HALFNOTE_SHORT_FORM: '1' };
  return exec(process.execPath, [path], { env, cwd: buildDir, maxBuffer: 1 << 26 });
}

async function typesAreRight() {
  const files = [];
  for (const name of notebooks) {
    const output = join(scripts, `${name}.mts`);
    mkdirSync(dirname(output), { recursive: true });
    await convertNotebook(join(folder, `${name}.ipynb`), { to: 'ts', output });
    files.push(output);
  }
  const program = typescript.createProgram(files, {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    target: typescript.ScriptTarget.ES2022,
    module: typescript.ModuleKind.NodeNext,
    types: ['node'],
  });
  // An array that is filled in a later cell has no type of its own in a function there.
  const problems = typescript
    .getPreEmitDiagnostics(program)
    .filter(({ code }) => !IMPLICIT_ANY.has(code));
  const text = typescript.formatDiagnostics(problems, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  });
  assert.equal(text, '');
}

/** What ends with a cell in a notebook ends with it in a script. */
async function cellsEnd() {
  const notebook = join(scripts, 'cells.ipynb');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(
    notebook,
    notebookOf([
      "import { precisionStatus } from 'halfnote';\nconst now = () => precisionStatus().policy.compute;",
      '%%precision fp16 --keep "a=fp32"\nconsole.log(`in it: ${now()}`);',
      'console.log(`after it: ${now()}`);',
      '%%time\nlet sum = 0;\nfor (let i = 0; i < 1e6; i++) sum += i;',
      "console.log('after the time');",
      '%%carbon --region FRA\nconst sum = 1;',
      'Promise.resolve(sum + 1)',
      "import * as tf from '@tensorflow/tfjs';\ntf.tensor([1, 2])",
      'undefined',
      "({ a: 'x' })",
    ]),
  );
  const script = join(scripts, 'cells.mjs');
  await convert(notebook, 'js', script);
  const { stdout, stderr } = await runScript(script);
  const lines = stdout.split('\n');
  assert.equal(stderr, '');
  assert.ok(lines.includes('in it: fp16') && lines.includes('after it: fp32'), stdout);
  const at = (pattern) => lines.findIndex((line) => pattern.test(line));
  assert.ok(at(/^Wall time: /) > 0 && at(/^Wall time: /) < at(/^after the time$/), stdout);
  assert.ok(at(/CO2e/) > at(/^after the time$/) && at(/CO2e/) < at(/^2$/), stdout);
  assert.deepEqual(lines.slice(at(/^2$/)), [
    '2',
    'Tensor float32 [2]',
    '    [1, 2]',
    "{ a: 'x' }",
    '',
  ]);
}

const cases = {};
if (chosen.length === 0) {
  cases[`${notebooks.length} notebooks are TypeScript without an error`] = typesAreRight;
  cases['what holds for a cell ends with it'] = cellsEnd;
}
for (const name of runs) {
  cases[`${name} runs by itself`] = async () => {
    const script = join(scripts, `${name}.mjs`);
    await convert(join(folder, `${name}.ipynb`), 'js', script);
    const { stdout, stderr } = await runScript(script).catch(({ stdout, stderr }) => {
      throw new Error(`${stdout.slice(-2000)}\n${stderr}`);
    });
    assert.notEqual(stdout.trim(), '', 'it printed nothing');
    assert.equal(stderr, '');
    assert.equal(readFileSync(script, 'utf8').includes('(await import('), false);
  };
}
rmSync(scripts, { recursive: true, force: true });
await runCases(cases);
