/** Whole models, as people build them. */
const { layers } = tf;
const ALL = ['fp32', 'fp16', 'int4'];

export function mlp() {
  return tf.sequential({
    layers: [
      layers.dense({ inputShape: [64], units: 48, activation: 'relu' }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

export function cnn() {
  return tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [12, 12, 1], filters: 8, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'relu6' }),
      layers.conv2d({ filters: 8, kernelSize: 1, activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });
}

/** Two blocks with a shortcut, the second through a projection. */
export function residual() {
  const input = tf.input({ shape: [8, 8, 4] });
  const block = (x, filters, strides) => {
    const conv = (y, s) =>
      layers
        .batchNormalization()
        .apply(layers.conv2d({ filters, kernelSize: 3, strides: s, padding: 'same' }).apply(y));
    const relu = (y) => layers.activation({ activation: 'relu' }).apply(y);
    const shortcut =
      strides === 1
        ? x
        : layers.conv2d({ filters, kernelSize: 1, strides, padding: 'same' }).apply(x);
    return relu(layers.add().apply([shortcut, conv(relu(conv(x, strides)), 1)]));
  };
  const pooled = layers.globalAveragePooling2d({}).apply(block(block(input, 4, 1), 6, 2));
  return tf.model({ inputs: input, outputs: layers.dense({ units: 3 }).apply(pooled) });
}

/** Three ways through, joined; the join may be an output of its own. */
export function branches(shown = true) {
  const input = tf.input({ shape: [8, 8, 3] });
  const conv = (x, filters, kernelSize) =>
    layers.conv2d({ filters, kernelSize, padding: 'same', activation: 'relu' }).apply(x);
  const pooled = layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' }).apply(input);
  const joined = layers
    .concatenate()
    .apply([conv(input, 4, 1), conv(input, 4, 3), conv(pooled, 2, 1)]);
  const second = layers.averagePooling2d({ poolSize: 2 }).apply(joined);
  const flat = layers.dense({ units: 3 }).apply(layers.flatten().apply(second));
  return tf.model({ inputs: input, outputs: shown ? [joined, flat] : flat });
}

function autoencoder() {
  return tf.sequential({
    layers: [
      layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
      }),
      layers.leakyReLU(),
      layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      layers.prelu(),
      layers.conv2d({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
    ],
  });
}

/** A character model of the library's own layers. */
export function transformer(length) {
  const tokens = tf.input({ shape: [length], dtype: 'int32' });
  let x = layers.embedding({ inputDim: 7, outputDim: 32 }).apply(tokens);
  x = halfnote.positionEmbedding({ maxLength: 8 }).apply(x);
  for (let i = 0; i < 2; i++) x = halfnote.transformerBlock(x, { numHeads: 4, causal: true });
  const logits = layers.dense({ units: 7, activation: 'softmax' }).apply(x);
  return tf.model({ inputs: tokens, outputs: logits });
}

/** As Llama is; tied embeddings and more than one kind of heads are its own. */
export function decoder(tieEmbeddings = false) {
  const sizes = { vocabSize: 7, width: 32, layers: 2, heads: 4, kvHeads: 2, ffWidth: 64 };
  return halfnote.buildDecoder({ ...sizes, maxLength: 8, tieEmbeddings });
}

function nested() {
  const inner = tf.sequential({
    layers: [
      layers.dense({ units: 6, inputShape: [5], activation: 'relu' }),
      layers.dense({ units: 5 }),
    ],
  });
  const input = tf.input({ shape: [5] });
  const twice = inner.apply(inner.apply(input));
  return tf.model({ inputs: input, outputs: layers.add().apply([input, twice]) });
}

/** An input that is an output, one value as two outputs, and a layer that does nothing at the end. */
function passing() {
  const input = tf.input({ shape: [4], name: 'x' });
  const y = layers.dense({ units: 3 }).apply(input);
  const dropped = layers.dropout({ rate: 0.5 }).apply(y);
  return tf.model({ inputs: input, outputs: [y, dropped] });
}

export function text() {
  return tf.sequential({
    layers: [
      layers.embedding({ inputDim: 7, outputDim: 8, inputLength: 6 }),
      layers.bidirectional({
        layer: layers.lstm({ units: 4, returnSequences: true }),
        mergeMode: 'concat',
      }),
      layers.gru({ units: 5 }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
}

const tokens = (shape) => tf.cast(tf.randomUniform(shape, 0, 7, 'int32', 3), 'float32');
// Two blocks of attention and normalization, each rounded to fp16 several times.
const DEEP = { fp16: { absolute: 1e-3, relative: 6e-3 } };
export const compositeModels = {
  'an MLP': { model: mlp, formats: ALL },
  'a CNN': { model: cnn, formats: ALL, operators: { Transpose: 2 } },
  'a residual network': { model: residual, operators: { Transpose: 1 }, formats: ['fp32', 'fp16'] },
  'branches that join': { model: () => branches(), operators: { Transpose: 3 } },
  'an autoencoder': { model: autoencoder, operators: { Transpose: 2 } },
  'a transformer': { model: () => transformer(6), formats: ALL, tolerance: DEEP },
  'a transformer on an open sequence': {
    model: () => transformer(null),
    formats: ALL,
    tolerance: DEEP,
  },
  'a decoder': { model: () => decoder(), formats: ALL, tolerance: DEEP },
  'a decoder with tied embeddings': {
    model: () => decoder(true),
    formats: ['fp32', 'fp16'],
    tolerance: DEEP,
  },
  'a model in a model, called twice': { model: nested },
  'outputs that are one value': { model: passing },
  'a text classifier': { model: text, data: tokens },
  'an MLP in opset 22': { model: mlp, options: { opset: 22 } },
  'a CNN in opset 23': { model: cnn, options: { opset: 23 } },
};
