import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { readInputs, writeInputs } from './inputs.mjs';

/** Less than ONNX Runtime's own quantizer by at most so much. */
const TOLERANCE_DB = 1;
/** With weights of 7 bits on both sides, of models that keep a few dB: 1.6 was seen. */
const TOLERANCE_REDUCED_DB = 2;
/** Where that can't quantize a model, or activations can't be: the noise is at most half of the signal. */
const LEAST_DB = 6;
/** ONNX Runtime's quantizers have no such mode for int8. */
const WEIGHT_ONLY = { error: 'has no such mode' };
const BATCHES = 3;
/** Of the inputs that neither has seen. */
const SHIFTS = [0.6, 1.4, 2.2, 2.6];

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
    held: SHIFTS.map((shift, i) =>
      writeInputs(inputs, { folder, prefix: `${id}.held${i}`, shift }),
    ),
  }));
  const judged = given.filter(({ refused }) => refused === undefined);
  writeFileSync(join(folder, 'quantize.json'), JSON.stringify(judged));
  const script = join(import.meta.dirname, 'quantize_static.py');
  // Meanwhile it is our turn.
  const theirs = run(venvPython, [script, folder]).then(
    (text) =>
      new Map(
        text
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line))
          .map((one) => [one.id, one]),
      ),
  );
  for (const one of given) {
    try {
      const ours = await quantizedAs(one, { folder, tf, halfnote });
      const text =
        one.refused === undefined
          ? compared(ours, (await theirs).get(one.id))
          : `activations refused with the reason; weights alone: ${compared(ours, WEIGHT_ONLY)}`;
      counts.passed++;
      console.log(`✓ ${one.title}, quantized: ${text}`);
    } catch (error) {
      counts.failed++;
      const why = String(error?.stack ?? error).replaceAll('\n', '\n  ');
      console.log(`✗ ${one.title}, quantized\n  ${why}`);
    }
  }
}

async function quantizedAs({ path, calibrate, held, refused }, { folder, tf, halfnote }) {
  const model = await halfnote.loadOnnx(path);
  const examples = calibrate.map((one) => readInputs(one, folder, tf));
  const inputs = held.map((one) => readInputs(one, folder, tf));
  if (refused !== undefined) {
    await assert.rejects(halfnote.quantize(model, { calibrate: examples }), refused);
  }
  const options = refused === undefined ? { calibrate: examples } : { mode: 'weight-only' };
  const small = await halfnote.quantize(model, options);
  const [expected, actual] = [[], []];
  for (const x of inputs) {
    expected.push([await model.predict(x)].flat());
    actual.push([await small.predict(x)].flat());
  }
  const sqnrDb = sqnr(expected, actual);
  const rows = small.nodes.filter(({ execution }) => execution !== undefined);
  const native = rows.filter(({ execution }) => execution === 'native').length;
  await Promise.all([model.dispose(), small.dispose()]);
  tf.dispose([examples, inputs, expected, actual]);
  const { weightBytes, floatWeightBytes } = small;
  const tolerance = halfnote.deviceFacts().int8ReduceRange ? TOLERANCE_REDUCED_DB : TOLERANCE_DB;
  return { sqnrDb, native, products: rows.length, weightBytes, floatWeightBytes, tolerance };
}

function compared({ sqnrDb, native, products, weightBytes, floatWeightBytes, tolerance }, theirs) {
  const least = theirs.sqnrDb === undefined ? LEAST_DB : theirs.sqnrDb - tolerance;
  const their = theirs.sqnrDb?.toFixed(1) ?? `refused (${theirs.error})`;
  const kilobytes = [weightBytes, floatWeightBytes].map((bytes) => Math.round(bytes / 1000));
  const text = `${sqnrDb.toFixed(1)} dB, ONNX Runtime's ${their}; ${native} of ${products} products in integers, ${kilobytes.join(' of ')} KB`;
  assert.ok(sqnrDb >= least, text);
  assert.ok(products > 0 && weightBytes < floatWeightBytes, text);
  return text;
}

/** The mean over the float outputs, each of all inputs, in dB; what is exact counts as 120. */
function sqnr(expected, actual) {
  const found = expected[0].flatMap(({ dtype }, output) => {
    if (dtype !== 'float32') return [];
    let [signal, noise] = [0, 0];
    expected.forEach((outputs, i) => {
      const [a, b] = [outputs[output].dataSync(), actual[i][output].dataSync()];
      signal += a.reduce((sum, v) => sum + v * v, 0);
      noise += a.reduce((sum, v, at) => sum + (v - b[at]) ** 2, 0);
    });
    return [noise === 0 ? 120 : Math.min(120, 10 * Math.log10(signal / noise))];
  });
  return found.reduce((a, b) => a + b, 0) / found.length;
}
