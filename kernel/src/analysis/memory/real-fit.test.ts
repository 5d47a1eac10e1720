import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ComputeFormat } from '../../backend/contract';
import { lossScaler, setLossScaler } from '../../precision/session';
import { AdamW } from '../../precision/optimizers/classes';
import { withPrecision } from '../../precision/scope';
import { loadBackend } from '../../start';
import { AllocationTrace, peakBytes } from './allocations';
import { OPTIMIZER_NAMES, type OptimizerName } from './options';
import { OPTIMIZERS, trainingMemory } from './training-memory';

const FORMATS = ['fp32', 'bf16', 'fp16'] as const;
const BATCH = 4;
/** Steps counted, powers of beta: numbers beside the slots. */
const SCALARS = 32;
/** A real fit has labels too, for the loss that asks for none, and its own scale of the loss. */
const LABELS = 128;

const dense = (units: number, name: string, more: object = {}): tf.layers.Layer =>
  tf.layers.dense({ units, name, ...more });

function body(): tf.Sequential {
  return tf.sequential({
    name: 'body',
    layers: [
      dense(12, 'inner', { inputShape: [6] }),
      tf.layers.batchNormalization({ name: 'norm' }),
    ],
  });
}

const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  'all of it trained': () =>
    tf.sequential({ layers: [dense(16, 'one', { inputShape: [6] }), dense(3, 'two')] }),
  'a frozen layer': () => {
    const frozen = dense(16, 'frozen', { inputShape: [6], trainable: false });
    return tf.sequential({ layers: [frozen, dense(3, 'head')] });
  },
  'a layer frozen later': () => {
    const later = dense(16, 'later', { inputShape: [6] });
    const model = tf.sequential({ layers: [later, dense(3, 'head')] });
    later.trainable = false;
    return model;
  },
  'batch normalization within': () => tf.sequential({ layers: [body(), dense(3, 'head')] }),
  'a frozen model within': () => {
    const frozen = body();
    const model = tf.sequential({ layers: [frozen, dense(3, 'head')] });
    frozen.trainable = false;
    return model;
  },
  'a frozen model within a graph': () => {
    const frozen = body();
    const input = tf.input({ shape: [6] });
    const head = dense(3, 'head').apply(frozen.apply(input)) as tf.SymbolicTensor;
    frozen.trainable = false;
    return tf.model({ inputs: input, outputs: head });
  },
  'a layer shared by two inputs': () => {
    const inputs = [tf.input({ shape: [6] }), tf.input({ shape: [6] })];
    const shared = dense(8, 'shared');
    const both = inputs.map((input) => shared.apply(input) as tf.SymbolicTensor);
    const sum = tf.layers.add().apply(both) as tf.SymbolicTensor;
    return tf.model({ inputs, outputs: dense(3, 'head').apply(sum) as tf.SymbolicTensor });
  },
  'a frozen wrapper': () => {
    const lstm = tf.layers.lstm({ units: 3 });
    const wrapper = tf.layers.bidirectional({
      layer: lstm,
      mergeMode: 'concat',
      inputShape: [6, 1],
    });
    wrapper.trainable = false;
    return tf.sequential({ layers: [wrapper, dense(3, 'head')] });
  },
  'a convolution': () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 2, inputShape: [4, 4, 2] }),
        tf.layers.batchNormalization({ trainable: false }),
        tf.layers.flatten(),
        dense(3, 'head'),
      ],
    }),
};

function modelNamed(name: string): () => tf.LayersModel {
  return MODELS[name] ?? (() => tf.sequential());
}

const meanSquare = (_labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor =>
  tf.mean(tf.square(outputs));

interface Held {
  readonly optimizer: number;
  readonly peak: number;
}

/** What a real `trainOnBatch`, as `fit` runs it for each batch, holds. */
async function held(
  make: () => tf.LayersModel,
  optimizer: tf.Optimizer,
  format: ComputeFormat,
): Promise<Held> {
  const trace = new AllocationTrace();
  trace.start();
  const model = make();
  const x = model.inputs.map(({ shape }) => tf.zeros([BATCH, ...(shape.slice(1) as number[])]));
  const y = tf.zeros([BATCH, 3]);
  model.compile({ optimizer, loss: meanSquare });
  setLossScaler(2 ** 4);
  const step = (): Promise<unknown> =>
    withPrecision(format, () => model.trainOnBatch(x.length > 1 ? x : tf.concat(x), y));
  try {
    await step();
    const from = trace.now;
    await step();
    const peak = peakBytes(trace.allocations, [from, trace.now]);
    const slots = await slotsOf(optimizer);
    return { optimizer: slots.reduce((sum, { size }) => sum + 4 * size, 0), peak };
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
    trace.stop();
  }
}

/** What an optimizer keeps of each variable: tfjs's in lists of its own, of which `Adamax` tells nobody. */
async function slotsOf(optimizer: tf.Optimizer): Promise<tf.Tensor[]> {
  // To tfjs every optimizer is an instance of every class of them.
  const isOurs: boolean = optimizer.constructor === AdamW;
  if (isOurs) {
    const [, ...slots] = await optimizer.getWeights();
    return slots.map(({ tensor }) => tensor);
  }
  return Object.values(optimizer as unknown as Record<string, unknown>)
    .filter((field) => Array.isArray(field))
    .flatMap((slots) => slots as { readonly variable: tf.Variable }[])
    .map(({ variable }) => variable);
}

beforeAll(() => {
  loadBackend();
});

const PAIRS: readonly (readonly [model: string, optimizer: OptimizerName])[] = [
  ...Object.keys(MODELS).map((model) => [model, 'adam'] as const),
  ...OPTIMIZER_NAMES.map((optimizer) => ['a frozen layer', optimizer] as const),
];

describe('memory', () => {
  it.each(PAIRS)('of %s under %s is told as it is in a real fit', async (model, name) => {
    const make = modelNamed(model);
    const memory = await told(make, name);
    for (const format of FORMATS) {
      const real = await held(make, OPTIMIZERS[name](), format);
      const row = memory.format(format);
      expect(Math.abs((row?.total.optimizer ?? NaN) - real.optimizer), format).toBeLessThan(
        SCALARS,
      );
      expect(Math.abs((row?.measuredPeakBytes ?? NaN) - real.peak), format).toBeLessThan(LABELS);
    }
  });
});

describe('what is told', () => {
  it('leaves nothing to what is frozen, be it by its model', async () => {
    const { total, layers } = (
      await told(modelNamed('a frozen model within a graph'), 'adam')
    ).format('fp16') ?? { layers: [] };
    const parts = Object.fromEntries(
      layers.map(({ name, gradients, optimizer }) => [name, [gradients, optimizer]]),
    );
    const head = 4 * (12 * 3 + 3);
    expect(parts).toMatchObject({
      'body/inner': [0, 0],
      'body/norm': [0, 0],
      head: [head, 2 * head],
    });
    expect(total?.optimizer).toBe(2 * head);
  });

  it.each(['fp32', 'fp16'])("leaves the session's loss scaling alone under %s", async (policy) => {
    const before = setLossScaler('pytorch');
    await withPrecision(policy, () => told(modelNamed('all of it trained'), 'adam'));
    expect(lossScaler()).toBe(before);
    expect(before.step).toBe(0);
  });

  it('has a step of fp16 that no scale of the loss lets overflow', async () => {
    const overflowing = (): tf.LayersModel => {
      const factor = tf.initializers.constant({ value: 1000 });
      const layers = ['one', 'two'].map((name) =>
        dense(4, name, { inputShape: [4], kernelInitializer: factor, biasInitializer: 'ones' }),
      );
      return tf.sequential({ layers });
    };
    const memory = await told(overflowing, 'adam');
    expect(memory.format('fp16')?.total.optimizer).toBe(memory.format('fp32')?.total.optimizer);
  });
});

async function told(
  make: () => tf.LayersModel,
  optimizer: OptimizerName,
): ReturnType<typeof trainingMemory> {
  const model = make();
  try {
    return await trainingMemory(model, { batchSize: BATCH, optimizer, formats: FORMATS });
  } finally {
    model.dispose();
  }
}
