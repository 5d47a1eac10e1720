#!/usr/bin/env node
/**
 * What `modelCost` counts for ten models, beside PyTorch's `FlopCounterMode` (as a fixture, made by
 * test/pytorch/generate_flops.py) and the profiler of the installed TensorFlow; and whether trainings in
 * fresh processes give the same weights under the same seed.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { runCases } from '../lib/cases.mjs';
import { models } from './models.mjs';

const require = createRequire(import.meta.url);
const halfnote = require(join(root, 'kernel/dist/index.js'));
await halfnote.ensureBackend();
const tf = require('@tensorflow/tfjs');

const fixture = JSON.parse(readFileSync(join(root, 'test/pytorch/flops.json'), 'utf8'));
const { batch: batchSize } = fixture;
const profiled = JSON.parse(
  execFileSync(venvPython, [join(root, 'test/cost/tensorflow_flops.py'), String(batchSize)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split('\n')
    .at(-1),
);

/**
 * PyTorch's formula for the gradient of a filter knows no groups: it counts that of a depthwise convolution
 * as if each output channel read all input channels, as many times what it is.
 */
const surplus = ({ layers }) =>
  layers
    .filter(({ kind }) => kind === 'DepthwiseConv2D')
    // Each channel has a filter of 3 x 3 and a bias.
    .map(({ forwardFlops, parameters }) => forwardFlops * (parameters / 10 - 1))
    .reduce((sum, flops) => sum + flops, 0);

const cases = {};
for (const [name, model] of Object.entries(models(tf, halfnote))) {
  const { result } = await halfnote.modelCost(model, { batchSize });
  const { parameters, forward, training } = fixture.models[name];
  cases[`${name}: forward, as PyTorch ${fixture.torch} counts`] = () => {
    assert.equal(result.forwardFlops, forward);
  };
  cases[`${name}: a training step, as PyTorch counts`] = () => {
    assert.equal(result.trainingFlops, training - surplus(result));
  };
  if (name in profiled) {
    cases[`${name}: forward, as TensorFlow's profiler counts`] = () => {
      assert.equal(result.forwardFlops, profiled[name]);
    };
  }
  if (!['lstm', 'gru'].includes(name)) {
    // PyTorch's LSTM has two biases, and the GRU there has one where ours has another.
    cases[`${name}: parameters`] = () => {
      assert.equal(result.parameters, parameters);
    };
  }
}
cases['each judge has an opinion'] = () => {
  assert.equal(Object.keys(fixture.models).length, 10);
  assert.equal(Object.keys(profiled).length, 9);
};

/** The hash of the weights that a fresh process trains. */
const trained = async (seed, format) => {
  const args = [join(root, 'test/cost/seeded-training.mjs'), String(seed), format];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim().split('\n').at(-1);
};
for (const format of ['fp32', 'bf16', 'fp16']) {
  cases[`${format}: two trainings with one seed give the same bits, one with another does not`] =
    async () => {
      const [first, again] = await Promise.all([trained(42, format), trained(42, format)]);
      assert.match(first, /^[0-9a-f]{64}$/);
      assert.equal(again, first);
      assert.notEqual(await trained(43, format), first);
    };
}
await runCases(cases);
