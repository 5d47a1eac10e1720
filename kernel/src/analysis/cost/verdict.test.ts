import { expect, it } from 'vitest';
import type { OnnxCostResult } from './onnx-result';
import type { LayerCost, ModelCostResult } from './result';
import { costVerdict, dearestFirst, onnxCostVerdict } from './verdict';

const layer = (name: string, forwardFlops: number): LayerCost => ({
  name,
  kind: 'Dense',
  calls: 1,
  parameters: 10,
  forwardFlops,
  trainingFlops: 3 * forwardFlops,
  elementwiseOps: 0,
  weightBytes: 40,
  activationBytes: name === 'wide' ? 80 : 8,
  intensityFlopPerByte: 2,
});

const cost = (layers: readonly LayerCost[]): ModelCostResult => ({
  ...layer('', 0),
  model: 'net',
  batchSize: 1,
  format: 'fp32',
  layers,
  forwardFlops: layers.reduce((sum, { forwardFlops }) => sum + forwardFlops, 0),
  trainingFlops: layers.reduce((sum, { trainingFlops }) => sum + trainingFlops, 0),
});

it('says what an inference takes and which layer takes most of it', () => {
  const { sentence, tone, next } = costVerdict(cost([layer('a', 100), layer('b', 300)]), 'net');
  expect(sentence).toBe(
    'An inference takes 400 FLOP and moves 48 B in fp32, 2.00 FLOP a byte, a training step 1.20 kFLOP; b takes 75.0% of the FLOPs.',
  );
  expect([tone, next]).toEqual(['good', '%roofline net']);
});

it('warns where nothing is multiplied, and proposes nothing for a model that no variable holds', () => {
  expect(costVerdict(cost([layer('flat', 0)]), 'net')).toMatchObject({ tone: 'caution' });
  expect(costVerdict(cost([layer('a', 1)]), undefined).next).toBeUndefined();
});

it('warns first of products that it does not count in an ONNX model', () => {
  const nodes = [{ ...layer('m', 54), macs: 27 }];
  const result: OnnxCostResult = {
    ...cost([]),
    macs: 27,
    forwardFlops: 54,
    nodes,
    notCounted: {},
    productsNotCounted: [],
  };
  expect(onnxCostVerdict(result, 'net')).toMatchObject({ tone: 'good', next: '%memory net' });
  const more = onnxCostVerdict({ ...result, productsNotCounted: ['Einsum'] }, undefined);
  expect(more.tone).toBe('caution');
  expect(more.sentence).toMatch(/^More is multiplied than is counted, in Einsum; /);
  const none = {
    ...result,
    forwardFlops: 0,
    nodes: [layer('e', 0)].map((n) => ({ ...n, macs: 0 })),
  };
  const uncounted = onnxCostVerdict({ ...none, productsNotCounted: ['Einsum'] }, undefined);
  expect(uncounted.sentence).not.toMatch(/NaN|of the FLOPs/);
});

it('puts the layers that take most first, of equal ones those that move more bytes', () => {
  expect(dearestFirst([layer('a', 0), layer('wide', 0), layer('b', 9)])).toEqual([2, 1, 0]);
});
