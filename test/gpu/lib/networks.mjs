const CLASSES = 4;

/** Networks small enough to train in a second; each begins with the same weights in every run. */
export const NETWORKS = {
  perceptron: {
    inputShape: [16],
    layers: (tf, initial) => [
      tf.layers.dense({ units: 64, activation: 'relu', inputShape: [16], ...initial(1) }),
      tf.layers.dense({ units: CLASSES, activation: 'softmax', ...initial(2) }),
    ],
  },
  'convolutional network': {
    inputShape: [8, 8, 2],
    layers: (tf, initial) => [
      tf.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        activation: 'relu',
        inputShape: [8, 8, 2],
        ...initial(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES, activation: 'softmax', ...initial(2) }),
    ],
  },
  'recurrent network': {
    inputShape: [2, 8],
    layers: (tf, initial) => [
      tf.layers.gru({
        units: 16,
        inputShape: [2, 8],
        recurrentInitializer: tf.initializers.orthogonal({ seed: 3 }),
        ...initial(1),
      }),
      tf.layers.layerNormalization(),
      tf.layers.dense({ units: CLASSES, activation: 'softmax', ...initial(2) }),
    ],
  },
};

/** @param {typeof import('@tensorflow/tfjs')} tf @param {keyof typeof NETWORKS} name */
export function network(tf, name) {
  const initial = (seed) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });
  return tf.sequential({ layers: NETWORKS[name].layers(tf, initial) });
}

/** Examples of classes that a linear map of the input decides. */
export function examples(tf, name, count = 256) {
  const shape = NETWORKS[name].inputShape;
  const size = shape.reduce((a, b) => a * b);
  return tf.tidy(() => {
    const x = tf.randomNormal([count, size], 0, 1, 'float32', 11);
    const teacher = tf.randomNormal([size, CLASSES], 0, 1, 'float32', 12);
    return {
      x: x.reshape([count, ...shape]),
      y: tf.oneHot(tf.matMul(x, teacher).argMax(-1), CLASSES).toFloat(),
    };
  });
}

/** The mean loss of each epoch. */
export async function trained(tf, model, { x, y }, { epochs = 10, batchSize = 128 } = {}) {
  const optimizer = tf.train.adam(0.02);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(x, y, { epochs, batchSize, shuffle: false, verbose: 0 });
  optimizer.dispose();
  return history.loss;
}
