import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { readInputs, writeInputs } from './inputs.mjs';

/** Less than ONNX Runtime's own quantizer by at most so much. */
const TOLERANCE_DB = 1;
/** Where that can't quantize a model: more than this is no accident. */
const LEAST_DB = 10;
const BATCHES = 2;

/**
 * Models quantized to INT8 by `quantize`, beside ONNX Runtime's `quantize_static` with the same examples:
 * QDQ, per channel, min-max; both on inputs that neither has seen.
 * @param {readonly object[]} cases of run.mjs
 * @param {{folder: string, tf: object, halfnote: object, counts: object}} tools
 */
export async function judgeQuantized(cases, { folder, tf, halfnote, counts }) {
  const { int8ReduceRange: reduceRange } = halfnote.deviceFacts();
  const given = cases.map(({ id, path, inputs, title, refused }) => ({
    id,
    path,
    title,
    refused,
    reduceRange,
    calibrate: Array.from({ length: BATCHES }, (_, i) =>
      writeInputs(inputs, { folder, prefix: `${id}.calibrate${i}`, shift: i + 1 }),
    ),
    held: writeInputs(inputs, { folder, prefix: `${id}.held`, shift: BATCHES + 1.5 }),
  }));
  const judged = given.filter(({ refused }) => refused === undefined);
  writeFileSync(join(folder, 'quantize.json'), JSON.stringify(judged));
  const script = join(import.meta.dirname, 'quantize_static.py');
  const lines = (await run(venvPython, [script, folder]))
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const theirs = new Map(lines.map((line) => JSON.parse(line)).map((one) => [one.id, one]));
  for (const one of given) {
    try {
      const text = await judge(one, theirs.get(one.id), { folder, tf, halfnote });
      counts.passed++;
      console.log(`✓ ${one.title}, quantized: ${text}`);
    } catch (error) {
      counts.failed++;
      const why = String(error?.stack ?? error).replaceAll('\n', '\n  ');
      console.log(`✗ ${one.title}, quantized\n  ${why}`);
    }
  }
}

async function judge({ path, calibrate, held, refused }, theirs, { folder, tf, halfnote }) {
  const model = await halfnote.loadOnnx(path);
  const examples = calibrate.map((one) => readInputs(one, folder, tf));
  const x = readInputs(held, folder, tf);
  if (refused !== undefined) {
    await assert.rejects(halfnote.quantize(model, { calibrate: examples }), refused);
    return 'refused with its reason';
  }
  const small = await halfnote.quantize(model, { calibrate: examples });
  const [expected, actual] = [[await model.predict(x)].flat(), [await small.predict(x)].flat()];
  const ours = sqnr(expected, actual);
  const rows = small.nodes.filter(({ execution }) => execution !== undefined);
  const native = rows.filter(({ execution }) => execution === 'native').length;
  await Promise.all([model.dispose(), small.dispose()]);
  tf.dispose([examples, x, expected, actual]);
  const least = theirs.sqnrDb === undefined ? LEAST_DB : theirs.sqnrDb - TOLERANCE_DB;
  const their = theirs.sqnrDb?.toFixed(1) ?? `refused (${theirs.error})`;
  const text = `${ours.toFixed(1)} dB, ONNX Runtime's ${their}; ${native} of ${rows.length} products in integers, ${Math.round(small.weightBytes / 1000)} of ${Math.round(small.floatWeightBytes / 1000)} KB`;
  assert.ok(ours >= least, text);
  assert.ok(rows.length > 0 && small.weightBytes < small.floatWeightBytes, text);
  return text;
}

/** The mean over the float outputs, in dB; what is exact counts as 120. */
function sqnr(expected, actual) {
  const found = expected.flatMap((tensor, i) => {
    if (tensor.dtype !== 'float32') return [];
    const [a, b] = [tensor.dataSync(), actual[i].dataSync()];
    const signal = a.reduce((sum, v) => sum + v * v, 0);
    const noise = a.reduce((sum, v, at) => sum + (v - b[at]) ** 2, 0);
    return [noise === 0 ? 120 : Math.min(120, 10 * Math.log10(signal / noise))];
  });
  return found.reduce((a, b) => a + b, 0) / found.length;
}
