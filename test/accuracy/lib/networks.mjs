/** The classifiers of digits that tests and the study train; a seed decides their initial weights. */

export function perceptron(tf, seed) {
  const initial = glorot(tf, seed);
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 1] }),
      tf.layers.dense({ units: 128, activation: 'relu', kernelInitializer: initial(0) }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: initial(10) }),
    ],
  });
}

export function convolutionalNetwork(tf, seed) {
  const initial = glorot(tf, seed);
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 16,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initial(0),
      }),
      tf.layers.conv2d({
        filters: 32,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: initial(10),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: initial(20) }),
    ],
  });
}

/** What the accuracy suite trains. */
export const NETWORKS = { perceptron, 'convolutional network': convolutionalNetwork };
export const SEEDS = [1, 2, 3];

/** Trains a classifier as all suites do, so that their figures compare. */
export async function fit(tf, model, { x, y }, { epochs = 12, learningRate = 0.003 } = {}) {
  model.compile({ optimizer: tf.train.adam(learningRate), loss: 'categoricalCrossentropy' });
  await model.fit(x, y, { epochs, batchSize: 64, shuffle: false, verbose: 0 });
}

/**
 * The classifiers trained in fp32, each of them once.
 * @returns {(name: string, seed: number) => Promise<object>} gives a copy, which the caller disposes of
 */
export function trainedNetworks(tf, train) {
  const kept = new Map();
  return async (name, seed) => {
    const model = NETWORKS[name](tf, seed);
    const key = `${name}, seed ${seed}`;
    if (kept.has(key)) model.setWeights(kept.get(key));
    else {
      await fit(tf, model, train);
      kept.set(
        key,
        model.getWeights().map((weight) => weight.clone()),
      );
    }
    return model;
  };
}

/** Reads a digit row by row. */
export function recurrentNetwork(tf, seed) {
  const initial = glorot(tf, seed);
  return tf.sequential({
    layers: [
      tf.layers.reshape({ inputShape: [8, 8, 1], targetShape: [8, 8] }),
      tf.layers.lstm({
        units: 32,
        kernelInitializer: initial(0),
        recurrentInitializer: tf.initializers.orthogonal({ seed: seed + 10 }),
      }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: initial(20) }),
    ],
  });
}

/** Predicts each next character from those before it: [batch, length] of codes to logits [batch, length, vocabulary]. */
export function characterTransformer(tf, halfnote, { seed, vocabulary, length, width = 64 }) {
  const { positionEmbedding, transformerBlock } = halfnote;
  const initial = glorot(tf, seed);
  const input = tf.input({ shape: [length] });
  let x = tf.layers
    .embedding({
      inputDim: vocabulary,
      outputDim: width,
      embeddingsInitializer: tf.initializers.randomNormal({ stddev: 0.1, seed }),
    })
    .apply(input);
  x = positionEmbedding({ maxLength: length, seed: seed + 1 }).apply(x);
  for (const block of [1, 2])
    x = transformerBlock(x, { numHeads: 4, causal: true, seed: seed + 10 * block });
  x = tf.layers.layerNormalization({ axis: -1 }).apply(x);
  const logits = tf.layers.dense({ units: vocabulary, kernelInitializer: initial(40) }).apply(x);
  return tf.model({ inputs: input, outputs: logits });
}

function glorot(tf, seed) {
  return (offset) => tf.initializers.glorotUniform({ seed: seed + offset });
}
