import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StorageFormat } from '../../backend/contract';
import { onOp } from '../../backend/load';
import { storageFormat } from '../../backend/storage';
import { attentionHeads } from '../../layers/attention-heads';
import { groupNormalization } from '../../layers/group-normalization';
import { engine } from '../../patches/engine-internals';
import { withPrecision } from '../scope';
import { lossScaler, regime } from '../session';
import { loadBackend } from '../../start';
import { setPrecision } from '../status';
import { watchPlaces } from './place';
import { layersOf } from '../../models/inner-layers';
import { QUIET as verbose } from '../quiet.fixture';

beforeAll(() => {
  loadBackend();
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  setPrecision('fp32');
});

const x = (): tf.Tensor2D => tf.tensor2d([[257, 1]]);

/** Three products of 2 by 2 whose layers are told apart by their number of outputs: 2, 3, 4. */
function mlp(): tf.Sequential {
  const dense = (name: string, units: number): tf.layers.Layer =>
    tf.layers.dense({
      name,
      units,
      ...(units === 2 ? { inputShape: [2] } : {}),
      useBias: false,
    });
  return tf.sequential({ layers: [dense('first', 2), dense('middle', 3), dense('last', 4)] });
}

/** The formats of products, by the sizes of what they multiply. */
function products(work: () => void): Record<string, StorageFormat[]> {
  const heard: Record<string, StorageFormat[]> = {};
  const stop = onOp((op, format, inputs) => {
    if (!/MatMul/.test(op)) return;
    const key = inputs.map(({ shape }) => shape.join('x')).join(' ');
    (heard[key] ??= []).push(format);
  });
  try {
    work();
  } finally {
    stop();
  }
  return heard;
}

const FORWARD_AND_BACKWARD = {
  '1x1x2 1x2x2': 'bf16',
  '1x1x2 1x2x3': 'fp32',
  '1x1x3 1x3x4': 'bf16',
  // Gradients of inputs, then of weights.
  '1x1x4 1x3x4': 'bf16',
  '1x1x3 1x1x4': 'bf16',
  '1x1x3 1x2x3': 'fp32',
  '1x1x2 1x1x3': 'fp32',
  '1x1x2 1x1x2': 'bf16',
};

const each = (formats: Readonly<Record<string, StorageFormat[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(formats).map(([key, all]) => [key, [...new Set(all)].join()]));

describe('a layer with a policy of its own', () => {
  it('computes in it, forward and backward, in a custom loop', () => {
    const model = mlp();
    const heard = products(() => {
      withPrecision(
        'bf16',
        () => tf.variableGrads(() => tf.sum<tf.Scalar>(model.apply(x()) as tf.Tensor)),
        { keep: { middle: 'fp32' } },
      );
    });
    expect(each(heard)).toEqual(FORWARD_AND_BACKWARD);
  });

  it('does under model.fit and model.predict, whose code is unchanged', async () => {
    const model = mlp();
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    setPrecision('bf16', { keep: 'm*=fp32' });
    const heard: StorageFormat[] = [];
    const stop = onOp((op, format, inputs) => {
      if (/MatMul/.test(op) && inputs.some(({ shape }) => shape.join() === '1,2,3')) {
        heard.push(format);
      }
    });
    await model.fit(x(), tf.zeros([1, 4]), { epochs: 2, verbose });
    expect(heard).toEqual(['fp32', 'fp32', 'fp32', 'fp32']);
    model.predict(x());
    stop();
    expect(heard).toHaveLength(5);
    expect(heard.at(-1)).toBe('fp32');
  });

  it('gives exactly what fp32 gives, where its neighbors round', () => {
    // 257 is no bf16 number.
    const layer = tf.layers.dense({
      name: 'exact',
      units: 1,
      useBias: false,
      kernelInitializer: 'ones',
    });
    const run = (keep?: string): number =>
      withPrecision(
        'bf16',
        () => layer.apply(x()) as tf.Tensor,
        keep === undefined ? {} : { keep },
      ).dataSync()[0] ?? NaN;
    expect([run(), run('exact=fp32'), run('e*=tf32')]).toEqual([256, 258, 258]);
  });

  it('may compute lower than the session, and hands on its output format', () => {
    const model = mlp();
    const [, middle] = model.layers;
    setPrecision('fp32', { keep: { middle: 'mixed_bfloat16', last: 'bf16' } });
    const hidden = middle?.apply(tf.ones([1, 2])) as tf.Tensor;
    expect(storageFormat(hidden)).toBe('bf16');
    const last = model.layers[2]?.apply(hidden) as tf.Tensor;
    expect(storageFormat(last)).toBe('fp32');
    const heard = products(() => {
      const { grads } = tf.variableGrads(() => tf.sum<tf.Scalar>(model.apply(x()) as tf.Tensor));
      expect(Object.values(grads).map((gradient) => storageFormat(gradient))).toEqual([
        'fp32',
        'fp32',
        'fp32',
      ]);
    });
    expect(each(heard)).toMatchObject({
      '1x1x2 1x2x2': 'fp32',
      '1x1x2 1x2x3': 'bf16',
      '1x1x2 1x1x3': 'bf16',
      '1x1x2 1x1x2': 'fp32',
    });
  });

  it('has its loss scaled when it alone computes in fp16', () => {
    setPrecision('fp32', { keep: 'last=fp16' });
    expect(lossScaler().scale).toBe(2 ** 16);
  });

  it('keeps its weights in the format of its own policy', () => {
    const model = mlp();
    const optimizer = tf.train.sgd(2 ** -12);
    setPrecision('p=bf16,c=f32,o=f32', { keep: { last: 'fp32' } });
    model.setWeights([tf.ones([2, 2]), tf.ones([2, 3]), tf.ones([3, 4])]);
    optimizer.minimize(() => tf.sum<tf.Scalar>(model.apply(tf.ones([1, 2])) as tf.Tensor));
    const [first = NaN, , last = NaN] = model.getWeights().map((w) => w.dataSync()[0]);
    // Gradients are 12 and 4: 1 - 12 / 4096 rounds to bf16, 1 - 4 / 4096 stays in fp32.
    expect([first, last]).toEqual([1 - 2 ** -8, 1 - 4 * 2 ** -12]);
  });

  it('is found in nested models, wrappers and recurrent layers', () => {
    const encoder = tf.sequential({
      name: 'encoder',
      layers: [tf.layers.dense({ name: 'inner', units: 3, inputShape: [5, 2], useBias: false })],
    });
    const model = tf.sequential({
      layers: [
        encoder,
        tf.layers.timeDistributed({
          name: 'steps',
          layer: tf.layers.dense({ name: 'wrapped', units: 4, useBias: false }),
        }),
        tf.layers.lstm({ name: 'memory', units: 6 }),
      ],
    });
    expect(layersOf(model).map(({ path }) => path)).toEqual([
      'encoder',
      'encoder/inner',
      'steps',
      'steps/wrapped',
      'memory',
    ]);
    const formats = (keep: string): string[] => {
      setPrecision('bf16', { keep });
      const heard: string[] = [];
      const stop = onOp((op, format, inputs) => {
        const columns = inputs[1]?.shape.at(-1);
        if (/MatMul/.test(op)) heard.push(`${columns ?? ''} ${format}`);
      });
      tf.tidy(() => model.predict(tf.ones([1, 5, 2])));
      stop();
      return [...new Set(heard)];
    };
    expect(formats('encoder/inner=fp32')).toEqual(['3 fp32', '4 bf16', '24 bf16']);
    expect(formats('encoder=fp32')).toEqual(['3 fp32', '4 bf16', '24 bf16']);
    expect(formats('wrapped=fp32')).toEqual(['3 bf16', '4 fp32', '24 bf16']);
    expect(formats('memory=fp32')).toEqual(['3 bf16', '4 bf16', '24 fp32']);
  });

  it('leaves no tensor behind', () => {
    const model = mlp();
    setPrecision('bf16', { keep: 'middle=fp32,last=mixed_bfloat16' });
    const input = x();
    const step = (): void => {
      tf.dispose(model.predict(input));
      const { value, grads } = tf.variableGrads(() =>
        tf.sum<tf.Scalar>(model.apply(input) as tf.Tensor),
      );
      tf.dispose([value, ...Object.values(grads)]);
    };
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) step();
    expect(tf.memory().numTensors - before).toBe(0);
  });
});

describe('a layer that there is not', () => {
  it('is an error with the names there are, before any weight changes', async () => {
    const model = mlp();
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    setPrecision('bf16', { keep: 'midle=fp32' });
    const wrong: unknown = expect.objectContaining({
      code: 'unknown-layer',
      message: expect.stringMatching(
        /"midle".*its layers are first, middle, last\.\nDid you mean middle/,
      ) as string,
    });
    await expect(model.fit(x(), tf.ones([1, 4]), { verbose })).rejects.toThrow(wrong);
    expect(() => model.predict(x())).toThrow(wrong);
    expect(() => model.apply(x())).toThrow(wrong);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    setPrecision('bf16', { keep: 'middle=fp32' });
    const { epoch } = await model.fit(x(), tf.ones([1, 4]), { verbose });
    expect(epoch).toEqual([0]);
  });

  it('is one at the first step where layers run without a model', () => {
    const layer = tf.layers.dense({ name: 'alone', units: 1, inputShape: [2] });
    const optimizer = tf.train.sgd(1);
    layer.apply(x());
    const before = [...(layer.getWeights()[0]?.dataSync() ?? [])];
    setPrecision('bf16', { keep: 'aloen=fp32' });
    expect(() =>
      optimizer.minimize(() => tf.sum<tf.Scalar>(layer.apply(x()) as tf.Tensor)),
    ).toThrow(/its layers are alone\.\nDid you mean alone/);
    expect([...(layer.getWeights()[0]?.dataSync() ?? [])]).toEqual(before);
  });
});

describe('fp8', () => {
  const model = (): tf.Sequential =>
    tf.sequential({
      layers: [
        tf.layers.embedding({ name: 'words', inputDim: 4, outputDim: 2, inputLength: 2 }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ name: 'score', units: 1 }),
      ],
    });

  it('on a layer that has no recipe is an error that names those that have one', () => {
    setPrecision('bf16', { keep: 'words=fp8' });
    expect(() => model().predict(tf.tensor2d([[1, 2]]))).toThrow(
      /words \(Embedding\) of "words=fp8" has no FP8 recipe[\s\S]*Layers that have one: score\./,
    );
    setPrecision('bf16', { keep: '*=fp8' });
    expect((model().predict(tf.tensor2d([[1, 2]])) as tf.Tensor).shape).toEqual([1, 1]);
  });

  it('is for attention heads too, which multiply their inputs with each other', () => {
    const inputs = tf.input({ shape: [3, 4] });
    const heads = attentionHeads({ name: 'heads', numHeads: 2 });
    const outputs = heads.apply([inputs, inputs, inputs]) as tf.SymbolicTensor;
    const attending = tf.model({ inputs, outputs });
    const tokens = tf.randomNormal([1, 3, 4], 0, 1, 'float32', 1);
    const exact = (attending.predict(tokens) as tf.Tensor).dataSync();
    setPrecision('fp32', { keep: 'heads=fp8' });
    const rounded = (attending.predict(tokens) as tf.Tensor).dataSync();
    const apart = rounded.map((value, i) => Math.abs(value - (exact[i] ?? NaN)));
    expect(Math.max(...apart)).toBeGreaterThan(2 ** -9);
    expect(Math.max(...apart)).toBeLessThan(0.25);
  });

  it('of a session is an error for a model in which nothing has a recipe', () => {
    const flat = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 1] })] });
    setPrecision('fp8');
    expect(() => flat.predict(tf.ones([1, 2, 1]))).toThrow(/has an FP8 recipe/);
    expect((model().predict(tf.tensor2d([[1, 2]])) as tf.Tensor).shape).toEqual([1, 1]);
  });

  it('remembers scales where each step has a scope of its own', () => {
    const layer = tf.layers.conv2d({
      name: 'scaled',
      filters: 1,
      kernelSize: 1,
      useBias: false,
      kernelInitializer: 'ones',
    });
    const run = (value: number): number =>
      withPrecision(
        'fp8',
        () => layer.apply(tf.tensor4d([[[[value]]]])) as tf.Tensor,
      ).dataSync()[0] ?? NaN;
    setPrecision('fp32');
    run(1);
    // The scale comes from 1, the largest before: 4 saturates at it.
    expect(run(4)).toBe(1);
  });
});

describe('a change of policy in a callback of fit', () => {
  it('is an error that ends the fit, and the policy stays', async () => {
    const model = mlp();
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    setPrecision('bf16');
    const fit = model.fit(x(), tf.ones([1, 4]), {
      verbose,
      epochs: 2,
      callbacks: { onEpochEnd: () => void setPrecision('fp16') },
    });
    await expect(fit).rejects.toThrow(
      expect.objectContaining({
        code: 'policy-change-in-fit',
        message: expect.stringMatching(
          /fp16 now: model\.fit of .* is running[\s\S]*withPrecision/,
        ) as string,
      }),
    );
    expect(regime().policy.compute).toBe('bf16');
    expect(setPrecision('fp16').policy.compute).toBe('fp16');
  });

  it('is no error in a scope, which restores the policy', async () => {
    const model = mlp();
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    setPrecision('bf16');
    const seen: string[] = [];
    await model.fit(x(), tf.ones([1, 4]), {
      verbose,
      epochs: 2,
      callbacks: {
        onEpochEnd: () => {
          withPrecision('fp32', () => seen.push(regime().policy.compute));
          seen.push(regime().policy.compute);
        },
      },
    });
    expect(seen).toEqual(['fp32', 'bf16', 'fp32', 'bf16']);
    expect(engine().state.gradientDepth).toBe(0);
  });
});

describe("the output format of a session's policy", () => {
  it('is what models give, from predict and from apply', () => {
    const model = mlp();
    const given = (spec: string): unknown[] => {
      setPrecision(spec);
      return [model.predict(x()), model.apply(x())].map((y) => storageFormat(y as tf.Tensor));
    };
    expect(given('bf16')).toEqual(['fp32', 'fp32']);
    expect(given('mixed_bfloat16')).toEqual(['bf16', 'bf16']);
    expect(given('p=f32,c=f32,o=f16')).toEqual(['fp16', 'fp16']);
  });

  it.each(['bf16', 'fp16'])('is what losses are handed by fit and evaluate: %s', async (format) => {
    const seen: unknown[] = [];
    const loss = (labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor => {
      seen.push(storageFormat(outputs));
      return tf.metrics.meanSquaredError(labels, outputs);
    };
    const model = mlp();
    setPrecision(format);
    model.compile({ optimizer: 'sgd', loss });
    await model.fit(x(), tf.ones([1, 4]), { verbose });
    model.evaluate(x(), tf.ones([1, 4]));
    expect(new Set(seen)).toEqual(new Set(['fp32']));
  });

  it.each(['bf16', 'fp16'])(
    'keeps the cross-entropy of a sure answer finite: %s',
    async (format) => {
      const sure = tf.layers.dense({
        units: 1,
        activation: 'sigmoid',
        kernelInitializer: 'ones',
        inputShape: [1],
      });
      const model = tf.sequential({ layers: [sure] });
      setPrecision(format);
      model.compile({ optimizer: 'sgd', loss: 'binaryCrossentropy' });
      const { history } = await model.fit(tf.tensor2d([[2], [20]]), tf.ones([2, 1]), { verbose });
      expect(history['loss']?.[0]).toBeCloseTo(0.0645, 2);
      expect(sure.getWeights().map((weight) => weight.isFinite().all().dataSync()[0])).toEqual([
        1, 1,
      ]);
    },
  );
});

describe('a layer of its own policy', () => {
  const LAYERS: Readonly<Record<string, (name: string) => tf.layers.Layer>> = {
    dense: (name) => tf.layers.dense({ units: 4, name }),
    'layer normalization': (name) => tf.layers.layerNormalization({ name }),
    'layer normalization over another axis': (name) =>
      tf.layers.layerNormalization({ axis: 1, name }),
    'batch normalization': (name) => tf.layers.batchNormalization({ name }),
    gelu: (name) => tf.layers.activation({ activation: 'gelu', name }),
    softmax: (name) => tf.layers.softmax({ axis: 2, name }),
    'group normalization': (name) => groupNormalization({ groups: 2, name }),
    recurrent: (name) => tf.layers.lstm({ units: 4, returnSequences: true, name }),
  };

  it.each(Object.entries(LAYERS))('may be of any kind: %s', (_kind, layer) => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 4, inputShape: [3, 4], name: 'before' }),
        layer('kept'),
        tf.layers.dense({ units: 2, name: 'after' }),
      ],
    });
    const formats = new Map<string, string | undefined>();
    const stop = watchPlaces(({ path }, output) => {
      const [first] = [output].flat();
      if (first !== undefined) formats.set(path, storageFormat(first));
    });
    try {
      withPrecision('mixed_bfloat16', () => model.predict(tf.ones([1, 3, 4])), {
        keep: { kept: 'float32' },
      });
    } finally {
      stop();
    }
    expect(formats.get('kept')).toBe('fp32');
  });
});
