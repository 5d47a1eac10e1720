import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { attentionHeads } from '../../layers/attention-heads';
import { multiHeadAttention } from '../../layers/multi-head-attention';
import { transformerBlock } from '../../layers/transformer';
import { inputsOf, EVERY_LAYER, modelOf } from '../../models/every-layer.fixture';
import { aroundKernels } from '../../patches/kernel-calls';
import { rowsOf } from '../../models/rows';
import { setPrecision } from '../../precision/status';
import { loadBackend } from '../../start';
import { modelCost } from './model-cost';
import { isProduct, productWork } from './product-flops';

beforeAll(() => {
  loadBackend();
});

type Symbolic = tf.SymbolicTensor;

const { layers } = tf;

const sequential = (...given: tf.layers.Layer[]): tf.Sequential => tf.sequential({ layers: given });

/** The FLOPs of the products that really run within `work`. */
function executed(work: () => void): number {
  let flops = 0;
  let inside = false;
  const stop = aroundKernels((call, run) => {
    const outer = inside;
    inside ||= isProduct(call.name);
    const result = run();
    inside = outer;
    const output = [result].flat()[0] as tf.Tensor;
    if (!outer) flops += productWork(call, output)?.flops ?? 0;
    return result;
  });
  try {
    work();
  } finally {
    stop();
  }
  return flops;
}

/** No gradient goes through a crop. */
const TRAINED = Object.entries(EVERY_LAYER).filter(([name]) => name !== 'CenterCrop');

/** With the state alone: a GRU's third is with the state times a gate, which depends on weights. */
const PRODUCTS_OF_STATE: Readonly<Record<string, number>> = {
  SimpleRNN: 1,
  GRU: 2,
  LSTM: 4,
  RNN: 4,
  Bidirectional: 2 * 2,
};

describe('modelCost', () => {
  it.each<[string, tf.layers.Layer, number]>([
    ['dense', layers.dense({ inputShape: [7], units: 5 }), 2 * 7 * 5],
    ['dense on a sequence', layers.dense({ inputShape: [4, 7], units: 5 }), 2 * 4 * 7 * 5],
    ['conv1d', layers.conv1d({ inputShape: [9, 2], filters: 3, kernelSize: 4 }), 2 * 6 * 3 * 4 * 2],
    [
      'conv2d with strides and padding',
      layers.conv2d({
        inputShape: [9, 9, 2],
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
      }),
      2 * 25 * 3 * 9 * 2,
    ],
    [
      'dilated conv2d',
      layers.conv2d({ inputShape: [9, 9, 2], filters: 3, kernelSize: 3, dilationRate: 2 }),
      2 * 25 * 3 * 9 * 2,
    ],
    [
      'conv3d',
      layers.conv3d({ inputShape: [4, 5, 6, 2], filters: 3, kernelSize: 2 }),
      2 * (3 * 4 * 5) * 3 * 8 * 2,
    ],
    [
      'depthwise',
      layers.depthwiseConv2d({ inputShape: [8, 8, 3], kernelSize: 3, depthMultiplier: 2 }),
      2 * 36 * 6 * 9,
    ],
    [
      'separable',
      layers.separableConv2d({ inputShape: [8, 8, 3], kernelSize: 3, filters: 5 }),
      2 * 36 * 3 * 9 + 2 * 36 * 3 * 5,
    ],
    [
      'transposed conv2d',
      layers.conv2dTranspose({ inputShape: [5, 5, 3], filters: 4, kernelSize: 3, strides: 2 }),
      2 * 25 * 3 * 9 * 4,
    ],
    ['simpleRNN', layers.simpleRNN({ inputShape: [6, 4], units: 5 }), 6 * 2 * 5 * (4 + 5)],
    ['GRU', layers.gru({ inputShape: [6, 4], units: 5 }), 3 * 6 * 2 * 5 * (4 + 5)],
    ['LSTM', layers.lstm({ inputShape: [6, 4], units: 5 }), 4 * 6 * 2 * 5 * (4 + 5)],
    [
      'bidirectional LSTM',
      layers.bidirectional({
        inputShape: [6, 4],
        mergeMode: 'concat',
        layer: layers.lstm({ units: 5 }),
      }),
      2 * 4 * 6 * 2 * 5 * (4 + 5),
    ],
    [
      'time-distributed convolution',
      layers.timeDistributed({
        inputShape: [6, 8, 8, 2],
        layer: layers.conv2d({ filters: 3, kernelSize: 3 }),
      }),
      6 * 2 * 36 * 3 * 9 * 2,
    ],
    ['embedding', layers.embedding({ inputDim: 100, outputDim: 8, inputLength: 6 }), 0],
    ['pooling', layers.maxPooling2d({ inputShape: [8, 8, 2], poolSize: 2 }), 0],
  ])('counts %s by its formula, at any batch size', async (_, layer, perSample) => {
    const model = sequential(layer);
    expect((await modelCost(model)).result.forwardFlops).toBe(perSample);
    const { result } = await modelCost(model, { batchSize: 37 });
    expect(result.forwardFlops).toBe(37 * perSample);
    expect(result.parameters).toBe(model.countParams());
    model.dispose();
  });

  it('counts attention: 4 n^2 d a head, and the projections', async () => {
    const [n, d, heads, width] = [6, 5, 3, 12];
    const x = tf.input({ shape: [n, width] });
    const y = multiHeadAttention({ numHeads: heads, keyDim: d }).apply(x) as Symbolic;
    const { result } = await modelCost(tf.model({ inputs: x, outputs: y }));
    const attention = heads * 4 * n * n * d;
    const projections = 4 * 2 * n * width * heads * d;
    expect(result.forwardFlops).toBe(attention + projections);
    // No gradient for x: of the three projections of it only that of the kernel.
    expect(result.trainingFlops).toBe(3 * (attention + projections) - (3 / 4) * projections);

    const heads2 = attentionHeads({ numHeads: heads }).apply([x, x, x]) as Symbolic;
    const bare = await modelCost(tf.model({ inputs: x, outputs: heads2 }));
    expect(bare.result.forwardFlops).toBe(4 * n * n * width);
    expect(bare.result.trainingFlops).toBe(4 * n * n * width);
  });

  it('has a row for each layer of nested models, and all calls of a shared one in its row', async () => {
    const shared = layers.dense({ name: 'shared', units: 4 });
    const a = tf.input({ shape: [3, 4] });
    const b = tf.input({ shape: [5, 4] });
    const encode = tf.sequential({
      name: 'encoder',
      layers: [layers.dense({ name: 'first', inputShape: [3, 4], units: 6 })],
    });
    const joined = layers
      .dot({ axes: 2, name: 'product' })
      .apply([shared.apply(a) as Symbolic, shared.apply(b) as Symbolic]) as Symbolic;
    const outputs = [joined, encode.apply(a) as Symbolic];
    const cost = await modelCost(tf.model({ inputs: [a, b], outputs }));
    expect(cost.layer('shared')).toMatchObject({ calls: 2, forwardFlops: (3 + 5) * 2 * 16 });
    expect(cost.layer('encoder/first')?.forwardFlops).toBe(3 * 2 * 4 * 6);
    expect(cost.layer('product')).toMatchObject({
      forwardFlops: 3 * 5 * 2 * 4,
      trainingFlops: 3 * 3 * 5 * 2 * 4,
    });
  });

  it("counts a user's own layer by what it does", async () => {
    class Bilinear extends tf.layers.Layer {
      static readonly className = 'BilinearOfCostTest';
      private kernel: tf.LayerVariable | undefined;
      override build(): void {
        this.kernel = this.addWeight('kernel', [3, 4, 5], 'float32', tf.initializers.ones());
        this.built = true;
      }
      override call(input: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const x = Array.isArray(input) ? (input[0] as tf.Tensor) : input;
        return tf.einsum('bi,ijk->bjk', x, this.kernel?.read() as tf.Tensor);
      }
      override computeOutputShape(): tf.Shape {
        return [null, 4, 5];
      }
    }
    const x = tf.input({ shape: [3] });
    const y = new Bilinear({ name: 'bilinear' }).apply(x) as Symbolic;
    const { result } = await modelCost(tf.model({ inputs: x, outputs: y }), { batchSize: 2 });
    expect(result.forwardFlops).toBe(2 * 2 * 3 * 4 * 5);
    expect(result.trainingFlops).toBe(2 * result.forwardFlops);
  });

  it.each(TRAINED)('tells what a training step with %s really multiplies', async (name, kind) => {
    const model = modelOf(name, kind);
    const x = inputsOf(kind);
    const { result } = await modelCost(model, { batchSize: rowsOf([x]) });
    const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const step = executed(() => {
      tf.tidy(() => {
        tf.variableGrads(() => tf.mean(tf.square(model.apply(x) as tf.Tensor)), weights);
      });
    });
    // tfjs's dense layers compute the gradient of what the model is given too, and nobody reads it.
    const unread = result.layers
      .filter(({ name: layer }) => layer.startsWith('before'))
      .reduce((sum, { forwardFlops }) => sum + forwardFlops, 0);
    // Nor that of the zeros which a recurrent layer starts from, 5 of them a row and product.
    const ofStates = (PRODUCTS_OF_STATE[name] ?? 0) * 2 * rowsOf([x]) * 5 * 5;
    expect(step - result.trainingFlops).toBe(unread + ofStates);
    x.dispose();
    model.dispose();
  });

  it('leaves out the gradients that are not computed', async () => {
    const first = layers.dense({ inputShape: [8], units: 8, trainable: false });
    const model = sequential(first, layers.dense({ units: 8 }), layers.dense({ units: 8 }));
    const forward = 2 * 8 * 8;
    const { result } = await modelCost(model);
    expect(result.layers.map(({ trainingFlops }) => trainingFlops / forward)).toEqual([1, 2, 3]);
  });

  it('knows what moves: the rows of a table that are looked up, and narrower formats', async () => {
    const model = sequential(
      layers.embedding({ inputDim: 1000, outputDim: 8, inputLength: 6 }),
      layers.flatten(),
      layers.dense({ units: 5 }),
    );
    const wide = await modelCost(model, { batchSize: 3 });
    expect(wide.result.layers.map(({ weightBytes }) => weightBytes)).toEqual([
      3 * 6 * 8 * 4,
      0,
      (48 * 5 + 5) * 4,
    ]);
    expect(wide.result.layers[2]?.activationBytes).toBe(3 * (48 + 5) * 4);
    const narrow = await modelCost(model, { batchSize: 3, format: 'int4' });
    expect(narrow.result.layers[2]?.weightBytes).toBe((48 * 5 + 5) / 2);
    expect(wide.result.layers[2]?.intensityFlopPerByte).toBeCloseTo(
      (3 * 2 * 48 * 5) / ((48 * 5 + 5) * 4 + 3 * 53 * 4),
      12,
    );
  });

  it('leaves the model as it was, with the states that it keeps between batches', async () => {
    const model = sequential(
      layers.lstm({ batchInputShape: [2, 3, 4], units: 5, stateful: true }),
      layers.batchNormalization(),
      layers.dense({ units: 1 }),
    );
    const x = tf.ones([2, 3, 4]);
    model.predict(x, { batchSize: 2 });
    const states = (): number[] =>
      (model.layers[0] as unknown as { states: tf.Tensor[] }).states.flatMap((state) => [
        ...state.dataSync(),
      ]);
    const before = [states(), model.getWeights().map((weight) => [...weight.dataSync()])];
    const tensors = tf.memory().numTensors;
    const { result } = await modelCost(model);
    expect(result.batchSize).toBe(2);
    expect(result.layers[0]?.forwardFlops).toBe(2 * 4 * 3 * 2 * 5 * 9);
    expect([states(), model.getWeights().map((weight) => [...weight.dataSync()])]).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('is the same under another policy', async () => {
    const x = tf.input({ shape: [6, 8] });
    const model = tf.model({ inputs: x, outputs: transformerBlock(x, { numHeads: 2 }) });
    const plain = (await modelCost(model)).result;
    setPrecision('bf16');
    try {
      expect((await modelCost(model)).result).toEqual(plain);
    } finally {
      setPrecision('fp32');
    }
  });

  it('says what it cannot count', async () => {
    const open = sequential(layers.lstm({ inputShape: [null, 4], units: 5 }));
    await expect(modelCost(open)).rejects.toThrow(/\[\?, \?, 4\]; only the batch may be open/);
    const dense = sequential(layers.dense({ inputShape: [2], units: 1 }));
    await expect(modelCost(dense, { batchSize: 1.5 })).rejects.toThrow(/batchSize is 1.5/);
    await expect(modelCost(dense, { format: 'fp23' as 'fp32' })).rejects.toThrow(
      /format is "fp23"; allowed are fp32/,
    );
    await expect(modelCost({} as tf.LayersModel)).rejects.toThrow(/modelCost\(\) takes/);
  });

  it('shows a row a layer, the total, and why training is not three times the forward pass', async () => {
    const model = sequential(
      layers.dense({ name: 'hidden', inputShape: [8], units: 16, activation: 'relu' }),
      layers.dense({ name: 'out', units: 4 }),
    );
    const text = String((await modelCost(model))[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toMatch(/^hidden +Dense +144 +256 FLOP +512 FLOP/m);
    expect(text).toMatch(/^total +212 +384 FLOP +896 FLOP/m);
    expect(text).toContain('2.33 times the forward pass, not three times (1.15 kFLOP)');
  });
});
