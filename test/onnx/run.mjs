#!/usr/bin/env node
/**
 * Exports every kind of layer in every format, and has Python judge the files: `onnx.checker` with full
 * checks, strict shape inference, and ONNX Runtime's outputs against those of our own predict.
 * Needs the built kernel (`npx tsc -b kernel`). Files are left in build/onnx.
 *
 *   node test/onnx/run.mjs [part of a case's name]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildDir, root, venvPython } from '../../scripts/lib/paths.mjs';

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const require = createRequire(join(root, 'kernel/package.json'));
globalThis.tf = require('@tensorflow/tfjs');
globalThis.halfnote = require(join(root, 'kernel/dist/index.js'));
await halfnote.ensureBackend();

const { floatCases } = await import('./cases/float.mjs');
const { blockCases } = await import('./cases/blocks.mjs');
const { quantizedCases, trainedCases } = await import('./cases/quantized.mjs');
const { refusedCases } = await import('./cases/refused.mjs');

const part = process.argv[2] ?? '';
const folder = join(buildDir, 'onnx');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

let failed = 0;
let passed = 0;
const manifest = [];
for (const { name, write } of [...floatCases(), ...quantizedCases(), ...trainedCases()]) {
  if (!name.includes(part)) continue;
  try {
    manifest.push(save(name, await write()));
  } catch (error) {
    failed++;
    console.log(`✗ ${name}: export\n  ${String(error?.stack ?? error).replaceAll('\n', '\n  ')}`);
  }
  tf.disposeVariables();
}
for (const { name, run } of refusedCases()) {
  if (!name.includes(part)) continue;
  try {
    await run();
    passed++;
    console.log(`✓ ${name}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}\n  ${String(error?.stack ?? error)}`);
  }
}
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
const blocks = [...blockCases()].filter(({ name }) => name.includes(part));
for (const block of blocks) {
  for (const key of ['data', 'packed', 'scales']) {
    const file = `${block.name.replaceAll(/\W+/g, '_')}.${key}.bin`;
    writeFileSync(join(folder, file), block[key]);
    block[key] = file;
  }
}
writeFileSync(join(folder, 'blocks.json'), JSON.stringify(blocks));

const script = join(root, 'test/onnx/check.py');
const judged = spawnSync(venvPython, [script, folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });
process.stdout.write(judged.stdout.replace(/.*\n$/, '') || '');
const counts = /(\d+) passed, (\d+) failed/.exec(judged.stdout);
if (counts === null) console.log(judged.stdout + judged.stderr);
passed += Number(counts?.[1] ?? 0);
failed += Number(counts?.[2] ?? 1);
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;

/** Writes a case's model, inputs and expected outputs, and gives what the judge needs to know. */
function save(name, { bytes, inputs, outputs, ...rest }) {
  const file = name.replaceAll(/[^\w.-]+/g, '_');
  writeFileSync(join(folder, `${file}.onnx`), bytes);
  const store = (tensor, key) => {
    const data = tensor.dataSync();
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    writeFileSync(join(folder, `${file}.${key}.bin`), raw);
    const dtype = tensor.dtype === 'int32' ? 'int32' : 'float32';
    return { file: `${file}.${key}.bin`, shape: tensor.shape, dtype };
  };
  return {
    name,
    file: `${file}.onnx`,
    inputs: inputs.map((tensor, i) => store(tensor, `input${i}`)),
    outputs: outputs.map((tensor, i) => store(tensor, `output${i}`)),
    ...rest,
  };
}
