/** Tokens that a decoder has read before one is timed, and after how many it starts again. */
const CONTEXT = 64;
const LONGEST = 256;

/** As language models are mostly published in. */
const groups = { granularity: { group: 128 } };

/**
 * How each format runs. Beside weights that are kept in it, so are embeddings, in as many bits or in 8. What is
 * widened for each product is storage alone.
 */
const RUNS = {
  fp32: { engine: 'tensorflow', policy: 'fp32' },
  'fp32-graph': { engine: 'onnxruntime', policy: 'fp32' },
  bf16: { engine: 'tensorflow', policy: 'bf16' },
  int8: { weights: 'int8', embeddings: 'int8', ...groups },
  int4: { weights: 'int4', embeddings: 'int8', ...groups },
  'bf16-weight-only': { weights: 'bf16', embeddings: 'bf16', isWidened: true },
  'fp16-weight-only': { weights: 'fp16', embeddings: 'fp16', isWidened: true },
  'fp8-weight-only': { weights: 'fp8', embeddings: 'int8', isWidened: true },
  nf4: { weights: 'nf4', embeddings: 'int8', isWidened: true },
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
      const { engine, policy = 'fp32', isWidened = false, ...kept } = RUNS[format];
      const source =
        'weights' in kept
          ? await halfnote.quantizeGraph(model, { mode: 'weight-only', ...kept })
          : model;
      const decoder = new halfnote.Decoder(source, 'fp32', engine);
      return {
        once: writer(halfnote, decoder, policy),
        execution: isWidened ? 'simulated' : 'native',
        engine: decoder.engine,
        weightBytes: decoder.weightBytes,
      };
    },
    /** `format` is what the model keeps keys and values in. */
    caching({ format, ...options }) {
      const decoder = new halfnote.Decoder(modelOf(options), format, 'tensorflow');
      const once = writer(halfnote, decoder, 'fp32');
      return {
        once,
        execution: format === 'fp32' ? 'native' : 'simulated',
        engine: decoder.engine,
        cacheBytes: decoder.cacheBytes,
      };
    },
  };
}

/** Writes one token; the first time it reads others before. */
function writer(halfnote, decoder, policy) {
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
  return once;
}
