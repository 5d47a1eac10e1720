import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { predictionStatistics } from '../backend/compiled/predictions';
import { nativeMemory } from '../backend/load';
import { QUIET } from '../precision/quiet.fixture';
import { withPrecision } from '../precision/scope';
import { alone, compiledIn, withPrograms } from './one-program.fixture';
import { ensureBackend } from '../start';

withPrograms(ensureBackend);

type Evaluate = () => tf.Scalar | tf.Scalar[];

function valuesOf(evaluate: Evaluate): number[] {
  return tf.tidy(() => [evaluate()].flat().map((score) => score.dataSync()[0] ?? NaN));
}

function opByOpValues(evaluate: Evaluate): number[] {
  return alone(() => valuesOf(evaluate));
}

/** The next evaluation has its batches as programs, and gives the bits of op by op. */
function expectCompiled(evaluate: Evaluate, batches: number): void {
  for (let i = 0; i < 4; i++) valuesOf(evaluate);
  const expected = opByOpValues(evaluate);
  let values: unknown;
  expect(compiledIn(() => (values = valuesOf(evaluate)))).toBe(batches);
  expect(values).toEqual(expected);
}

function expectRight(evaluate: Evaluate): void {
  expect(valuesOf(evaluate)).toEqual(opByOpValues(evaluate));
}

const network = (): tf.Sequential =>
  tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
const rows = (count: number): tf.Tensor => tf.randomNormal([count, 4], 0, 1, 'float32', count);
const classes = (count: number): tf.Tensor1D =>
  tf.tensor1d(
    Array.from({ length: count }, (_, i) => (i * 7) % 3),
    'int32',
  );
const targets = (count: number): tf.Tensor => tf.oneHot(classes(count), 3);

const LOSSES = [
  'categoricalCrossentropy',
  'meanSquaredError',
  'binaryCrossentropy',
  'cosineProximity',
];

describe.each(['fp32', 'bf16', 'fp16'])('under %s', (format) => {
  it.each(LOSSES)('%s is the same bits as one program, the last batch smaller', (loss) => {
    const model = network();
    model.compile({ optimizer: 'sgd', loss, metrics: ['accuracy', 'mse'] });
    const [x, y] = [rows(70), targets(70)];
    withPrecision(format, () => {
      expectCompiled(() => model.evaluate(x, y), 3);
      expectCompiled(() => model.evaluate(x, y, { batchSize: 70 }), 1);
    });
  });
});

it('evaluates classes by number', () => {
  const model = network();
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['acc'] });
  const [x, y] = [rows(40), tf.cast(tf.reshape(classes(40), [40, 1]), 'float32')];
  expectCompiled(() => model.evaluate(x, y), 2);
});

it('takes several inputs and outputs, with a loss for each', () => {
  const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
  const sum = tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
  const outputs = [
    tf.layers.dense({ units: 2 }).apply(sum) as tf.SymbolicTensor,
    tf.layers.dense({ units: 3 }).apply(a) as tf.SymbolicTensor,
  ];
  const model = tf.model({ inputs: [a, b], outputs });
  model.compile({ optimizer: 'sgd', loss: ['meanSquaredError', 'meanAbsoluteError'] });
  const x = [rows(40), tf.ones([40, 4])];
  const y = [tf.ones([40, 2]), targets(40)];
  const evaluate = (): tf.Scalar[] => model.evaluate(x, y) as tf.Scalar[];
  for (let i = 0; i < 4; i++) valuesOf(evaluate);
  expectRight(evaluate);
  expect(compiledIn(() => valuesOf(evaluate))).toBe(2);
});

it('runs a loss and a metric of the user, which may look at values, on the outputs of the program', () => {
  const model = network();
  let calls = 0;
  const loss = (y: tf.Tensor, p: tf.Tensor): tf.Tensor => {
    calls += 1;
    return tf.mul(tf.losses.absoluteDifference(y, p), calls);
  };
  const metric = (y: tf.Tensor): tf.Tensor => tf.scalar(Math.max(...y.dataSync()));
  model.compile({ optimizer: 'sgd', loss, metrics: [metric] });
  const [x, y] = [rows(64), targets(64)];
  for (let i = 0; i < 4; i++) valuesOf(() => model.evaluate(x, y));
  calls = 0;
  const expected = opByOpValues(() => model.evaluate(x, y));
  calls = 0;
  let values: unknown;
  expect(compiledIn(() => (values = valuesOf(() => model.evaluate(x, y))))).toBe(2);
  expect(values).toEqual(expected);
  expect(calls).toBe(2);
});

it('sees weights, targets, layers and losses that change', async () => {
  const model = network();
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['accuracy'] });
  const [x, y] = [rows(32), targets(32)];
  const evaluate = (): tf.Scalar[] => model.evaluate(x, y) as tf.Scalar[];
  expectCompiled(evaluate, 1);
  await model.fit(x, y, { epochs: 2, verbose: QUIET });
  expectRight(evaluate);
  expect(compiledIn(evaluate)).toBe(1);
  expectRight(() => model.evaluate(x, tf.zeros([32, 3])));
  expectRight(() => model.evaluate(x, tf.ones([32, 3], 'int32')));
  model.compile({ optimizer: 'adam', loss: 'meanAbsoluteError', metrics: ['accuracy'] });
  expectRight(evaluate);
  expectCompiled(evaluate, 1);
  Reflect.set(model.layers[0] as object, 'useBias', false);
  expectRight(evaluate);
});

it('validates in fit and evaluates a dataset in the same way', async () => {
  const model = network();
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [rows(32), targets(32)];
  const data = tf.data.array([{ xs: x, ys: y }]);
  const evaluated = async (): Promise<number[]> => {
    const scores = [await model.evaluateDataset(data as never, {})].flat();
    return scores.map((score) => score.dataSync()[0] ?? NaN);
  };
  const again = (): tf.Scalar[] => model.evaluate(x, y) as tf.Scalar[];
  expectCompiled(again, 1);
  const before = predictionStatistics().asOneProgram;
  expect(await evaluated()).toEqual(opByOpValues(again));
  const { history } = await model.fit(x, y, {
    epochs: 2,
    validationData: [x, y],
    verbose: QUIET,
  });
  expect(predictionStatistics().asOneProgram - before).toBe(3);
  const validated = [history['val_loss']?.[1], history['val_acc']?.[1]];
  expect(validated).toEqual(opByOpValues(again));
});

it('holds no more after a thousand evaluations than after ten', () => {
  const model = network();
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const [x, y] = [rows(3), targets(3)];
  const evaluate = (): void => {
    tf.dispose(model.evaluate(x, y));
  };
  for (let i = 0; i < 10; i++) evaluate();
  const before = [tf.memory().numTensors, nativeMemory()?.handles];
  expect(compiledIn(() => Array.from({ length: 1000 }, evaluate))).toBeGreaterThan(990);
  expect([tf.memory().numTensors, nativeMemory()?.handles]).toEqual(before);
});
