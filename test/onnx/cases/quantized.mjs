/** Quantized models, written as they are: integers where quantization put integers. */
import { inputsFor, predict, randomize } from './model-data.mjs';
import { branches, cnn, decoder, mlp, residual, text, transformer } from './models.mjs';

const { layers } = tf;
const cases = {
  'an MLP': { model: mlp },
  'a CNN': { model: cnn },
  'a residual network': { model: residual },
  'branches that join': { model: () => branches(false) },
  'branches that join and are an output': { model: () => branches() },
  'a transformer': { model: () => transformer(6), tokens: true, deep: true },
  'a decoder': { model: () => decoder(true), tokens: true, deep: true },
  'a text classifier': { model: text, tokens: true },
  'dense layers on a sequence': { model: sequence },
  'a separable convolution': { model: separable },
  'zeros around images': { model: padded },
  'normalization before convolutions': { model: preactivation },
};
const MODES = {
  static: { weights: 'int8', calibrated: true },
  dynamic: { weights: 'int8', mode: 'dynamic' },
  'weight-only': { weights: 'int8', mode: 'weight-only' },
};
const NARROW = ['int4', 'int3', 'int2', 'ternary', 'binary'];
/** The operators that ONNX Runtime has to make of a file: integers from the input to the last layer. */
const FUSED = {
  'an MLP, static': { QGemm: 2, Gemm: 0 },
  'a CNN, static': { QLinearConv: 3, QGemm: 1, Conv: 0, QuantizeLinear: 1 },
  'a residual network, static': { QLinearConv: 5, QLinearAdd: 2, QGemm: 1, QuantizeLinear: 1 },
  'branches that join, static': {
    QLinearConv: 3,
    QLinearConcat: 1,
    QLinearAveragePool: 1,
    QGemm: 1,
    QuantizeLinear: 1,
  },
  'zeros around images, static': { QLinearConv: 3, QGemm: 1, Conv: 0, QuantizeLinear: 2 },
  'normalization before convolutions, static': {
    QLinearConv: 5,
    QLinearAdd: 1,
    QGemm: 1,
    Conv: 0,
    QuantizeLinear: 1,
  },
  'an MLP, dynamic': { DynamicQuantizeMatMul: 2, Gemm: 0 },
  'a CNN, dynamic': { ConvInteger: 3, DynamicQuantizeMatMul: 1, Conv: 0 },
  'an MLP, int4': { MatMulNBits: 2 },
};

/** Integers round where floats do not: one step of 255 over the output's range, each way. */
const STEP = { relative: 2 / 255 };
/**
 * Biases are whole numbers of the sum's units in the file, and unrounded in our own predict: a sum at
 * the edge of a code may fall to its neighbor, by which all that the dozen products after it make of
 * that row moves. So a single output may be further off; all together, by root mean square, may not.
 */
const CARRIED = { relative: 8 / 255, together: 2 / 255 };

export function* quantizedCases() {
  for (const [name, spec] of Object.entries(cases)) {
    for (const [mode, options] of Object.entries(MODES)) {
      yield quantizedCase(`${name}, ${mode}`, 'int8', spec, options);
    }
    yield quantizedCase(`${name}, int4`, 'int4', spec, { weights: 'int4' });
  }
  for (const weights of NARROW) {
    yield quantizedCase(`an MLP, ${weights} in groups of 16`, 'int4', cases['an MLP'], {
      weights,
      granularity: { group: 16 },
    });
  }
  for (const weights of ['int8', 'int4']) {
    yield quantizedCase(
      `convolutions, ${weights} in groups of 3`,
      weights,
      { model: grouped },
      {
        weights,
        mode: 'weight-only',
        granularity: { group: 3 },
      },
    );
  }
  for (const weights of ['log4', 'log3', 'codebook4', 'codebook2']) {
    yield quantizedCase(`an MLP, ${weights}`, weights, cases['an MLP'], { weights });
    yield quantizedCase(`a CNN, ${weights}`, weights, cases['a CNN'], { weights });
    yield quantizedCase(
      `convolutions, ${weights} in groups of 3`,
      weights,
      { model: grouped },
      { weights, granularity: { group: 3 } },
    );
  }
  yield quantizedCase('a CNN in opset 23, static', 'int8', cases['a CNN'], {
    ...MODES.static,
    opset: 23,
  });
  yield quantizedCase('an MLP, int4 in groups of 8', 'int4', cases['an MLP'], {
    weights: 'int4',
    granularity: { group: 8 },
  });
}

/** What training for integers made: short training moves ranges and weights; attention is in parts. */
export function* trainedCases() {
  const models = { 'an MLP': mlp, 'a CNN': cnn, 'a transformer': () => transformer(6) };
  for (const [name, model] of Object.entries(models)) {
    for (const weights of ['int8', 'int4']) {
      yield {
        name: `trained for ${weights}: ${name}`,
        write: () => writeTrained(model(), weights),
      };
    }
  }
}

async function writeTrained(model, weights) {
  randomize(model);
  const whole = model.inputs[0].dtype === 'int32';
  const inputs = inputsFor(model, whole ? { data: tokens(model) } : {});
  const parts = whole ? halfnote.splitAttention(model) : model;
  const prepared = halfnote.prepareQat(parts, { weights });
  prepared.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  const [y] = predict(model, inputs);
  await prepared.fit(inputs[0], y, { epochs: 2, verbose: 0 });
  const quantized = await halfnote.convertQat(prepared, { engine: 'simulated' });
  const bytes = halfnote.exportOnnx(quantized);
  const outputs = predict(quantized, inputs);
  // A step weighs more among codes of 4 bits.
  const tolerance = weights === 'int8' && !whole ? STEP : CARRIED;
  return { bytes, inputs, outputs, format: weights, absolute: 1e-5, ...tolerance };
}

function quantizedCase(name, format, spec, options) {
  return { name: `quantized: ${name}`, write: () => write(name, format, spec, options) };
}

async function write(name, format, spec, { calibrated = false, opset = 21, ...options }) {
  const model = spec.model();
  randomize(model);
  const inputs = inputsFor(model, spec.tokens ? { data: tokens(model) } : {});
  const quantized = await halfnote.quantize(model, {
    ...options,
    ...(calibrated ? { calibrate: inputs.length === 1 ? inputs[0] : inputs } : {}),
    engine: 'simulated',
  });
  try {
    const bytes = halfnote.exportOnnx(quantized, { opset });
    const outputs = predict(quantized, inputs);
    const isFloat = options.mode === 'weight-only' || format !== 'int8';
    const steps = spec.deep && calibrated ? CARRIED : STEP;
    const tolerance = isFloat ? { relative: 3e-5 } : steps;
    return { bytes, inputs, outputs, format, absolute: 1e-5, ...tolerance, fused: FUSED[name] };
  } finally {
    quantized.dispose();
  }
}

const tokens = (model) => (shape) =>
  tf.cast(tf.randomUniform(shape, 0, 7, 'int32', 3), model.inputs[0].dtype);

function sequence() {
  return tf.sequential({
    layers: [
      layers.dense({ inputShape: [5, 32], units: 16, activation: 'relu' }),
      layers.dense({ units: 8 }),
    ],
  });
}

/** Depths of 27, 9, 24 and 6, all of which 3 divides. */
function grouped() {
  return tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 6, 3], filters: 4, kernelSize: 3, activation: 'relu6' }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
      layers.conv2d({ filters: 6, kernelSize: [2, 3], padding: 'same' }),
      layers.globalMaxPooling2d({}),
      layers.dense({ units: 4 }),
    ],
  });
}

function separable() {
  return tf.sequential({
    layers: [
      layers.separableConv2d({ inputShape: [8, 8, 3], filters: 6, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu6' }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4 }),
    ],
  });
}

/** As in Keras's MobileNet, and a pool of zeros and images as in its ResNet. */
function padded() {
  const sides = [
    [0, 1],
    [1, 2],
  ];
  return tf.sequential({
    layers: [
      layers.zeroPadding2d({ inputShape: [10, 10, 3], padding: sides }),
      layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, useBias: false }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.maxPooling2d({ poolSize: 3, strides: 1 }),
      layers.zeroPadding2d({ padding: sides }),
      layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }),
      layers.conv2d({ filters: 5, kernelSize: 1 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 4 }),
    ],
  });
}

/** A block of ResNet V2, and its end. */
function preactivation() {
  const x = tf.input({ shape: [8, 8, 3] });
  const active = (y) =>
    layers.activation({ activation: 'relu' }).apply(layers.batchNormalization().apply(y));
  const conv = (y) => layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same' }).apply(y);
  const start = conv(x);
  const sum = layers.add().apply([start, conv(active(conv(active(start))))]);
  const flat = layers.globalAveragePooling2d({}).apply(active(sum));
  return tf.model({ inputs: x, outputs: layers.dense({ units: 4 }).apply(flat) });
}
