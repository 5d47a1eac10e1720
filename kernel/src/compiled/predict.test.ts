import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { predictionStatistics } from '../backend/compiled/predictions';
import { nativeMemory } from '../backend/load';
import { EVERY_LAYER, inputsOf, modelOf, type Single } from '../models/every-layer.fixture';
import { withPrecision } from '../precision/scope';
import { precisionStatus } from '../precision/status';
import { QUIET } from '../precision/quiet.fixture';
import { kept } from './kept-programs';
import {
  compiledIn,
  expectRight,
  opByOpValues,
  valuesOf,
  withPrograms,
  type Predict,
} from './one-program.fixture';
import { ensureBackend } from '../start';

withPrograms(ensureBackend);

function warm(predict: Predict): void {
  for (let i = 0; i < 4; i++) valuesOf(predict);
}

/** The next prediction is one program, and the same as op by op. */
function expectCompiled(predict: Predict): void {
  warm(predict);
  const expected = opByOpValues(predict);
  let values: unknown;
  expect(compiledIn(() => (values = valuesOf(predict)))).toBeGreaterThan(0);
  expect(values).toEqual(expected);
}

function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
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

/** tfjs looks at its indices. */
const LOOKS_AT_VALUES = 'Embedding';
const FUNCTIONS = Object.entries(EVERY_LAYER).filter(([name]) => name !== LOOKS_AT_VALUES);

describe.each(['fp32', 'bf16', 'fp16'])('under %s', (format) => {
  it.each(FUNCTIONS)('%s predicts the same bits as one program', (name, kind) => {
    const model = modelOf(name, kind);
    const x = inputsOf(kind);
    withPrecision(format, () => {
      expectCompiled(() => model.predict(x));
    });
    model.dispose();
    x.dispose();
  });
});

it('cuts rows into batches as tfjs does, the last one smaller', () => {
  const model = network();
  const x = rows(70);
  expectCompiled(() => model.predict(x));
  expectCompiled(() => model.predict(x, { batchSize: 33 }));
  expectCompiled(() => model.predictOnBatch(x));
});

it('takes several inputs and gives several results', () => {
  const [a, b] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
  const sum = tf.layers.add().apply([a, b]) as tf.SymbolicTensor;
  const outputs = [
    tf.layers.dense({ units: 2 }).apply(sum) as tf.SymbolicTensor,
    tf.layers.dense({ units: 5 }).apply(a) as tf.SymbolicTensor,
  ];
  const model = tf.model({ inputs: [a, b], outputs });
  const [x, y] = [rows(6), tf.ones([6, 4])];
  expectCompiled(() => model.predict([x, y]));
  expectRight(() => model.predict([x, x]));
  expectRight(() => model.predict([y, x]));
});

describe('sees each change of', () => {
  it('weights, by setWeights, assign and training', async () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    // It makes the graph anew.
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    expectCompiled(predict);
    model.setWeights(model.getWeights().map((weight) => tf.add(weight, 0.25)));
    expectRight(predict);
    (model.layers[0]?.weights[0]?.read() as tf.Variable).assign(tf.ones([4, 8]));
    expectRight(predict);
    await model.fit(x, tf.ones([5, 3]), { epochs: 3, verbose: QUIET });
    expectRight(predict);
    expect(compiledIn(predict)).toBe(1);
  });

  it('weights under bf16, whose 16-bit copies are kept', () => {
    const model = network();
    const x = rows(5);
    withPrecision('bf16', () => {
      const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
      expectCompiled(predict);
      model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 1.5)));
      expectRight(predict);
      expect(compiledIn(predict)).toBe(1);
    });
  });

  it('weights that are other variables', () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    expectCompiled(predict);
    const holder = model.layers[0]?.weights[0] as object;
    const before: unknown = Reflect.get(holder, 'val');
    Reflect.set(holder, 'val', tf.variable(tf.ones([4, 8])));
    expectRight(predict);
    expectCompiled(predict);
    Reflect.set(holder, 'val', before);
    expectRight(predict);
  });

  it('two weights that are set to one tensor, and then apart', () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 4, inputShape: [4] }), tf.layers.dense({ units: 4 })],
    });
    const x = rows(3);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    const [kernel, bias] = [tf.ones([4, 4]), tf.ones([4])];
    model.setWeights([kernel, bias, kernel, bias]);
    warm(predict);
    expectRight(predict);
    model.setWeights([kernel, bias, tf.zeros([4, 4]), bias]);
    warm(predict);
    expectRight(predict);
  });

  it('layers, that are added, frozen or set otherwise', () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    expectCompiled(predict);
    model.add(tf.layers.dense({ units: 2 }));
    expectRight(predict);
    expectCompiled(predict);
    model.trainable = false;
    const [first] = model.layers;
    if (first !== undefined) first.trainable = true;
    expectRight(predict);
    expectCompiled(predict);
    Reflect.set(first as object, 'useBias', false);
    expectRight(predict);
    expectCompiled(predict);
  });

  it('the policy, for all layers and for one', () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    expectCompiled(predict);
    const full = valuesOf(predict);
    withPrecision('bf16', () => {
      expectCompiled(predict);
      expect(valuesOf(predict)).not.toEqual(full);
    });
    withPrecision(
      'bf16',
      () => {
        expectCompiled(predict);
      },
      { keep: { [model.layers[0]?.name ?? '']: 'fp32' } },
    );
    expect(valuesOf(predict)).toEqual(full);
  });

  const FORMATS = ['fp32', 'tf32', 'bf16', 'fp16'] as const;
  it.each(FORMATS.flatMap((from) => FORMATS.map((to) => [from, to])))(
    'the policy: %s, then %s',
    (from, to) => {
      const model = network();
      const x = rows(5);
      const predictIn = (format: string) => (): tf.Tensor =>
        withPrecision(format, () => model.predict(x) as tf.Tensor);
      const expected = opByOpValues(predictIn(to));
      expectCompiled(predictIn(from));
      expect(valuesOf(predictIn(to))).toEqual(expected);
      expectCompiled(predictIn(to));
    },
  );

  it('rules for layers by what they say, in a scope for each call too', () => {
    const model = network();
    const x = rows(5);
    const name = model.layers[0]?.name ?? '';
    const within = (keep: Readonly<Record<string, string>>) => (): tf.Tensor =>
      withPrecision('bf16', () => model.predict(x) as tf.Tensor, { keep });
    expectCompiled(within({ [name]: 'fp32' }));
    expectCompiled(within({ '*': 'fp32' }));
    expectRight(within({ [name]: 'fp32' }));
    const unknown = (): unknown => valuesOf(within({ 'no such layer': 'fp32' }));
    expect(unknown).toThrow(/no such layer/);
    expect(compiledIn(() => valuesOf(within({ [name]: 'fp32' })))).toBe(1);
  });

  it.each(['itself', 'its class'])(
    'an activation that was given another method, on %s',
    (where) => {
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })],
      });
      const x = rows(5);
      const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
      expectCompiled(predict);
      const activation = Reflect.get(model.layers[0] as object, 'activation') as object;
      const owner =
        where === 'itself' ? activation : (Reflect.getPrototypeOf(activation) as object);
      const before = Object.getOwnPropertyDescriptor(owner, 'apply');
      Reflect.defineProperty(owner, 'apply', {
        value: (input: tf.Tensor) => tf.neg(input),
        configurable: true,
      });
      try {
        expectRight(predict);
      } finally {
        if (before === undefined) Reflect.deleteProperty(owner, 'apply');
        else Reflect.defineProperty(owner, 'apply', before);
      }
      expectRight(predict);
    },
  );

  it('who asks to be called when a layer runs', () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    expectCompiled(predict);
    let calls = 0;
    model.layers[0]?.setCallHook(() => {
      calls += 1;
    });
    expectRight(predict);
    // Once as it is, once op by op.
    expect(calls).toBe(2);
    model.layers[0]?.clearCallHook();
    expectCompiled(predict);
  });

  it('the backend', async () => {
    const model = network();
    const x = rows(5);
    const predict = (): tf.Tensor => model.predict(x) as tf.Tensor;
    expectCompiled(predict);
    const expected = valuesOf(predict);
    await tf.setBackend('cpu');
    try {
      expect(
        compiledIn(() => {
          expect(tf.tidy(() => predict().shape)).toEqual([5, 3]);
        }),
      ).toBe(0);
    } finally {
      await tf.setBackend('tensorflow');
    }
    expect(valuesOf(predict)).toEqual(expected);
  });

  it('the type and shape of the input', () => {
    const model = network();
    expectCompiled(() => model.predict(rows(5)));
    expectRight(() => model.predict(rows(6)));
    expectRight(() => model.predict(tf.cast(rows(5), 'int32')));
    expectRight(() => model.predict(tf.cast(rows(5), 'bool')));
  });
});

describe('says what tfjs says', () => {
  it('of bad input', () => {
    const model = network();
    expectCompiled(() => model.predict(rows(5)));
    expect(() => model.predict(tf.ones([5, 3]))).toThrow(/expected .* to have shape/);
    expect(() => model.predict([rows(5), rows(5)])).toThrow();
    expect(() => model.predict(rows(5), { batchSize: -1 })).toThrow(/batchSize/);
    const gone = rows(5);
    gone.dispose();
    expect(messageOf(() => model.predict(gone))).toBe(
      messageOf(() => opByOpValues(() => model.predict(gone))),
    );
  });

  it('of a model that is gone', () => {
    const model = network();
    const x = rows(5);
    expectCompiled(() => model.predict(x));
    model.dispose();
    expect(() => model.predict(x)).toThrow(/^Layer .* is already disposed/);
    expect(kept.size).toBe(0);
  });
});

describe('leaves to JavaScript', () => {
  class Counting extends tf.layers.Layer {
    static readonly className = 'Counting';
    calls = 0;
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      this.calls += 1;
      return tf.add([inputs].flat()[0] as tf.Tensor, this.calls);
    }
  }

  it("a user's layer, which may do anything", () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 4, inputShape: [4] }), new Counting()],
    });
    const x = rows(2);
    const values = Array.from({ length: 8 }, () => valuesOf(() => model.predict(x)));
    expect(new Set(values.map((one) => JSON.stringify(one))).size).toBe(8);
  });

  it('a layer whose class is derived from one of tfjs', () => {
    const Dense = tf.layers.dense({ units: 1 }).constructor as new (
      args: object,
    ) => tf.layers.Layer;
    class Noisy extends Dense {
      override call(inputs: tf.Tensor): tf.Tensor {
        return tf.add(super.call(inputs, {}) as tf.Tensor, Math.random());
      }
    }
    const model = tf.sequential({ layers: [new Noisy({ units: 2, inputShape: [4] })] });
    const x = rows(2);
    expect(
      compiledIn(() => Array.from({ length: 8 }, () => valuesOf(() => model.predict(x)))),
    ).toBe(0);
  });

  it('a recurrent layer that remembers', () => {
    const model = tf.sequential({
      layers: [tf.layers.simpleRNN({ units: 2, stateful: true, batchInputShape: [2, 3, 4] })],
    });
    const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1);
    const values: string[] = [];
    const compiled = compiledIn(() => {
      for (let i = 0; i < 8; i++) values.push(JSON.stringify(valuesOf(() => model.predict(x))));
    });
    expect(compiled).toBe(0);
    // Later ones may have settled on one state.
    expect(new Set(values.slice(0, 3)).size).toBe(3);
  });

  it('an embedding, whose indices are looked at', () => {
    const model = modelOf(LOOKS_AT_VALUES, EVERY_LAYER[LOOKS_AT_VALUES] as Single);
    const x = tf.tensor2d([[0, 1, 2, 3, 4, 5]]);
    warm(() => model.predict(x));
    expectRight(() => model.predict(x));
    expect(() => model.predict(tf.mul(x, 100))).toThrow(/out of range|GatherV2|index/i);
  });

  it('a call that a gradient is taken of', () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [4] })],
    });
    const x = rows(2);
    expectCompiled(() => model.predict(x));
    const slope = tf.grad((input: tf.Tensor) => tf.sum(model.predict(input) as tf.Tensor))(x);
    const kernel = model.layers[0]?.getWeights()[0]?.dataSync() ?? [];
    expect(Array.from(slope.dataSync().slice(0, 4))).toEqual(Array.from(kernel));
  });
});

it('shows how predictions ran in the status of precision', () => {
  const model = network();
  const x = rows(5);
  expectCompiled(() => model.predict(x));
  const { batches, asOneProgram } = predictionStatistics();
  expect(String(precisionStatus())).toContain(
    `Predictions run as one program: ${asOneProgram} of ${batches}`,
  );
});

it('counts the batches of a model that is left to JavaScript', () => {
  const model = tf.sequential({
    layers: [tf.layers.simpleRNN({ units: 2, stateful: true, batchInputShape: [2, 3, 4] })],
  });
  const x = tf.randomNormal([4, 3, 4], 0, 1, 'float32', 1);
  const before = predictionStatistics();
  valuesOf(() => model.predict(x, { batchSize: 2 }));
  const after = predictionStatistics();
  expect(after.batches - before.batches).toBe(2);
  expect(after.refusals.map(({ why }) => why)).toContain(`${model.layers[0]?.name} is stateful`);
});

it('holds no more after ten thousand predictions than after ten', () => {
  const model = network();
  const x = rows(3);
  const predict = (): void => {
    tf.dispose(model.predict(x));
  };
  for (let i = 0; i < 10; i++) predict();
  const before = [tf.memory().numTensors, nativeMemory()?.handles];
  expect(compiledIn(() => Array.from({ length: 10_000 }, predict))).toBeGreaterThan(9_900);
  expect([tf.memory().numTensors, nativeMemory()?.handles]).toEqual(before);
});
