/** Tokens that a decoder has read before one is timed, and after how many it starts again. */
const CONTEXT = 64;
const LONGEST = 256;

/** Weights in groups of 128, as language models are mostly published in, and how each format runs. */
const RUNS = {
  fp32: { engine: 'tensorflow', policy: 'fp32' },
  'fp32-graph': { engine: 'onnxruntime', policy: 'fp32' },
  bf16: { engine: 'tensorflow', policy: 'bf16' },
  int8: { weights: 'int8' },
  int4: { weights: 'int4' },
};

/**
 * A language model that writes one token, batch 1, after as many others.
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {typeof import('halfnote')} halfnote
 */
export function decodingCases(tf, halfnote) {
  const models = new Map();
  const modelOf = (options) => {
    const key = JSON.stringify(options);
    if (!models.has(key)) models.set(key, halfnote.buildDecoder(options));
    return models.get(key);
  };
  return {
    async decoding({ format, ...options }) {
      const model = modelOf(options);
      const { weights, engine, policy = 'fp32' } = RUNS[format];
      const source = weights
        ? await halfnote.quantizeGraph(model, {
            weights,
            mode: 'weight-only',
            granularity: { group: 128 },
          })
        : model;
      const decoder = new halfnote.Decoder(source, 'fp32', engine);
      const decode = (tokens) =>
        halfnote.withPrecision(policy, () => {
          const logits = decoder.decode([tokens]);
          logits.dataSync();
          logits.dispose();
        });
      const once = () => {
        if (decoder.length >= LONGEST) decoder.reset();
        if (decoder.length === 0) decode(Array.from({ length: CONTEXT }, (_, i) => i));
        decode([decoder.length]);
      };
      once();
      return {
        once,
        execution: 'native',
        engine: decoder.engine,
        weightBytes: decoder.weightBytes,
      };
    },
  };
}
