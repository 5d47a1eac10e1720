/**
 * The ten models that test/pytorch/generate_flops.py builds in PyTorch, and tensorflow_flops.py in
 * TensorFlow, built in TensorFlow.js.
 */
export const models = (tf, { multiHeadAttention }) => {
  const { layers } = tf;
  const model = (shape, build, dtype = 'float32') => {
    const x = tf.input({ shape, dtype });
    return tf.model({ inputs: x, outputs: build(x) });
  };
  const sequence = (x, ...given) => given.reduce((value, layer) => layer.apply(value), x);
  const dense = (units, activation = 'linear') => layers.dense({ units, activation });
  const conv = (filters, kernelSize, options = {}) =>
    layers.conv2d({ filters, kernelSize, padding: 'same', ...options });
  const pool = () => layers.averagePooling2d({ poolSize: 2 });
  const residual = (x, filters, strides) => {
    const y = sequence(x, conv(filters, 3, { strides, activation: 'relu' }), conv(filters, 3));
    const shortcut = strides > 1 ? conv(filters, 1, { strides }).apply(x) : x;
    return layers.reLU().apply(layers.add().apply([y, shortcut]));
  };
  const mobile = (filters, strides) => [
    layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same' }),
    conv(filters, 1),
  ];

  return {
    perceptron: model([64], (x) => sequence(x, dense(128, 'relu'), dense(10))),
    lenet: model([28, 28, 1], (x) =>
      sequence(
        x,
        conv(6, 5, { activation: 'relu' }),
        pool(),
        conv(16, 5, { padding: 'valid', activation: 'relu' }),
        pool(),
        layers.flatten(),
        dense(120),
        dense(84),
        dense(10),
      ),
    ),
    residual: model([16, 16, 3], (x) =>
      sequence(
        residual(residual(conv(8, 3).apply(x), 8, 1), 16, 2),
        layers.globalAveragePooling2d({}),
        dense(10),
      ),
    ),
    mobile: model([32, 32, 3], (x) =>
      sequence(
        x,
        conv(8, 3, { strides: 2 }),
        ...mobile(16, 1),
        ...mobile(32, 2),
        layers.globalAveragePooling2d({}),
        dense(10),
      ),
    ),
    'text-cnn': model(
      [20],
      (x) =>
        sequence(
          x,
          layers.embedding({ inputDim: 50, outputDim: 16 }),
          layers.conv1d({ filters: 32, kernelSize: 5, activation: 'relu' }),
          layers.globalMaxPooling1d(),
          dense(3),
        ),
      'int32',
    ),
    video: model([8, 8, 8, 2], (x) =>
      sequence(
        x,
        layers.conv3d({ filters: 4, kernelSize: 3, activation: 'relu' }),
        layers.conv3d({ filters: 6, kernelSize: 2, strides: 2 }),
        layers.flatten(),
        dense(5),
      ),
    ),
    autoencoder: model([16, 16, 1], (x) =>
      sequence(
        x,
        conv(8, 2, { strides: 2, activation: 'relu' }),
        layers.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 2 }),
        conv(1, 3),
      ),
    ),
    lstm: model([10, 12], (x) => sequence(x, layers.lstm({ units: 24 }), dense(5))),
    gru: model([10, 12], (x) => sequence(x, layers.gru({ units: 24 }), dense(5))),
    transformer: model(
      [12],
      (tokens) => {
        const x = layers.embedding({ inputDim: 40, outputDim: 32 }).apply(tokens);
        const seen = multiHeadAttention({ numHeads: 4, keyDim: 8 }).apply(x);
        const joined = layers.add().apply([x, seen]);
        const wide = sequence(joined, dense(4 * 32, 'gelu'), dense(32));
        return dense(40).apply(layers.add().apply([joined, wide]));
      },
      'int32',
    ),
  };
};
