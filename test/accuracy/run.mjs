#!/usr/bin/env node
/**
 * The handwritten digits, trained and run by the library in a plain Node.js process, in each format, over
 * three seeds. What is asked of each format stands in the files of the cases.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';
import { loadDigits } from './lib/digits.mjs';
import { trainedNetworks } from './lib/networks.mjs';
import { precisionCases } from './precision.mjs';
import { qatCases } from './qat.mjs';
import { quantizationCases } from './quantization.mjs';

const require = createRequire(import.meta.url);
const halfnote = require(join(root, 'kernel/dist/index.js'));
const facts = await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const digits = loadDigits(tf);
const setting = { tf, halfnote, facts, digits, trained: trainedNetworks(tf, digits.train) };
await runCases({
  ...(await precisionCases(setting)),
  ...(await quantizationCases(setting)),
  ...(await qatCases(setting)),
});
