/** Stock tfjs on the same native binding, without anything of ours: what users have today. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';
import { tfjsCases } from './tfjs-cases.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-node-gpu');
const { transformerBlock } = require('../../../../kernel/dist/layers/transformer.js');
await serve(
  tfjsCases(tf, transformerBlock, { inPrecision: (_, f) => f(), store: (tensor) => tensor }),
);
