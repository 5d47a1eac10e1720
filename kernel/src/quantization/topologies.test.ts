import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { loadBackend } from '../start';
import { convertQat } from './qat/convert';
import { prepareQat } from './qat/prepare';
import { describeQat } from './qat/view';
import { quantize } from './quantize';
import { TOPOLOGIES } from './topologies.fixture';

loadBackend();

const ROWS = 6;
/** Of what is open besides. */
const LENGTH = 5;

const random = ({ shape }: tf.SymbolicTensor, seed: number): tf.Tensor =>
  tf.randomNormal(
    shape.map((size, axis) => (axis === 0 ? ROWS : (size ?? LENGTH))),
    0,
    1,
    'float32',
    seed,
  );

const numbers = (outputs: tf.Tensor | tf.Tensor[]): number[] =>
  [outputs].flat().flatMap((tensor) => Array.from(tensor.dataSync()));

function expectNear(
  actual: tf.Tensor | tf.Tensor[],
  expected: readonly number[],
  by: number,
): void {
  const values = numbers(actual);
  expect(values).toHaveLength(expected.length);
  const span = Math.max(...expected.map(Math.abs));
  expect(Math.max(...values.map((y, i) => Math.abs(y - (expected[i] ?? NaN))))).toBeLessThan(
    by * span,
  );
}

test.each(Object.entries(TOPOLOGIES))('%s: is quantized, and trained to be', async (_, make) => {
  const model = make();
  const [x, y] = [model.inputs, model.outputs].map((ends, side) =>
    ends.map((end, i) => random(end, 10 * side + i + 1)),
  ) as [tf.Tensor[], tf.Tensor[]];
  const small = await quantize(model, { calibrate: [x], engine: 'tensorflow' });
  expectNear(small.predict(x), numbers(model.predict(x)), 0.15);

  const qat = prepareQat(model);
  qat.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await qat.trainOnBatch(x, y);
  expect(describeQat(qat).rows.some(({ weights }) => weights !== undefined)).toBe(true);
  const trained = await convertQat(qat, { engine: 'tensorflow' });
  expectNear(trained.predict(x), numbers(qat.predict(x)), 0.05);
  // Normalizations without a product before them are one of their own only after training.
  const products = ({ layers }: typeof small): number =>
    layers.filter(({ format, kind }) => format === 'int8' && kind !== 'BatchNormalization').length;
  expect(products(trained)).toBeGreaterThanOrEqual(products(small));
});
