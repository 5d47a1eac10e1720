/**
 * The cases in plain tfjs, for our backend and for the stock one alike.
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {Function} transformerBlock of our layers, which are plain tfjs and run on either backend
 * @param {{inPrecision: <T>(format: string, f: () => T) => T, store: (tensor: object, format: string) => object}} precision
 * @param {<T>(step: () => T) => () => T} compiled wraps each step of training
 */
export function tfjsCases(tf, transformerBlock, { inPrecision, store }, compiled = (step) => step) {
  /** Waits for the device, as a user who reads one number does. */
  const synchronize = (tensor) =>
    tf.tidy(() =>
      tensor
        .slice(
          tensor.shape.map(() => 0),
          tensor.shape.map(() => 1),
        )
        .dataSync(),
    );

  /** One step of Adam on the mean squared error; each takes the next batch of the samples. */
  function steps(model, { batch, samples, format }) {
    const [x, y] = [model.inputs[0], model.outputs[0]].map(({ shape }) =>
      tf.randomNormal([samples, ...shape.slice(1)]),
    );
    const optimizer = tf.train.adam(1e-3);
    let next = 0;
    const loss = () => {
      const [input, wanted] =
        samples === batch ? [x, y] : [x, y].map((all) => all.slice(next, batch));
      return tf.losses.meanSquaredError(wanted, model.apply(input, { training: true }));
    };
    const step = compiled(() => optimizer.minimize(loss, true));
    return () => {
      const value = inPrecision(format, step);
      value.dataSync();
      value.dispose();
      next = (next + batch) % (samples - batch + 1);
    };
  }

  function transformer({ blocks, width, heads, sequence }) {
    const input = tf.input({ shape: [sequence, width] });
    let output = input;
    for (let i = 0; i < blocks; i++) output = transformerBlock(output, { numHeads: heads });
    return tf.model({ inputs: input, outputs: output });
  }

  return {
    gemm({ size, format }) {
      const a = store(tf.randomNormal([size, size]), format);
      const b = store(tf.randomNormal([size, size]), format);
      return () => {
        const product = inPrecision(format, () => tf.matMul(a, b));
        synchronize(product);
        product.dispose();
      };
    },

    training({ batch, samples, format }) {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ units: 2048, activation: 'relu', inputShape: [1024] }),
          tf.layers.dense({ units: 1024 }),
        ],
      });
      return steps(model, { batch, samples, format });
    },

    cnn({ batch, samples, format }) {
      const convolution = { filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' };
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({ ...convolution, inputShape: [56, 56, 64] }),
          tf.layers.conv2d(convolution),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 10 }),
        ],
      });
      return steps(model, { batch, samples, format });
    },

    recurrent({ batch, samples, cell, units, sequence, format }) {
      const options = { units, inputShape: [sequence, units], returnSequences: true };
      const layer = cell === 'lstm' ? tf.layers.lstm(options) : tf.layers.gru(options);
      return steps(tf.sequential({ layers: [layer] }), { batch, samples, format });
    },

    transformer({ batch, samples, format, ...shape }) {
      return steps(transformer(shape), { batch, samples, format });
    },

    /** The first steps of a batch size that is new each time. */
    'new shape'({ batch, format, count, ...shape }) {
      const model = transformer(shape);
      const optimizer = tf.train.adam(1e-3);
      let size = batch;
      return () => {
        size += 1;
        const samples = tf.zeros([size, ...model.inputs[0].shape.slice(1)]);
        for (let i = 0; i < count; i++) {
          const loss = () =>
            tf.losses.meanSquaredError(samples, model.apply(samples, { training: true }));
          const value = inPrecision(format, () => optimizer.minimize(loss, true));
          value.dataSync();
          value.dispose();
        }
        samples.dispose();
      };
    },
  };
}
