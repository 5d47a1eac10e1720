import assert from 'node:assert/strict';
import { examples, network, NETWORKS, trained } from '../lib/networks.mjs';

/** By how much the last epoch's loss may differ from that in fp32, of the loss that the training began with. */
const TOLERANCE = { tf32: 0.02, bf16: 0.05, fp16: 0.02, fp8: 0.1 };

/** Beyond every gradient's range in fp16: the first steps overflow. */
const TOO_HIGH = 2 ** 30;

/** Trainings in each format against fp32, from the same weights and examples. */
export const trainingCases = {
  ...Object.fromEntries(
    Object.keys(NETWORKS).flatMap((name) =>
      Object.keys(TOLERANCE).map((format) => [
        `a ${name} trained in ${format} ends where fp32 does`,
        (setting) => asInFp32(setting, name, format),
      ]),
    ),
  ),
  'fp16: a loss scale that is too high is lowered, and the training goes on': lossScaling,
  'a training leaves nothing in native memory': leavesNothing,
};

/** The fp32 training of each network, once. */
const references = new Map();

async function run({ tf, halfnote }, name, format) {
  const model = network(tf, name);
  const data = examples(tf, name);
  halfnote.setPrecision(format);
  try {
    return await trained(tf, model, data);
  } finally {
    halfnote.setPrecision('fp32');
    model.dispose();
    tf.dispose(data);
  }
}

async function asInFp32(setting, name, format) {
  if (!references.has(name)) references.set(name, run(setting, name, 'fp32'));
  const want = await references.get(name);
  const [start, last] = [want[0], want.at(-1)];
  assert.ok(last < start / 2, `fp32 learns nothing: its loss goes from ${start} to ${last}`);
  const losses = await run(setting, name, format);
  const apart = Math.abs(losses.at(-1) - last) / start;
  const figures = `${losses.at(-1)?.toFixed(4)} against ${last.toFixed(4)} in fp32`;
  assert.ok(apart <= TOLERANCE[format], `a loss of ${figures}`);
  if (format !== 'tf32')
    assert.notDeepEqual(losses, want, `${format} gives fp32's losses to the last bit`);
  return figures;
}

async function lossScaling({ tf, halfnote }) {
  const name = 'perceptron';
  const model = network(tf, name);
  const data = examples(tf, name);
  const before = model.getWeights().map((weight) => weight.dataSync().slice());
  halfnote.setPrecision('fp16');
  try {
    halfnote.setLossScaler(new halfnote.DynamicLossScaler({ initialScale: TOO_HIGH }));
    const losses = await trained(tf, model, data, { epochs: 20 });
    const { scale } = halfnote.lossScaler();
    assert.ok(scale < TOO_HIGH, `the scale is still ${scale}`);
    assert.ok(scale >= 1, `the scale fell to ${scale}`);
    assert.ok(losses.every(Number.isFinite), `the losses are ${losses.join(', ')}`);
    assert.ok(losses.at(-1) < losses[0] / 2, `the loss went from ${losses[0]} to ${losses.at(-1)}`);
    const after = model.getWeights().map((weight) => weight.dataSync());
    assert.ok(
      after.every((values, i) => values.every(Number.isFinite) && differ(values, before[i])),
    );
    return `2^${Math.log2(TOO_HIGH)} became 2^${Math.log2(scale)}`;
  } finally {
    halfnote.setLossScaler('pytorch');
    halfnote.setPrecision('fp32');
    model.dispose();
    tf.dispose(data);
  }
}

const differ = (a, b) => a.some((value, i) => value !== b[i]);

async function leavesNothing(setting) {
  const { halfnote } = setting;
  const formats = ['fp32', 'bf16', 'fp16'];
  for (const format of formats) await run(setting, 'convolutional network', format);
  const before = halfnote.nativeMemory();
  for (const format of formats) await run(setting, 'convolutional network', format);
  const after = halfnote.nativeMemory();
  assert.equal(after.tensorBytes, before.tensorBytes, 'bytes of tensors');
  assert.ok(after.handles <= before.handles, `${after.handles - before.handles} handles more`);
}
