/** Small models about single layers. */
/** A model of layers in a row. */
export const chain = (inputShape, ...list) => {
  const input = tf.input({ shape: inputShape });
  const output = list.reduce((x, layer) => layer.apply(x), input);
  return tf.model({ inputs: input, outputs: output });
};
/** The same, on whole numbers. */
export const onTokens = (inputShape, ...list) => {
  const input = tf.input({ shape: inputShape, dtype: 'int32' });
  const output = list.reduce((x, layer) => layer.apply(x), input);
  return tf.model({ inputs: input, outputs: output });
};
/** One layer on several inputs. */
export const join = (shapes, layer) => {
  const inputs = shapes.map((shape) => tf.input({ shape }));
  return tf.model({ inputs, outputs: layer.apply(inputs) });
};
export const one = (inputShape, layer, rest = {}) => ({
  model: () => chain(inputShape, layer()),
  ...rest,
});

/** Some steps are zero throughout. */
export function withGaps(shape) {
  const kept = tf.cast(
    tf.greater(tf.randomUniform([shape[0], shape[1], 1], 0, 1, 'float32', 2), 0.4),
    'float32',
  );
  return tf.mul(tf.randomNormal(shape, 0, 1, 'float32', 4), kept);
}
