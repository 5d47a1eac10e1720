/** Ops of the layers that give conditions, with the names of their inputs. */
const CONDITIONS = {
  Greater: ['a', 'b'],
  NotEqual: ['a', 'b'],
  LogicalAnd: ['a', 'b'],
  Any: ['x'],
};

/** Gradients that tfjs's JavaScript kernels have wrong, as finite differences show, put right. */
export function mendGradients(tf) {
  const replace = (name, around) => {
    const config = tf.getGradient(name);
    tf.unregisterGradient(name);
    tf.registerGradient({ ...config, gradFunc: around(config.gradFunc) });
  };
  // They have none for what is true or false, which no small change of a value changes.
  for (const [kernelName, names] of Object.entries(CONDITIONS)) {
    const gradFunc = (_, saved) =>
      Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i].shape)]));
    tf.registerGradient({ kernelName, inputsToSave: names, gradFunc });
  }
  // They take the gradient of a single slice for a list.
  replace(
    'Unpack',
    (stock) =>
      (dy, ...rest) =>
        stock([dy].flat(), ...rest),
  );
  // They divide by the whole window at the borders, where there are fewer values.
  const counted =
    (convolve) =>
    (stock) =>
    (dy, [x], attributes) => {
      const size = [attributes.filterSize].flat();
      const spatial = x.shape.slice(1, -1);
      const window = spatial.map((_, axis) => size[axis] ?? size[0]);
      const counts = convolve(
        tf.ones([1, ...spatial, 1]),
        tf.ones([...window, 1, 1]),
        attributes.strides,
        attributes.pad,
      );
      const volume = window.reduce((a, b) => a * b, 1);
      return stock(tf.mul(dy, tf.div(volume, counts)), [x], attributes);
    };
  replace('AvgPool', counted(tf.conv2d));
  replace('AvgPool3D', counted(tf.conv3d));
  // They give all of it to each of several equal largest values.
  replace('Max', () => (dy, [x, y], { reductionIndices }) => {
    const axes = tf.util.parseAxisParam(reductionIndices, x.shape);
    const one = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const chosen = () => tf.cast(tf.equal(x, tf.reshape(y, one)), 'float32');
    const share = () => tf.div(tf.reshape(dy, one), tf.sum(chosen(), axes, true));
    return { x: () => tf.mul(share(), chosen()) };
  });
  // They miss values where images grow by whole factors, which is all that layers do.
  replace('ResizeNearestNeighbor', () => (dy, [images]) => {
    const [batch, height, width, channels] = images.shape;
    const [rows, columns] = [dy.shape[1] / height, dy.shape[2] / width];
    const blocks = () => tf.reshape(dy, [batch, height, rows, width, columns, channels]);
    return { images: () => tf.sum(blocks(), [2, 4]) };
  });
}
