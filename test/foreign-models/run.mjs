#!/usr/bin/env node
/**
 * Models as others publish them: those in ONNX loaded by `loadOnnx`, run on the same inputs as in Python's
 * ONNX Runtime, then quantized beside its own quantizer; GraphModels as layers, in fp32 and int8, beside the
 * graph itself. Packages come from their registries once and stay in build/foreign-models; where one
 * doesn't answer, its models are skipped. Needs the built kernel (`npx tsc -b kernel`).
 *
 *   node test/foreign-models/run.mjs [part of a package's name]
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { buildDir, root, venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { Missing } from '../../scripts/lib/requirements.mjs';
import { fetched } from './fetch.mjs';
import { GRAPH_PACKAGES } from './graph-packages.mjs';
import { readInputs, writeInputs } from './inputs.mjs';
import { PACKAGES } from './packages.mjs';
import { judgeQuantized } from './quantized.mjs';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const require = createRequire(join(root, 'kernel/package.json'));
const tf = require('@tensorflow/tfjs');
const halfnote = require(join(root, 'kernel/dist/index.js'));
const { ensureBackend, loadOnnx } = halfnote;
await ensureBackend();
const { checkGraphModel } = await import('./graph-models.mjs');

/** Of the largest value of an output: both compute in float32, in an order of their own. */
const TOLERANCE = 2e-3;

const part = process.argv[2] ?? '';
const cache = join(buildDir, 'foreign-models');
const folder = join(cache, 'run');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const counts = { passed: 0, failed: 0, skipped: 0 };

const chosen = (packages) =>
  Promise.all(packages.filter(({ name }) => name.includes(part)).map(casesOf));
const cases = [
  {
    title:
      'weights in a file beside the model, as torch.onnx.export and onnx.save_model write them',
    path: join(folder, 'm.onnx'),
    spread: true,
    inputs: { x: { shape: [3, 64] } },
  },
  ...(await chosen(PACKAGES)).flat(),
].map((one, i) => ({
  ...one,
  id: String(i),
  files: writeInputs(one.inputs, { folder, prefix: `${i}` }),
}));
const manifest = cases.map(({ files, ...one }) => ({ ...one, inputs: files }));
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
const judged = await run(venvPython, [join(import.meta.dirname, 'judge.py'), folder]);
const expected = new Map(
  judged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ id, outputs }) => [id, outputs]),
);
for (const one of cases) {
  await tried(one, async () => {
    const worst = await compare(one);
    return `differs by ${worst.toExponential(1)} of the largest value`;
  });
}
await judgeQuantized(cases, { folder, tf, halfnote, counts });
for (const one of (await chosen(GRAPH_PACKAGES)).flat()) {
  await tried(one, () => checkGraphModel(one));
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function tried(one, check) {
  try {
    const seen = await check();
    counts.passed++;
    console.log(`✓ ${one.title} (${seen})`);
  } catch (error) {
    counts.failed++;
    console.log(`✗ ${one.title}\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
  }
}

async function casesOf(wanted) {
  const { registry, name, version, license, models } = wanted;
  const titled = models.map(({ file, does, ...model }) => ({
    ...model,
    file,
    title: `${name} ${version} (${registry}, ${license}): ${basename(file)} ${does}`,
  }));
  try {
    const at = await fetched(wanted, cache);
    return titled.map(({ file, ...one }) => ({ ...one, path: join(at, file) }));
  } catch (error) {
    const isSkipped = error instanceof Missing;
    counts[isSkipped ? 'skipped' : 'failed'] += models.length;
    const how = isSkipped ? '- ' : '✗ ';
    for (const { title } of titled) console.log(`${how}${title}: ${error.message}`);
    return [];
  }
}

/** The largest difference between what the model gives here and there, as a share of the largest value. */
async function compare({ id, path, files }) {
  const model = await loadOnnx(path);
  const given = readInputs(files, folder, tf);
  const outputs = [await model.predict(given)].flat();
  const wanted = expected.get(id);
  assert.deepEqual(
    model.outputs.map(({ name }) => name),
    wanted.map(({ name }) => name),
  );
  let worst = 0;
  outputs.forEach((tensor, i) => {
    const { name, shape, file } = wanted[i];
    assert.deepEqual(tensor.shape, shape, `shape of ${name}`);
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, file));
    const values = new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
    const actual = tensor.dataSync();
    const largest = values.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    assert.ok(largest > 0 && new Set(values).size > 1, `${name} says nothing`);
    const off = values.reduce((most, y, at) => Math.max(most, Math.abs(y - actual[at])), 0);
    assert.ok(
      off <= TOLERANCE * largest,
      `${name} is off by ${off} where the largest is ${largest}`,
    );
    worst = Math.max(worst, off / largest);
  });
  await model.dispose();
  tf.dispose([outputs, given]);
  return worst;
}
