import { frozenGraph } from './frozen-graph.mjs';

/** How many samples choose the ranges of activations: other ones than those that are timed. */
const CALIBRATION_SAMPLES = 16;

const QUANTIZED = {
  int8: (calibrate) => ({ weights: 'int8', mode: 'static', calibrate }),
  int4: () => ({ weights: 'int4', mode: 'weight-only', granularity: { group: 32 } }),
};

/**
 * A network of layers as data (see quantization.mjs), predicted as a user's model is, in fp32 and quantized.
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {Function} quantize of our library
 */
export function inferenceCases(tf, quantize) {
  return {
    async inference({ input, layers, batch, format, frozen = false }) {
      const built = build(tf, input, layers);
      const model = frozen ? await frozenGraph(tf, built) : built;
      const x = tf.randomNormal([batch, ...input], 0, 1, 'float32', 1);
      // One batch: tfjs would cut it into 32s.
      const predict = (subject) => subject.predict(x, { batchSize: batch });
      const timed = (subject) => () => {
        const y = predict(subject);
        read(tf, y);
        y.dispose();
      };
      if (!(format in QUANTIZED)) return timed(model);

      const calibrate = tf.randomNormal([CALIBRATION_SAMPLES, ...input], 0, 1, 'float32', 2);
      const small = await quantize(model, QUANTIZED[format](calibrate));
      const [reference, quantized] = [model, small].map((subject) => predict(subject).dataSync());
      const nodes = small.nodes.filter(({ weightBytes }) => weightBytes > 0);
      const told = (key) => [...new Set(nodes.map((node) => node[key]))].join(' + ');
      return {
        once: timed(small),
        execution: told('execution'),
        engine: told('engine'),
        kernels: told('kernel'),
        sqnrDb: sqnr(reference, quantized),
      };
    },
  };
}

/** Values up to which a result is read whole, as peers give it; of larger ones, one value is awaited. */
const READ_WHOLE = 2 ** 18;

function read(tf, y) {
  if (y.size <= READ_WHOLE) return y.dataSync();
  const [first, one] = [0, 1].map((value) => y.shape.map(() => value));
  return tf.tidy(() => y.slice(first, one).dataSync());
}

/** Signal to quantization noise, in dB: 10 log10(sum y^2 / sum (y - q)^2). */
function sqnr(reference, quantized) {
  let [signal, noise] = [0, 0];
  reference.forEach((value, i) => {
    signal += value ** 2;
    noise += (value - quantized[i]) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

function build(tf, input, layers) {
  const model = tf.sequential();
  const [first, ...rest] = layers.map(({ kind, ...config }, index) => {
    const kernelInitializer = tf.initializers.heNormal({ seed: index });
    const common = { ...config, kernelInitializer };
    if (kind === 'dense') return (more) => tf.layers.dense({ ...common, ...more });
    if (kind === 'conv2d')
      return (more) => tf.layers.conv2d({ padding: 'same', ...common, ...more });
    if (kind === 'max-pool') return () => tf.layers.maxPooling2d({ poolSize: config.size });
    if (kind === 'flatten') return () => tf.layers.flatten();
    return () => tf.layers.globalAveragePooling2d({});
  });
  for (const layer of [first({ inputShape: input }), ...rest.map((make) => make())])
    model.add(layer);
  return model;
}
