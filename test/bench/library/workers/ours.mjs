/** Halfnote's library in a plain Node.js process. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';
import { inferenceCases } from './inference-cases.mjs';
import { tfjsCases } from './tfjs-cases.mjs';

const require = createRequire(import.meta.url);
const halfnote = require('../../../../kernel/dist/index.js');
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const inPrecision = (format, f) => halfnote.withPrecision(format, f);
const store = (tensor, format) => (format === 'fp32' ? tensor : halfnote.castTo(tensor, format));

await serve({
  ...tfjsCases(tf, halfnote.transformerBlock, { inPrecision, store }),
  ...inferenceCases(tf, halfnote.quantize),
});
