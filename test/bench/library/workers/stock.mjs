/** Stock tfjs on the same native binding, without anything of ours: what users have today. */
import { createRequire } from 'node:module';
import { serve } from '../worker.mjs';
import { tfjsCases } from './tfjs-cases.mjs';

const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu');
await serve(tfjsCases(tf, { inPrecision: (_, f) => f(), store: (tensor) => tensor }));
