import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { modelCost } from '../analysis/cost/model-cost';
import { JUPYTER_DISPLAY, type Displayable } from '../host';
import { quantize } from '../quantization/quantize';
import { loadBackend } from '../start';
import { fingerprint, quickFingerprint } from './fingerprint';

loadBackend();

const model = (): tf.Sequential =>
  tf.sequential({
    layers: [tf.layers.dense({ units: 2, inputShape: [2], kernelInitializer: 'ones' })],
  });

it('names weights and data by their bytes, and not by the names of a session', () => {
  const digest = (...parts: readonly [string, Float32Array][]): string => {
    const hash = createHash('sha256');
    for (const [head, values] of parts) hash.update(head).update(values);
    return hash.digest('hex').slice(0, 12);
  };
  const weights = digest(
    ['["float32",[2,2]]', Float32Array.of(1, 1, 1, 1)],
    ['["float32",[2]]', Float32Array.of(0, 0)],
  );
  const x = tf.tensor2d([[1, 2]]);
  const data = digest(['["float32",[1,2]]', Float32Array.of(1, 2)]);
  expect(fingerprint(model())).toBe(`Weights sha256 ${weights}.`);
  expect(fingerprint(model(), { x })).toBe(`Weights sha256 ${weights}, data sha256 ${data}.`);
});

it('tells trained weights from those before', () => {
  const net = model();
  const before = fingerprint(net);
  net.weights[0]?.write(tf.zeros([2, 2]));
  expect(fingerprint(net)).not.toBe(before);
});

it('is left out where it would take long', () => {
  const net = model();
  const weight = net.weights[0];
  expect(quickFingerprint(net)).toBe(fingerprint(net));
  if (weight) weight.read = () => ({ size: 2 ** 28 }) as tf.Tensor;
  expect(quickFingerprint(net)).toBeUndefined();
});

it('stands below what a model was quantized to, with the examples, and below its cost', async () => {
  const net = model();
  const text = (view: Displayable): string => String(view[JUPYTER_DISPLAY]()['text/plain']);
  const x = tf.ones([4, 2]);
  const small = await quantize(net, { calibrate: [x] });
  expect(text(small)).toContain(fingerprint(net, { x }));
  small.dispose();
  expect(text(await modelCost(net))).toContain(fingerprint(net));
});
