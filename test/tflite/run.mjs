#!/usr/bin/env node
/**
 * Exports every kind of layer, and whole models, to TensorFlow Lite, and has Python judge the files: the
 * interpreter's outputs against those of our own predict, sizes, types of what is computed.
 * Needs the built kernel (`npx tsc -b kernel`). Files are left in build/tflite.
 *
 *   node test/tflite/run.mjs [part of a case's name]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildDir, root } from '../../scripts/lib/paths.mjs';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const require = createRequire(join(root, 'kernel/package.json'));
globalThis.tf = require('@tensorflow/tfjs');
globalThis.halfnote = require(join(root, 'kernel/dist/index.js'));
await halfnote.ensureBackend();
const module = (name) => require(join(root, 'kernel/dist/export/tflite', name));
const { convertJobs } = module('converter.js');
const { findTensorflowPython } = module('find-python.js');

const { fileCases } = await import('./cases.mjs');

const part = process.argv[2] ?? '';
const folder = join(buildDir, 'tflite');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const python = await findTensorflowPython().catch((error) => error);
if (python instanceof Error) {
  const names = [...fileCases(part)].flatMap(({ outputs }) => outputs.map(({ name }) => name));
  for (const name of new Set(names))
    console.log(`skipped: ${name}: ${python.message.split('\n')[0]}`);
  console.log(`0 passed, 0 failed, ${new Set(names).size} skipped`);
  process.exit();
}

let failed = 0;
const manifest = [];
const files = [...fileCases(part)];
const results = await convertJobs(
  python,
  files.map(({ job }) => job),
);
results.forEach((result, i) => {
  const { job, outputs, ...rest } = files[i];
  if (result instanceof Error) {
    const names = new Set(outputs.map(({ name }) => name));
    failed += names.size;
    console.log(`✗ ${[...names].join('; ')}\n  ${String(result.message).replaceAll('\n', '\n  ')}`);
    return;
  }
  const store = (tensor, key) => {
    writeFileSync(join(folder, `${i}.${key}.bin`), tensor.data);
    return { file: `${i}.${key}.bin`, shape: tensor.shape, dtype: tensor.dtype };
  };
  writeFileSync(join(folder, `${i}.tflite`), result.data);
  const ends = job.network;
  manifest.push({
    ...rest,
    file: `${i}.tflite`,
    format: job.format,
    batch: job.batch ?? null,
    inputs: job.check.inputs.map((tensor, k) => ({
      ...store(tensor, `input${k}`),
      name: ends.inputs[k].name,
    })),
    outputs: job.check.outputs.map((tensor, k) => ({
      ...store(tensor, `output${k}`),
      ...outputs[k],
      signature: ends.outputs[k].name,
      reported: result.report.outputs[k].maxAbsError,
    })),
  });
});
const described = { files: manifest, layers: part === '' ? halfnote.TFLITE_LAYERS : null };
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(described));

const judged = spawnSync(python, [join(root, 'test/tflite/check.py'), folder], {
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
});
process.stdout.write(judged.stdout.replace(/.*\n$/, ''));
const counts = /(\d+) passed, (\d+) failed/.exec(judged.stdout);
if (counts === null) console.log(judged.stdout + judged.stderr);
failed += Number(counts?.[2] ?? 1);
console.log(`${counts?.[1] ?? 0} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
