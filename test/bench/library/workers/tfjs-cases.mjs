/**
 * The cases in plain tfjs, for our backend and for the stock one alike.
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {{inPrecision: <T>(format: string, f: () => T) => T, store: (tensor: object, format: string) => object}} precision
 */
export function tfjsCases(tf, { inPrecision, store }) {
  /** Waits for the device, as a user who reads one number does. */
  const synchronise = (tensor) =>
    tf.tidy(() =>
      tensor
        .slice(
          tensor.shape.map(() => 0),
          tensor.shape.map(() => 1),
        )
        .dataSync(),
    );

  return {
    gemm({ size, format }) {
      const a = store(tf.randomNormal([size, size]), format);
      const b = store(tf.randomNormal([size, size]), format);
      return () => {
        const product = inPrecision(format, () => tf.matMul(a, b));
        synchronise(product);
        product.dispose();
      };
    },

    training({ batch, format }) {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ units: 2048, activation: 'relu', inputShape: [1024] }),
          tf.layers.dense({ units: 1024 }),
        ],
      });
      const x = tf.randomNormal([batch, 1024]);
      const y = tf.randomNormal([batch, 1024]);
      const optimizer = tf.train.adam(1e-3);
      const loss = () => tf.losses.meanSquaredError(y, model.apply(x, { training: true }));
      return () => {
        const value = inPrecision(format, () => optimizer.minimize(loss, true));
        value.dataSync();
        value.dispose();
      };
    },
  };
}
