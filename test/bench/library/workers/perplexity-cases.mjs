import { characterTransformer } from '../../../accuracy/lib/networks.mjs';
import { bitsPerCharacter, loadText, windows } from '../../../accuracy/lib/text.mjs';

const LENGTH = 64;
const BATCH = 32;
const STEPS = 300;
/** Windows that learn, and other ones, of text that training never saw, that judge. */
const EXAMPLES = 128;
const HELD_OUT = 256;

/** What each way of rounding adds to `quantize`. */
const WAYS = {
  nearest: () => ({}),
  gptq: (calibrate) => ({ calibrate, repair: 'gptq' }),
  awq: (calibrate) => ({ calibrate, repair: 'awq' }),
};

/**
 * A transformer that is trained once on English text, its weights rounded in different ways. What is
 * timed is a pass over the held-out text; what is told is how much perplexity the rounding costs.
 */
export function perplexityCases(tf, halfnote) {
  let trained;
  return {
    /** @param {{format: string, weights: string, granularity: unknown}} parameters `format`: a way, or `fp32` */
    async perplexity({ format, weights, granularity }) {
      trained ??= train(tf, halfnote);
      const { model, held, examples } = trained;
      const perplexity = (subject) =>
        tf.tidy(() => 2 ** bitsPerCharacter(tf, subject.predict(held.x), held.y).dataSync()[0]);
      const fp32 = perplexity(model);
      if (format === 'fp32') return { once: () => perplexity(model), perplexity: fp32, gap: 0 };
      const options = { weights, granularity, engine: 'onnxruntime' };
      const small = await halfnote.quantize(model, { ...options, ...WAYS[format](examples) });
      const own = perplexity(small);
      return { once: () => perplexity(small), perplexity: own, gap: own - fp32 };
    },
  };
}

function train(tf, halfnote) {
  const { vocabulary, train: text, test } = loadText();
  const model = characterTransformer(tf, halfnote, { seed: 1, vocabulary, length: LENGTH });
  const optimizer = tf.train.adam(0.003);
  const starts = tf.tidy(() =>
    tf.randomUniform([STEPS * BATCH], 0, text.length - LENGTH - 1, 'int32', 1).dataSync(),
  );
  for (let step = 0; step < STEPS; step++) {
    const { x, y } = windows(tf, text, starts.slice(step * BATCH, (step + 1) * BATCH), LENGTH);
    optimizer.minimize(() => bitsPerCharacter(tf, model.apply(x, { training: true }), y));
    tf.dispose([x, y]);
  }
  optimizer.dispose();
  const evenly = (codes, count) =>
    Array.from({ length: count }, (_, i) => Math.floor((i * (codes.length - LENGTH - 1)) / count));
  return {
    model: halfnote.splitAttention(model),
    held: windows(tf, test, evenly(test, HELD_OUT), LENGTH),
    examples: windows(tf, text, evenly(text, EXAMPLES), LENGTH).x,
  };
}
