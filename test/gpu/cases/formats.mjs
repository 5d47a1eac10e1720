import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { probe } from '../../../scripts/lib/process.mjs';
import { matrixProduct, random, windows, worstError } from '../lib/reference.mjs';

/** Rows, terms of a sum, columns: odd ones too, as kernels for whole tiles leave them to others. */
const MATRIX = [65, 517, 33];
const IMAGE = { shape: [13, 11, 24], size: 3, filters: 17 };
/** A multiple of every tile, so that a library takes the units of the format where there are any. */
const TILES = [256, 512, 256];
/** What it takes of each product to be added up in fp32. */
const fp32Sum = (terms) => terms * 2 ** -24;

/** Half a unit of the last place of a result that is stored in the format. */
const OUTPUT = { fp32: 2 ** -24, tf32: 2 ** -24, bf16: 2 ** -8, fp16: 2 ** -11, fp8: 2 ** -8 };
/** By how much an input may be off, where the kernel rounds it rather than we: TF32 may cut it off. */
const INPUT = { fp32: 0, tf32: 2 ** -10, bf16: 0, fp16: 0, fp8: 2 ** -4 };
/** Stored in 16 bits, so that the reference reads what the product reads. */
const STORED = ['bf16', 'fp16'];

/** The formats of products; `int8` has cases of its own. */
export const FORMATS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8'];

/** What doctor says of the device, and each format proven by products. */
export const formatCases = {
  'the device is the one that the system names': theDevice,
  'doctor says of each format what the backend says': doctorAgrees,
  'fp32 products keep their inputs, or round them to TF32, as doctor says': whatFp32Keeps,
  ...Object.fromEntries(
    FORMATS.flatMap((format) => [
      [`${format}: a product of matrices is right, in the kernel of its format`, matMul(format)],
      [`${format}: a convolution is right, in the kernel of its format`, conv2d(format)],
    ]),
  ),
  ...Object.fromEntries(
    STORED.map((format) => [`${format}: sums of 4096 terms are those of fp32`, longSums(format)]),
  ),
};

async function theDevice({ facts }) {
  if (facts.device === 'cpu') {
    const [{ model }] = cpus();
    assert.ok(
      model.includes(facts.deviceName) || facts.deviceName.includes(model.trim()),
      `${facts.deviceName} is not the ${model} that the system has`,
    );
    return facts.deviceName;
  }
  const query = ['--query-gpu=name,compute_cap', '--format=csv,noheader'];
  const [first = ''] = ((await probe('nvidia-smi', query)) ?? '').split('\n');
  const [name, capability] = first.split(', ');
  assert.equal(facts.deviceName, name);
  // Without it every format counts as native.
  assert.match(capability ?? '', /^\d+\.\d$/, `nvidia-smi gives no compute capability of ${name}`);
  return `${name}, compute capability ${capability}`;
}

async function doctorAgrees({ halfnote, facts }) {
  const { findings, formats } = await halfnote.doctor();
  for (const { format, execution, engine, reason } of formats) {
    const said = { execution, engine, reason };
    assert.deepEqual(said, facts.formats[format], `of ${format}`);
  }
  const engine = findings.find(({ name }) => name === 'engine');
  assert.equal(engine.state, 'ok');
  assert.match(engine.value, facts.device === 'gpu' ? /on the GPU/ : /on the CPU/);
  return formats.map(({ format, execution }) => `${format} ${execution}`).join(', ');
}

/** 1 + 2^-12 has one bit more than TF32 and bf16 have: whoever rounds to them gives 1. */
function whatFp32Keeps({ tf, halfnote, facts }) {
  const [m, k, n] = TILES;
  const fine = 1 + 2 ** -12;
  const identity = new Float32Array(k * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  const kept = tf.tidy(() => {
    const a = tf.fill([m, k], fine);
    const product = () => tf.matMul(a, tf.tensor2d(identity, [k, n]));
    return halfnote.withPrecision('fp32', product).dataSync();
  });
  const values = [...new Set(kept)];
  assert.ok(
    values.length === 1 && (values[0] === fine || values[0] === 1),
    `(1 + 2^-12) x 1 is ${values.slice(0, 3).join(', ')}`,
  );
  const rounds = values[0] === 1;
  const { execution, reason } = facts.formats.tf32;
  assert.equal(
    rounds ? 'native' : 'simulated',
    execution,
    `fp32 products ${rounds ? 'round their inputs' : 'keep all bits'}, but doctor says of tf32: ${execution}. ${reason}`,
  );
  return rounds ? 'rounded to 1: TF32 units' : 'all bits kept: fp32 units';
}

function matMul(format) {
  return (setting) => {
    const [m, k, n] = MATRIX;
    const [a, b] = [random(m * k, 1), random(k * n, 2)];
    const { tf } = setting;
    return judge(setting, format, {
      inputs: [a, b],
      terms: k,
      op: /^(Batch)?MatMul/,
      run: () => tf.matMul(tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])),
      reference: (left, right) => matrixProduct(left, right, MATRIX),
    });
  };
}

function conv2d(format) {
  return (setting) => {
    const { shape, size, filters } = IMAGE;
    const depth = size * size * shape[2];
    const a = random(
      shape.reduce((x, y) => x * y),
      3,
    );
    const b = random(depth * filters, 4);
    const { tf } = setting;
    return judge(setting, format, {
      inputs: [a, b],
      terms: depth,
      op: /^Conv2D$/,
      run: () => {
        const image = tf.tensor4d(a, [1, ...shape]);
        return tf.conv2d(image, tf.tensor4d(b, [size, size, shape[2], filters]), 1, 'valid');
      },
      reference: (image, filter) => {
        const { values, rows } = windows(image, shape, size);
        return matrixProduct(values, filter, [rows, depth, filters]);
      },
    });
  };
}

/** Runs a product under the policy, and looks at the kernel, the format of its result and every value. */
function judge({ tf, halfnote, facts, onOp }, format, { inputs, terms, op, run, reference }) {
  const ran = [];
  const stop = onOp((name, _format, _inputs, how) => {
    if (op.test(name)) ran.push({ name, ...how });
  });
  let result;
  try {
    result = tf.tidy(() =>
      halfnote.withPrecision(format, () => {
        const tensor = run();
        return { stored: halfnote.storageFormat(tensor), values: tensor.dataSync().slice() };
      }),
    );
  } finally {
    stop();
  }
  assert.equal(ran.length, 1, `one kernel was expected, there ran ${ran.map(({ name }) => name)}`);
  const [{ name, compute, trap }] = ran;
  const isStored = STORED.includes(format);
  if (isStored) assert.equal(result.stored, format, 'the format of the result');
  const { execution } = facts.formats[format];
  if (isStored && execution === 'native')
    assert.deepEqual([compute, trap], [format, undefined], `${name} has left the format`);
  if (!isStored && format !== 'fp8') assert.equal(compute, 'fp32', `what ${name} computes in`);

  const input = inputError(format, facts);
  const read = isStored ? inputs.map((values) => halfnote.roundTo(format, values)) : inputs;
  const truth = reference(...read);
  const error = { output: OUTPUT[format], sum: fp32Sum(terms) + 2 * input };
  const worst = worstError(result.values, truth, error);
  assert.ok(worst <= 1, `${name}: an error of ${worst.toFixed(2)} times what ${format} allows`);
  if (format === 'fp8' || format === 'tf32') {
    // Else nothing has been rounded at all.
    const exactly = { output: 2 ** -24, sum: fp32Sum(terms) };
    assert.ok(worstError(result.values, truth, exactly) > 1, `${name}: ${format} rounded nothing`);
  }
  return `${name} in ${compute}${trap === undefined ? '' : ', rounded'}, ${execution}: ${(100 * worst).toFixed(0)} % of the allowed error`;
}

/** Where products round to TF32 they do so in fp32 too; a CPU's stand-in for TF32 is bf16. */
function inputError(format, { device, formats }) {
  const rounds = formats.tf32.execution === 'native' && ['fp32', 'tf32'].includes(format);
  if (!rounds) return INPUT[format];
  return device === 'gpu' ? INPUT.tf32 : 2 ** -8;
}

/** A kernel that adds up in 16 bits, or in parts that it rounds, gives less than 4096. */
function longSums(format) {
  return ({ tf, halfnote }) => {
    const wrong = tf.tidy(() => {
      const ones = (...shape) => halfnote.castTo(tf.ones(shape), format);
      const sums = halfnote.withPrecision(format, () => ({
        matMul: tf.matMul(ones(8, 4096), ones(4096, 8)),
        'matMul of tiles': tf.matMul(ones(64, 4096), ones(4096, 64)),
        einsum: tf.einsum('ij,jk->ik', ones(8, 4096), ones(4096, 8)),
        conv2d: tf.conv2d(ones(1, 2, 2, 4096), ones(1, 1, 4096, 8), 1, 'valid'),
        depthwiseConv2d: tf.depthwiseConv2d(ones(1, 64, 64, 2), ones(64, 64, 2, 1), 1, 'valid'),
      }));
      return Object.entries(sums).flatMap(([name, sum]) => {
        const values = [...new Set(sum.dataSync())];
        return values.length === 1 && values[0] === 4096 ? [] : [`${name} ${values.slice(0, 3)}`];
      });
    });
    assert.deepEqual(wrong, []);
  };
}
