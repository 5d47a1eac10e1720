import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const require = createRequire(join(root, 'kernel/package.json'));
const tf = require('@tensorflow/tfjs');
const { deviceFacts, layersModelOf, quantize } = require(join(root, 'kernel/dist/index.js'));

/** Of the largest value of an output: the layers run the graph's own ops, but for constants joined. */
const TOLERANCE = 1e-5;
/** Seen at most 7.2 dB: where a processor adds products in 16 bits weights have 7 bits, and one bit is worth 6 dB. */
const LOST_BIT_DB = 8;
const CALIBRATION_ROWS = 4;
const ROWS = 2;

/**
 * A published GraphModel as layers: in fp32 they give what the graph gives, row by row, and in int8 what
 * is near it.
 * @param {import('./graph-packages.mjs').GraphFile & {path: string}} one
 * @returns {Promise<string>} what was seen
 */
export async function checkGraphModel({
  path,
  range,
  sqnrDb,
  inputs,
  outputs,
  tolerance = TOLERANCE,
}) {
  const graph = await load(path);
  const layers = layersModelOf(graph, {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  });
  const [input] = layers.inputs;
  const rows = input.shape[0] ?? ROWS;
  const x = example(input, rows, range, 77);
  const wanted = oneByOne(graph, input.name, x, outputs);
  const fp32 = [layers.predict(x)].flat();
  const off = wanted.map((values, i) => difference(fp32[i], values));
  off.forEach((share, i) => assert.ok(share <= tolerance, `output ${i} is off by ${share}`));
  const calibrate = example(input, input.shape[0] ?? CALIBRATION_ROWS, range, 11);
  const small = await quantize(layers, { calibrate });
  const int8 = [small.predict(x)].flat();
  const found = Math.min(...wanted.map((values, i) => signalToNoiseDb(int8[i], values)));
  const least = sqnrDb - (deviceFacts().int8ReduceRange ? LOST_BIT_DB : 0);
  assert.ok(found >= least, `int8 has an SQNR of ${found} dB, of ${least} dB that it had`);
  const integers = small.layers.filter(({ format }) => format === 'int8').length;
  small.dispose();
  layers.dispose();
  graph.dispose();
  tf.dispose([x, calibrate, wanted, fp32, int8]);
  const kinds = `${integers} of ${small.layers.length} layers with int8 weights`;
  return `fp32 differs by ${Math.max(...off).toExponential(1)}, int8 has ${found.toFixed(1)} dB, ${kinds}`;
}

async function load(path) {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  const files = json.weightsManifest.flatMap(({ paths }) => paths);
  const data = Buffer.concat(files.map((file) => readFileSync(join(dirname(path), file))));
  return tf.loadGraphModel(
    tf.io.fromMemory({
      ...json,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: Uint8Array.from(data).buffer,
    }),
  );
}

/** What the graph itself gives for each row, in its own executor. */
function oneByOne(graph, name, x, outputs) {
  return tf.tidy(() => {
    const rows = Array.from({ length: x.shape[0] }, (_, i) => tf.slice(x, [i], [1]));
    const results = rows.map((row) =>
      [outputs === undefined ? graph.execute(row) : graph.execute({ [name]: row }, outputs)].flat(),
    );
    return results[0].map((_, i) => tf.concat(results.map((result) => result[i])));
  });
}

/** Images of soft shapes, or tones. */
function example({ shape, dtype }, rows, [low, high], seed) {
  return tf.tidy(() => {
    const [, ...sizes] = shape;
    const noise = (places, salt) =>
      tf.image.resizeBilinear(
        tf.randomUniform([rows, places, places, sizes.at(-1)], 0, 1, 'float32', seed + salt),
        [sizes[0], sizes[1]],
      );
    if (sizes.length === 3) {
      const share = tf.clipByValue(
        tf.add(tf.mul(noise(6, 0), 0.8), tf.mul(noise(24, 1), 0.3)),
        0,
        1,
      );
      return tf.cast(tf.add(tf.mul(share, high - low), low), dtype);
    }
    const steps = tf.reshape(tf.range(0, sizes[0]), [1, ...sizes]);
    const pitch = tf.add(0.02, tf.randomUniform([rows, 1, 1], 0, 0.05, 'float32', seed));
    return tf.mul(tf.sin(tf.mul(steps, pitch)), high / 2);
  });
}

function difference(actual, wanted) {
  assert.deepEqual(actual.shape, wanted.shape);
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(wanted)).dataSync()[0];
    assert.ok(largest > 0, 'the output says nothing');
    return tf.max(tf.abs(tf.sub(actual, wanted))).dataSync()[0] / largest;
  });
}

function signalToNoiseDb(actual, wanted) {
  const [given, values] = [actual.dataSync(), wanted.dataSync()];
  assert.ok(given.every(Number.isFinite), 'int8 gives what is no number');
  const power = values.reduce((sum, y) => sum + y * y, 0);
  const noise = values.reduce((sum, y, i) => sum + (y - given[i]) ** 2, 0);
  return 10 * Math.log10(power / noise);
}
