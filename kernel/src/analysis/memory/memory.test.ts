import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ComputeFormat } from '../../backend/contract';
import { deviceFacts, nativeMemory } from '../../backend/load';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { transformerBlock } from '../../layers/transformer';
import type { FormatMemory, LayerRow } from './result';
import { trainingMemory } from './training-memory';
import { TrainingMemory } from './view';

/** How far the modelled peak may be from the measured one. */
const TOLERANCE = 0.01;
const FORMATS = ['fp32', 'bf16', 'fp16'] as const;

beforeAll(() => {
  loadBackend();
});

const mlp = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.dense({ name: 'hidden', units: 128, activation: 'relu', inputShape: [64] }),
      tf.layers.dense({ name: 'output', units: 32 }),
    ],
  });

const cnn = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 3] }),
      tf.layers.batchNormalization(),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax' }),
    ],
  });

const transformer = (): tf.LayersModel => {
  const input = tf.input({ shape: [6, 16] });
  const output = transformerBlock(input, { numHeads: 2, mlpDim: 32 });
  return tf.model({ inputs: input, outputs: output });
};

const lstm = (): tf.LayersModel =>
  tf.sequential({
    layers: [tf.layers.lstm({ units: 8, inputShape: [5, 4] }), tf.layers.dense({ units: 3 })],
  });

async function memoryOf(
  make: () => tf.LayersModel,
  options: Parameters<typeof trainingMemory>[1],
): Promise<TrainingMemory> {
  const model = make();
  try {
    return await trainingMemory(model, options);
  } finally {
    model.dispose();
  }
}

const textOf = (memory: TrainingMemory): string => String(memory[JUPYTER_DISPLAY]()['text/plain']);

/** Headers of the table by layer, after those that all formats share. */
function formatColumns(text: string): readonly string[] {
  const header = text.split('\n').find((line) => line.startsWith('Layer')) ?? '';
  return header.split(/ {2,}/).slice(6);
}

describe('the modelled peak', () => {
  it.each([
    ['an MLP', mlp],
    ['a CNN', cnn],
    ['an LSTM', lstm],
    ['a transformer block', transformer],
  ])('of %s is the measured one at a batch size that was not modelled', async (_, make) => {
    const memory = await memoryOf(make, { batchSize: 96, formats: FORMATS });
    for (const { predictedPeakBytes, measuredPeakBytes } of memory.result.formats) {
      const measured = measuredPeakBytes ?? NaN;
      expect(Math.abs(predictedPeakBytes / measured - 1)).toBeLessThan(TOLERANCE);
    }
  });
});

describe('the parts', () => {
  it('of an MLP are those that one counts by hand', async () => {
    const parameters = 64 * 128 + 128 + 128 * 32 + 32;
    const memory = await memoryOf(mlp, { batchSize: 16, formats: FORMATS });
    for (const { total, batchBytes } of memory.result.formats) {
      expect(total.weights).toBe(parameters * 4);
      expect(total.gradients).toBe(parameters * 4);
      // Two moments: the fused kernel takes the powers of beta from JavaScript.
      expect(total.optimizer).toBe(parameters * 8);
      expect(batchBytes).toBe(16 * 64 * 4);
    }
    expect(memory.format('fp32')?.total.copies).toBe(0);
    // Biases in 16 bits; kernels too, or rounded in 32 where the product runs in fp32.
    const biases = (128 + 32) * 2;
    const kernels = (memory.format('bf16')?.total.copies ?? NaN) - biases;
    expect([2, 4]).toContain(kernels / (64 * 128 + 128 * 32));
  });

  it('are half as large in 16 bits where activations are kept, and all grow with the batch', async () => {
    const [small, large] = await Promise.all(
      [10, 20].map((batchSize) => memoryOf(mlp, { batchSize, formats: FORMATS, measure: false })),
    );
    const hidden = (memory: TrainingMemory | undefined, format: string): number =>
      memory?.format(format)?.layers.find(({ name }) => name === 'hidden')?.activations ?? NaN;
    expect(hidden(small, 'bf16') / hidden(small, 'fp32')).toBeLessThan(0.75);
    expect(hidden(large, 'fp32')).toBe(2 * hidden(small, 'fp32'));
    expect(small?.format('fp32')?.measuredPeakBytes).toBeNull();
  });

  it('follow the optimizer', async () => {
    const state = async (optimizer: 'sgd' | 'momentum' | 'adam'): Promise<number> =>
      (await memoryOf(mlp, { optimizer, formats: ['fp32'], measure: false })).format('fp32')?.total
        .optimizer ?? NaN;
    const weights = (64 * 128 + 128 + 128 * 32 + 32) * 4;
    expect(await state('sgd')).toBeLessThan(16);
    expect(Math.abs((await state('momentum')) - weights)).toBeLessThan(16);
    expect(Math.abs((await state('adam')) - 2 * weights)).toBeLessThan(16);
  });
});

describe('trainingMemory', () => {
  it('leaves the model and the memory as they were', async () => {
    const model = mlp();
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    await trainingMemory(model, { formats: ['fp32'] });
    const tensors = tf.memory().numTensors;
    const handles = nativeMemory()?.handles;
    await trainingMemory(model, { formats: ['fp32', 'fp16'] });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(nativeMemory()?.handles).toBe(handles);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    model.dispose();
  });

  it('shows itself with honest labels, as text and as HTML', async () => {
    const memory = await memoryOf(mlp, { batchSize: 8, formats: ['fp32', 'bf16'] });
    const bundle = memory[JUPYTER_DISPLAY]();
    for (const type of ['text/plain', 'text/html']) {
      for (const word of ['modelled', 'measured', 'hidden', 'bf16', 'batch 8, adam'])
        expect(bundle[type]).toContain(word);
    }
  });

  it('gives formats with the same bytes one column, and explains copies and the loss', async () => {
    const formats = ['fp32', 'tf32', 'bf16', 'fp16'] as const;
    const memory = await memoryOf(mlp, { batchSize: 8, formats, measure: false });
    const text = textOf(memory);
    // Where one is native and the other is not, products keep other copies for one than for the other.
    const { bf16, fp16 } = deviceFacts().formats;
    const in16 = bf16.execution === fp16.execution ? ['bf16, fp16'] : ['bf16', 'fp16'];
    expect(formatColumns(text)).toEqual([...in16, 'fp32, tf32', ...in16]);
    expect(text).toMatch(/^loss +stand-in /m);
    expect(text).toContain('Copies are of the weights, made once a step');
    const isRounded = [bf16, fp16].some(({ execution }) => execution === 'simulated');
    expect(text.includes('products run in fp32 on rounded copies of the weights')).toBe(isRounded);
    expect(text).toContain('whatever the model was compiled with');
  });

  it('gives a format its own column where a single layer differs', () => {
    const layer = (copies: number, activations: number): LayerRow => ({
      name: 'hidden',
      kind: 'Dense',
      parameters: 10,
      weights: 40,
      gradients: 40,
      optimizer: 80,
      copies,
      activations,
    });
    const of = (format: ComputeFormat, layers: readonly LayerRow[]): FormatMemory => ({
      format,
      execution: 'native',
      layers,
      total: layers[0] ?? layer(0, 0),
      batchBytes: 8,
      predictedPeakBytes: 300,
      measuredPeakBytes: null,
    });
    const shown = (...formats: readonly FormatMemory[]): readonly string[] =>
      formatColumns(
        textOf(new TrainingMemory({ model: 'm', batchSize: 1, optimizer: 'sgd', formats })),
      );
    const fp32 = of('fp32', [layer(0, 64), layer(0, 64)]);
    const bf16 = of('bf16', [layer(20, 32), layer(20, 32)]);
    const alike = of('fp16', [layer(20, 32), layer(20, 32)]);
    expect(shown(fp32, bf16, alike)).toEqual(['bf16, fp16', 'fp32', 'bf16, fp16']);
    const copied = of('fp16', [layer(20, 32), layer(40, 32)]);
    expect(shown(fp32, bf16, copied)).toEqual(['bf16', 'fp16', 'fp32', 'bf16, fp16']);
    const kept = of('fp16', [layer(20, 32), layer(20, 48)]);
    expect(shown(fp32, bf16, kept)).toEqual(['bf16, fp16', 'fp32', 'bf16', 'fp16']);
  });

  it('refuses what it cannot answer, by name', async () => {
    await expect(trainingMemory(42 as never)).rejects.toThrow(
      /trainingMemory\(\) takes a tf\.Sequential .*, not a number/,
    );
    const refused = (options: object): Promise<unknown> => memoryOf(mlp, options);
    await expect(refused({ batchSize: 0 })).rejects.toThrow(/batchSize is 0; allowed are integers/);
    await expect(refused({ optimizer: 'lion' })).rejects.toThrow(/"lion"; allowed are sgd/);
    await expect(refused({ formats: ['int8'] })).rejects.toThrow(/\[int8\]; allowed .* fp32, tf32/);
    const open = tf.sequential({
      layers: [tf.layers.conv1d({ filters: 2, kernelSize: 2, inputShape: [null, 3] })],
    });
    await expect(trainingMemory(open)).rejects.toThrow(/\[\?, \?, 3\]; only the batch may be open/);
  });
});
