/**
 * What is exported: the models of the ONNX suite, in files of several models side by side, for the
 * converter takes about as long for a dozen small models as for one.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { layerModels } from '../onnx/cases/layers.mjs';
import { inputsFor, randomize } from '../onnx/cases/model-data.mjs';
import { cnn, compositeModels, mlp } from '../onnx/cases/models.mjs';

const require = createRequire(join(root, 'kernel/package.json'));
const module = (name) => require(join(root, 'kernel/dist/export/tflite', name));
const { tfliteJob } = module('export-tflite.js');
const { settleTflite } = module('options.js');

const { layers } = tf;
/** Models in one file. */
const TOGETHER = 12;

/** Signal to noise that each format has to reach, in decibel. */
const SQNR = { fp32: 90, fp16: 50, dynamic: 25, int8: 25 };
/** Where int8 can't reach it, and why. */
const INT8 = {
  ThresholdedReLU: { sqnr: 15, because: 'values near the threshold fall on its other side' },
  'GroupNormalization of vectors': { sqnr: 18, because: 'groups of three: variances near 0' },
  'a transformer': { sqnr: 12, because: 'variances of layer normalization in 8 bits' },
  'a transformer on an open sequence': {
    sqnr: 12,
    because: 'variances of layer normalization in 8 bits',
  },
  'dot of vectors, normalized': { sqnr: 20, because: 'squares of lengths in 8 bits' },
};

const own = {
  'an LSTM over more steps than are written out': {
    model: () => {
      const lstm = layers.lstm({ units: 3, inputShape: [300, 2], returnSequences: true });
      return tf.sequential({ layers: [lstm, layers.gru({ units: 2, goBackwards: true })] });
    },
  },
  'both directions of an open sequence': {
    model: () => {
      const layer = layers.gru({ units: 3, returnSequences: true });
      const both = layers.bidirectional({ layer, mergeMode: 'concat', inputShape: [null, 2] });
      return tf.sequential({ layers: [both] });
    },
  },
  'a separable convolution with channels first inside': {
    model: () => {
      const input = tf.input({ shape: [3, 8, 8] });
      const x = layers
        .conv2d({ filters: 4, kernelSize: 3, dataFormat: 'channelsFirst', activation: 'softmax' })
        .apply(input);
      const y = layers.averagePooling2d({ poolSize: 2, dataFormat: 'channelsFirst' }).apply(x);
      return tf.model({ inputs: input, outputs: y });
    },
  },
};

/** Layers that ONNX has and TensorFlow Lite's export refuses by name, as a test of it says. */
const REFUSED = /^(RMSNormalization|RotaryEmbedding|TiedEmbedding|a decoder)/;
const models = Object.fromEntries(
  Object.entries({ ...layerModels, ...compositeModels, ...own }).filter(
    ([name]) => !REFUSED.test(name),
  ),
);
/** tfjs can't run these side by side with others: masks and states are muddled. */
const ALONE = /given states|[Mm]ask/;
/**
 * In int8 one of each kind will do: these differ from another only in what fp32 has judged. And loops
 * stay in float.
 */
const FP32_ONLY =
  /more steps|of a convolution$|strides of [13]|backwards|, same$|(sum|ave|mul)$|ONNX's operator|opset|its states|open sequence, without|stretching/;

/** In fp16 and dynamic int8, where only weights are rounded. */
const ROUNDED = ['an MLP', 'a CNN', 'a residual network', 'a transformer', 'a text classifier'];

/** One file each: `job` for the converter, and who owns which of its outputs, with the bound. */
export function* fileCases(part) {
  const named = Object.entries(models).filter(([name]) => name.includes(part));
  for (const format of ['fp32', 'int8']) {
    const wanted = named.filter(([name]) => format === 'fp32' || !FP32_ONLY.test(name));
    const alone = wanted.filter(([name]) => ALONE.test(name)).map((entry) => [entry]);
    for (const group of [...inGroups(wanted.filter(([name]) => !ALONE.test(name))), ...alone]) {
      yield fileCase(group, { format });
    }
  }
  const whole = Object.entries(compositeModels).filter(
    ([name]) => name.includes(part) && ROUNDED.includes(name),
  );
  for (const format of ['fp16', 'dynamic']) {
    for (const group of inGroups(whole)) yield fileCase(group, { format });
  }
  yield* sizes(part);
}

function* inGroups(entries) {
  for (let i = 0; i < entries.length; i += TOGETHER) yield entries.slice(i, i + TOGETHER);
}

function fileCase(entries, options) {
  const { format } = options;
  const built = entries.map(([name, spec]) => {
    const model = spec.model();
    randomize(model);
    return { name, spec, model };
  });
  const all = (of) => built.flatMap(of);
  const model =
    built.length === 1
      ? built[0].model
      : tf.model({
          inputs: all((one) => one.model.inputs),
          outputs: all((one) => one.model.outputs),
        });
  const batch = options.batch ?? 4;
  const check = all((one) => inputsFor(one.model, { ...one.spec, batch }));
  const calibrate =
    format === 'int8' ? all((one) => inputsFor(one.model, { ...one.spec, batch: 32 })) : undefined;
  const settings = settleTflite({
    ...options,
    check,
    ...(calibrate && { calibrate: calibrate.length === 1 ? calibrate[0] : calibrate }),
  });
  const { job } = tfliteJob(model, settings);
  const outputs = built.flatMap(({ name, model: own }) =>
    own.outputs.map(() => {
      const special = format === 'int8' ? INT8[name] : undefined;
      return { name: `${name}, ${format}`, sqnr: special?.sqnr ?? SQNR[format] };
    }),
  );
  tf.disposeVariables();
  return { job, outputs };
}

/** Models large enough that their weights are what counts, and what int8 leaves of them. */
function* sizes(part) {
  const wide = () =>
    tf.sequential({
      layers: [
        layers.dense({ units: 512, inputShape: [256], activation: 'relu' }),
        layers.dense({ units: 256, activation: 'relu' }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    });
  const cases = {
    'a wide MLP': { model: wide, options: {}, share: { fp16: 0.52, dynamic: 0.27, int8: 0.27 } },
    'an MLP with int8 at both ends': {
      model: mlp,
      options: { io: 'int8', integersOnly: true },
      share: {},
      only: 'int8',
    },
    'a CNN with uint8 at both ends, two at a time': {
      model: cnn,
      options: { io: 'uint8', integersOnly: true, batch: 2 },
      share: {},
      only: 'int8',
    },
  };
  for (const [name, { model, options, share, only }] of Object.entries(cases)) {
    if (!name.includes(part)) continue;
    for (const format of only ? [only] : ['fp32', 'fp16', 'dynamic', 'int8']) {
      const file = fileCase([[name, { model }]], { ...options, format });
      const bytes = share[format] && share[format] * file.job.weights.byteLength + 4096;
      yield { ...file, mostBytes: bytes, ends: options.io, onlyIntegers: options.integersOnly };
    }
  }
}
