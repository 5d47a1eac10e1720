/** Halfnote's library in a plain Node.js process. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';
import { decodingCases } from './decoding-cases.mjs';
import { inferenceCases } from './inference-cases.mjs';
import { perplexityCases } from './perplexity-cases.mjs';
import { tfjsCases } from './tfjs-cases.mjs';

const require = createRequire(import.meta.url);
const halfnote = require('../../../../kernel/dist/index.js');
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const inPrecision = (format, f) => halfnote.withPrecision(format, f);
const store = (tensor, format) => (format === 'fp32' ? tensor : halfnote.castTo(tensor, format));

const byXla = (step) => halfnote.compileStep(step, { xla: true });
const compiled = process.env.BENCH_XLA ? byXla : undefined;
const precision = { inPrecision, store };
const trained = tfjsCases(tf, halfnote.transformerBlock, precision, compiled);

/** The MLP's training in fp32, its gradient ranges recorded or not. */
function ranges({ steps, format, ...parameters }) {
  const step = trained.training({ ...parameters, format: 'fp32' });
  return () => {
    if (format === 'recorded') halfnote.recordGradients(true);
    for (let i = 0; i < steps; i++) step();
    halfnote.recordGradients(false);
  };
}

await serve({
  ...trained,
  ranges,
  ...inferenceCases(tf, halfnote.quantize),
  ...decodingCases(tf, halfnote),
  ...perplexityCases(tf, halfnote),
});
