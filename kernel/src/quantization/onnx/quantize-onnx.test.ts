import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { loadNpy } from '../../export/arrays/array-files';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { ensureBackend } from '../../start';
import { quantize } from '../quantize';
import { at, judged, makeModels, python, theirs } from './models.fixture';
import type { OnnxQuantizeOptions } from './options';
import type { QuantizedOnnxModel } from './quantized-onnx-model';

const models = new Map<string, OnnxModel>();
const data = new Map<string, tf.Tensor>();

beforeAll(async () => {
  await ensureBackend();
  makeModels();
  for (const name of ['cnn', 'dense']) {
    models.set(name, await loadOnnx(at(`${name}.onnx`)));
    for (const part of ['calibrate', 'held'])
      data.set(`${name}_${part}`, await loadNpy(at(`${name}_${part}.npy`)));
  }
});

const model = (name: string): OnnxModel => models.get(name) as OnnxModel;
const examples = (name: string): tf.Tensor => data.get(`${name}_calibrate`) as tf.Tensor;

async function made(name: string, options: OnnxQuantizeOptions): Promise<QuantizedOnnxModel> {
  return quantize(model(name), options);
}

/** How near it is to the float model on other inputs, in dB. */
async function here(name: string, small: QuantizedOnnxModel): Promise<number> {
  const x = data.get(`${name}_held`) as tf.Tensor;
  const [a, b] = [await model(name).predict(x), await small.predict(x)] as [tf.Tensor, tf.Tensor];
  const noise = tf.sum(tf.square(tf.sub(a, b))).dataSync()[0] ?? NaN;
  return 10 * Math.log10((tf.sum(tf.square(a)).dataSync()[0] ?? NaN) / noise);
}

/** Saves it, and has Python check the file and say how near it is: as near as here. */
async function near(name: string, small: QuantizedOnnxModel): Promise<number> {
  const file = `${name}_small`;
  await small.save(at(`${file}.onnx`));
  const { sqnrDb } = judged(file, name);
  expect(Math.abs((await here(name, small)) - sqnrDb)).toBeLessThan(0.5);
  return sqnrDb;
}

describe('quantize of an ONNX model, static', () => {
  it('is at most 1 dB behind ONNX Runtime’s own quantizer, in integer kernels throughout', async () => {
    const small = await made('cnn', { calibrate: examples('cnn') });
    const reduces = deviceFacts().int8ReduceRange;
    expect(await near('cnn', small)).toBeGreaterThan(theirs('cnn', reduces) - 1);
    const rows = Object.fromEntries(small.nodes.map((row) => [row.name, row]));
    const products = ['first', 'second', 'third', 'fourth', 'head'].map((name) => rows[name]);
    expect(products.map((row) => row?.execution)).toEqual(Array(5).fill('native'));
    expect(products.map((row) => row?.kernel)).toEqual([
      ...Array<string>(4).fill('QLinearConv'),
      'MatMulInteger',
    ]);
    expect(rows['norm']).toMatchObject({ format: 'folded', reason: 'folded into first' });
    expect(small.execution).toBe('native');
    expect(small.weightBytes).toBeLessThan(0.35 * small.floatWeightBytes);
    await small.dispose();
  });

  it('makes biases of what is added to a convolution, also behind nodes that pass values on', async () => {
    python(`
save('added', [h.make_node('Conv', ['x', 'w'], ['c'], 'first', pads=[1] * 4), h.make_node('Identity', ['c'], ['i']), h.make_node('Add', ['b', 'i'], ['a']),
    h.make_node('Identity', ['a'], ['j']), h.make_node('Relu', ['j'], ['r']), h.make_node('ConvTranspose', ['r', 't'], ['d'], 'second', group=2), h.make_node('Add', ['d', 'e'], ['y'])],
    [('x', ['n', 3, 8, 8])], [('y', ['n', 6, 10, 10])],
    {'w': normal(8, 3, 3, 3, scale=.3), 'b': normal(1, 8, 1, 1, scale=40.0) , 't': normal(8, 3, 3, 3, scale=.2), 'e': normal(6, 1, 1, scale=9.0)})
for name, shape in {'calibrate': 64, 'held': 32}.items(): np.save('added_' + name, normal(shape, 3, 8, 8))`);
    const float = await loadOnnx(at('added.onnx'));
    const calibrate = await loadNpy(at('added_calibrate.npy'));
    const small = await quantize(float, { calibrate });
    await small.save(at('added_small.onnx'));
    // As near as ONNX Runtime's quantizer, which adds them in the products too.
    const { sqnrDb } = judged('added_small', 'added');
    expect(sqnrDb).toBeGreaterThan(theirs('added', deviceFacts().int8ReduceRange) - 1);
    const { operators } = (await small.save(at('added_small.onnx'))).summary;
    expect(operators).not.toHaveProperty('Add');
    expect(operators).not.toHaveProperty('Identity');
    expect(small.nodes.map(({ name, kernel }) => [name, kernel])).toEqual([
      ['first', 'QLinearConv'],
      ['second', 'ConvTranspose'],
    ]);
    await Promise.all([small.dispose(), float.dispose()]);
  });

  it('leaves alone what is added along other axes, or used elsewhere too', async () => {
    python(`
conv = lambda i, o, name: h.make_node('Conv', [i, 'w'], [o], name)
save('apart', [conv('x', 'c', 'rows'), h.make_node('Add', ['c', 'row'], ['a']), conv('x', 'd', 'twice'), h.make_node('Add', ['d', 'b'], ['e']),
    h.make_node('Mul', ['a', 'e'], ['f']), h.make_node('Add', ['f', 'd'], ['g']), h.make_node('Identity', ['g'], ['y'])],
    [('x', ['n', 3, 3, 3])], [('y', ['n', 3, 3, 3])], {'w': normal(3, 3, 1, 1), 'row': normal(3), 'b': normal(3, 1, 1)})
for name, shape in {'calibrate': 64, 'held': 32}.items(): np.save('apart_' + name, normal(shape, 3, 3, 3))`);
    const float = await loadOnnx(at('apart.onnx'));
    const small = await quantize(float, { weights: 'int8', mode: 'weight-only' });
    const { operators } = (await small.save(at('apart_small.onnx'))).summary;
    expect(operators['Add']).toBe(3);
    expect(operators['Identity']).toBe(1);
    expect(judged('apart_small', 'apart').sqnrDb).toBeGreaterThan(35);
    await Promise.all([small.dispose(), float.dispose()]);
  });

  it('leaves out activations that the codes’ range replaces, and joins in integers', async () => {
    const small = await made('cnn', { calibrate: examples('cnn') });
    const { operators } = (await small.save(at('joined.onnx'))).summary;
    expect(operators['Relu']).toBeUndefined();
    expect(operators['Clip']).toBeUndefined();
    expect(operators['BatchNormalization']).toBeUndefined();
    const kernels = python(`
o = ort.SessionOptions(); o.optimized_model_filepath = 'optimized.onnx'; o.log_severity_level = 4
ort.InferenceSession('joined.onnx', o)
print(json.dumps([n.op_type for n in onnx.load('optimized.onnx').graph.node]))`) as string[];
    expect(kernels).toContain('QLinearAdd');
    expect(kernels).toContain('QLinearGlobalAveragePool');
    expect(kernels.filter((op) => op === 'QuantizeLinear')).toHaveLength(1);
    await small.dispose();
  });

  it('takes weights that are turned before they are used, and names what stays in float', async () => {
    const small = await made('dense', { calibrate: examples('dense') });
    expect(await near('dense', small)).toBeGreaterThan(theirs('dense', false) - 1);
    const rows = Object.fromEntries(small.nodes.map((row) => [row.name, row]));
    expect(rows['last']).toMatchObject({ format: 'int8', execution: 'native' });
    for (const name of ['attention', 'values'])
      expect(rows[name]).toMatchObject({
        format: 'fp32',
        reason: 'both of its factors are activations',
      });
    await small.dispose();
  });

  it.each(['percentile', 'entropy-ort', 'mse', 'moving-average'] as const)(
    'takes ranges by %s',
    async (observer) => {
      const small = await made('cnn', { calibrate: examples('cnn'), observer });
      expect(await here('cnn', small)).toBeGreaterThan(15);
      await small.dispose();
    },
  );

  it('keeps the upper limit of an activation that the largest code of a power of two exceeds', async () => {
    python(`
one = np.float32([[[[1]]]])
save('clipped', [h.make_node('Conv', ['x', 'w'], ['c']), h.make_node('Clip', ['c', 'zero', 'six'], ['k']), h.make_node('Conv', ['k', 'w'], ['y'])],
    [('x', ['n', 1, 2, 2])], [('y', ['n', 1, 2, 2])], {'w': one, 'zero': np.float32(0), 'six': np.float32(6)})`);
    const float = await loadOnnx(at('clipped.onnx'));
    const x = tf.linspace(-20, 20, 64).reshape([16, 1, 2, 2]);
    const small = await quantize(float, { calibrate: x, activationScale: 'power-of-two' });
    const y = (await small.predict(x)) as tf.Tensor;
    expect(Math.max(...y.dataSync())).toBeCloseTo(6, 1);
    await Promise.all([small.dispose(), float.dispose()]);
  });

  it('keeps a bias exact that its sums could not hold beside so small weights', async () => {
    python(`
w = normal(4, 3, 1, 1); w[1] *= 1e-9
save('bias', [h.make_node('Conv', ['x', 'w', 'b'], ['y'], 'only')], [('x', ['n', 3, 4, 4])], [('y', ['n', 4, 4, 4])], {'w': w, 'b': np.float32([0, 500, 1, -1])})`);
    const float = await loadOnnx(at('bias.onnx'));
    const x = tf.randomUniform([8, 3, 4, 4], -1, 1, 'float32', 5);
    const small = await quantize(float, { calibrate: x });
    const y = (await small.predict(x)) as tf.Tensor;
    const channel = tf.slice(y, [0, 1], [8, 1]).dataSync();
    expect(Math.max(...channel.map((v) => Math.abs(v - 500)))).toBeLessThan(3);
    await small.dispose();
  });

  it('keeps to what include and exclude name', async () => {
    const calibrate = examples('cnn');
    const small = await made('cnn', { calibrate, exclude: 'fir*' });
    const [first] = small.nodes.filter(({ name }) => name === 'first');
    expect(first).toMatchObject({ format: 'fp32', reason: "excluded by 'fir*'" });
    await small.dispose();
    await expect(made('cnn', { calibrate, include: 'heda' })).rejects.toThrow('Did you mean head');
  });
});

describe('quantize of an ONNX model, dynamic and weight-only', () => {
  it('rounds activations by the range of each run without examples', async () => {
    for (const name of ['cnn', 'dense']) {
      const small = await made(name, {});
      expect(small.mode).toBe('dynamic');
      expect(await near(name, small)).toBeGreaterThan(25);
      expect(small.execution).toBe('native');
      await small.dispose();
    }
  });

  it('has 4-bit codes in blocks for dense products, and says that others are simulated', async () => {
    const dense = await made('dense', { weights: 'int4', granularity: { group: 16 } });
    expect(await near('dense', dense)).toBeGreaterThan(12);
    expect(dense.execution).toBe('native');
    expect(dense.nodes.find(({ name }) => name === 'first')?.kernel).toBe('MatMulNBits');
    expect(dense.weightBytes).toBeLessThan(0.25 * dense.floatWeightBytes);
    const cnn = await made('cnn', { weights: 'int4' });
    const first = cnn.nodes.find(({ name }) => name === 'first');
    expect(first).toMatchObject({ execution: 'simulated', format: 'int4', kernel: 'Conv' });
    expect(first?.reason).toContain('kept and multiplied in float32');
    await Promise.all([dense.dispose(), cnn.dispose()]);
  });

  it.each([
    ['int8', 40],
    ['fp16', 55],
    ['bf16', 40],
    ['e4m3', 20],
    ['mxfp8_e4m3', 20],
    ['mxfp4', 8],
    ['nf4', 10],
    ['int3', 5],
    ['codebook4', 10],
  ] as const)('rounds weights to %s', async (weights, least) => {
    const small = await made('cnn', { weights, mode: 'weight-only' });
    expect(small.execution).toBe('simulated');
    expect(await here('cnn', small)).toBeGreaterThan(least);
    await small.dispose();
  });

  it('rounds as ml_dtypes does', async () => {
    const small = await made('cnn', { weights: 'e4m3', scaleRule: 'none' });
    await small.save(at('e4m3.onnx'));
    python(`
import ml_dtypes
g = onnx.load('e4m3.onnx').graph
names = {i.name: numpy_helper.to_array(i) for i in g.initializer}
w = numpy_helper.to_array(next(i for i in onnx.load('cnn.onnx').graph.initializer if i.name == 'w4'))
used = names[next(n for n in g.node if n.name == 'fourth').input[1]]
assert (used == w.astype(ml_dtypes.float8_e4m3fn).astype(np.float32)).all()`);
    await small.dispose();
  });
});

describe('quantize of an ONNX model says what is wrong', () => {
  const toy = (name: string, weights: string, more = ''): void => {
    python(
      `save('${name}', [h.make_node('MatMul', ['x', 'w'], ['y'], 'only')], [('x', ['n', 3])], [('y', ['n', 2])], {'w': ${weights}}${more})`,
    );
  };

  it('with weights, and names the node', async () => {
    toy('nan', 'np.float32([[1, 2], [np.nan, 3], [4, 5]])');
    await expect(quantize(await loadOnnx(at('nan.onnx')))).rejects.toThrow(
      "The weights 'w' of MatMul 'only' in 'nan.onnx' are NaN at [1, 0].",
    );
  });

  it('with a file that has changed since it was loaded', async () => {
    toy('changing', 'normal(3, 2)');
    const loaded = await loadOnnx(at('changing.onnx'));
    toy('changing', 'normal(4, 2)');
    await expect(quantize(loaded)).rejects.toThrow(
      /changing\.onnx has changed since it was loaded/,
    );
  });

  it('with the operator set', async () => {
    toy('old', 'normal(3, 2)', ', opset=10');
    await expect(quantize(await loadOnnx(at('old.onnx')))).rejects.toThrow(
      "'old.onnx' is of operator set 10; allowed are 11 to 23.",
    );
  });

  it('with examples and options', async () => {
    const bad = tf.zeros([4, 3, 16]);
    await expect(made('cnn', { calibrate: bad })).rejects.toThrow(
      /^calibrate: The ONNX model '.*' takes x \[batch, 3, 16, 16\], but got \[4, 3, 16\] for 'x'/,
    );
    const nan = tf.fill([1, 3, 16, 16], NaN);
    await expect(made('cnn', { calibrate: nan })).rejects.toThrow(
      "calibrate, for the input 'x', is NaN at element 0",
    );
    await expect(made('cnn', { calibrate: tf.zeros([0, 3, 16, 16]) })).rejects.toThrow(
      'no samples',
    );
    await expect(made('cnn', { mode: 'static' })).rejects.toThrow('needs example inputs');
    await expect(made('cnn', { weights: 'int4', mode: 'dynamic' })).rejects.toThrow('int8 weights');
    await expect(made('cnn', { weights: 'int5' as 'int4' })).rejects.toThrow(
      'Unknown weight format',
    );
    await expect(made('cnn', { repair: 'adaround' } as object)).rejects.toThrow(
      "An ONNX model can't be quantized with `repair`.",
    );
  });

  it('where its weights are codes already', async () => {
    for (const options of [{}, { calibrate: examples('cnn') }]) {
      const small = await made('cnn', options);
      const again = await loadOnnx(small.bytes);
      await expect(quantize(again)).rejects.toThrow('its weights are codes already');
      await Promise.all([small.dispose(), again.dispose()]);
    }
  });

  it('where there is nothing to quantize', async () => {
    python(
      `save('none', [h.make_node('MatMul', ['x', 'x2'], ['y'])], [('x', [2, 2]), ('x2', [2, 2])], [('y', [2, 2])], {})`,
    );
    await expect(quantize(await loadOnnx(at('none.onnx')))).rejects.toThrow(
      'MatMul: both of its factors are activations',
    );
  });
});
