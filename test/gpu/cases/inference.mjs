import assert from 'node:assert/strict';
import { random } from '../lib/reference.mjs';
import { examples, network, NETWORKS, trained } from '../lib/networks.mjs';

/** By how much a probability may differ from that in fp32. */
const TOLERANCE = { tf32: 0.01, bf16: 0.04, fp16: 0.01, fp8: 0.25 };
/** The share of examples on which a model in 8-bit integers says what it says in fp32. */
const AGREEMENT = 0.95;

export const inferenceCases = {
  ...Object.fromEntries(
    Object.keys(NETWORKS).map((name) => [
      `predict of a ${name} in each format is that in fp32`,
      (setting) => predicts(setting, name),
    ]),
  ),
  'int8: sums of integers are exact, and run as doctor says': integerSums,
  ...Object.fromEntries(
    ['perceptron', 'convolutional network'].map((name) => [
      `int8: a ${name} decides as in fp32, and its report says what multiplies`,
      (setting) => quantized(setting, name),
    ]),
  ),
  'int4: a perceptron with weights of 4 bits decides as in fp32 most of the time': narrow,
};

async function withTrained({ tf }, name, use) {
  const model = network(tf, name);
  const data = examples(tf, name);
  try {
    await trained(tf, model, data, { epochs: 8 });
    return await use(model, data);
  } finally {
    model.dispose();
    tf.dispose(data);
  }
}

function predicts(setting, name) {
  const { tf, halfnote, facts } = setting;
  return withTrained(setting, name, (model, { x }) => {
    const inFormat = (format) =>
      tf.tidy(() =>
        halfnote
          .withPrecision(format, () => model.predict(x))
          .dataSync()
          .slice(),
      );
    // Often enough that what runs them as one program does so before the next format comes.
    for (let time = 0; time < 3; time++) inFormat('fp32');
    const want = inFormat('fp32');
    return Object.entries(TOLERANCE)
      .map(([format, tolerance]) => {
        const apart = largestDifference(inFormat(format), want);
        assert.ok(apart <= tolerance, `${format}: a probability differs by ${apart}`);
        if (format !== 'tf32' || facts.formats.tf32.execution === 'simulated')
          assert.ok(apart > 0, `${format}: each probability is that of fp32, to the last bit`);
        return `${format} ${apart.toExponential(1)}`;
      })
      .join(', ');
  });
}

/** Infinity where one is no number. */
function largestDifference(a, b) {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => {
    const apart = Math.abs(value - b[i]);
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}

async function integerSums({ halfnote, facts }) {
  const [m, k, n] = [9, 131, 17];
  const codes = (count, seed, low, high) =>
    Array.from(random(count, seed, 0), (value) =>
      Math.round(low + ((value + 1) / 2) * (high - low)),
    );
  const a = codes(m * k, 5, 0, 255);
  const top = facts.int8ReduceRange ? 63 : 127;
  const b = codes(k * n, 6, -top, top);
  const { sums, execution, kernel } = await halfnote.integerMatMul(
    { codes: Uint8Array.from(a), format: 'uint8', shape: [m, k] },
    { codes: Uint8Array.from(b, (value) => value & 0xff), format: 'int8', shape: [k, n] },
  );
  const wrong = [...sums].filter((sum, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let want = 0;
    for (let i = 0; i < k; i++) want += a[row * k + i] * b[i * n + column];
    return sum !== want;
  });
  assert.equal(sums.length, m * n);
  assert.deepEqual(wrong, []);
  assert.equal(execution, facts.formats.int8.execution, kernel);
  return `${execution}: ${kernel}`;
}

function quantized(setting, name) {
  const { halfnote, facts } = setting;
  return withTrained(setting, name, async (model, { x }) => {
    const small = await halfnote.quantize(model, { weights: 'int8', mode: 'static', calibrate: x });
    try {
      const share = agreement(setting, small, model, x);
      assert.ok(share >= AGREEMENT, `it agrees on ${(100 * share).toFixed(1)} % of the examples`);
      const products = small.layers.filter(({ format }) => format === 'int8');
      assert.ok(products.length > 0, 'no layer is in int8');
      for (const { name: layer, execution, kernel, reason } of products) {
        assert.ok(kernel !== '' && reason !== '', `${layer} doesn't say what runs it, and why`);
        // ONNX Runtime and TensorFlow have integer kernels for CPUs only.
        if (facts.device === 'gpu' && small.engine === 'tensorflow')
          assert.equal(execution, 'simulated', `${layer}: ${kernel}`);
      }
      const [{ execution, kernel }] = products;
      return `${(100 * share).toFixed(1)} %, ${small.engine}, ${execution}: ${kernel}`;
    } finally {
      small.dispose();
    }
  });
}

function narrow(setting) {
  return withTrained(setting, 'perceptron', async (model, { x }) => {
    const small = await setting.halfnote.quantize(model, {
      weights: 'int4',
      granularity: { group: 16 },
    });
    try {
      const share = agreement(setting, small, model, x);
      assert.ok(share >= 0.85, `it agrees on ${(100 * share).toFixed(1)} % of the examples`);
      return `${(100 * share).toFixed(1)} %`;
    } finally {
      small.dispose();
    }
  });
}

function agreement({ tf }, small, model, x) {
  return tf.tidy(() => {
    const [a, b] = [small, model].map((one) => one.predict(x).argMax(-1));
    return a.equal(b).mean().dataSync()[0];
  });
}
