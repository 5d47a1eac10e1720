import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../../backend/load';
import { loadBackend } from '../../start';
import { storageFormat } from '../../backend/storage';
import { lossScaler } from '../session';
import { setPrecision } from '../status';
import { QUIET as verbose } from '../quiet.fixture';

const CLASSES = 4;
let x: tf.Tensor4D;
let y: tf.Tensor2D;

/** Images of noise with one bright quadrant: which one it is, is the class. */
beforeAll(() => {
  loadBackend();
  tf.tidy(() => {
    const size = 256;
    const labels = Array.from({ length: size }, (_, i) => (i * 7) % CLASSES);
    const noise = tf.randomNormal<tf.Rank.R4>([size, 8, 8, 1], 0, 0.6, 'float32', 5);
    const bright = labels.map((label) => {
      const [top, left] = [4 * (label >> 1), 4 * (label & 1)];
      return tf.pad(tf.ones<tf.Rank.R3>([4, 4, 1]), [
        [top, 4 - top],
        [left, 4 - left],
        [0, 0],
      ]);
    });
    x = tf.keep(tf.add(noise, tf.stack(bright)));
    y = tf.keep(tf.cast(tf.oneHot(labels, CLASSES), 'float32')) as tf.Tensor2D;
  });
});
afterEach(() => {
  setPrecision('fp32');
});
afterAll(() => {
  tf.dispose([x, y]);
});

const init = (seed: number) => tf.initializers.glorotUniform({ seed });

function dense(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 1] }),
      tf.layers.dense({ units: 32, activation: 'relu', kernelInitializer: init(1) }),
      tf.layers.dense({ units: CLASSES, activation: 'softmax', kernelInitializer: init(2) }),
    ],
  });
}

function convolutional(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        inputShape: [8, 8, 1],
        kernelInitializer: init(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer: init(2) }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: CLASSES, activation: 'softmax', kernelInitializer: init(3) }),
    ],
  });
}

interface Trained {
  readonly losses: readonly number[];
  readonly accuracy: number;
  readonly model: tf.Sequential;
}

/** User code as it is without Halfnote. */
async function train(build: () => tf.Sequential, epochs: number): Promise<Trained> {
  const model = build();
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(x, y, { epochs, batchSize: 64, shuffle: false, verbose });
  const accuracy = history['acc']?.at(-1) ?? NaN;
  return { losses: (history['loss'] ?? []) as number[], accuracy: accuracy as number, model };
}

describe.each([
  ['dense', dense, 6],
  ['convolutional, with batch normalization', convolutional, 7],
] as const)('model.fit of a %s model', (_name, build, epochs) => {
  let reference: Trained;
  beforeAll(async () => {
    reference = await train(build, epochs);
  });
  afterAll(() => {
    reference.model.dispose();
  });

  it.each(['bf16', 'mixed_float16', 'tf32', 'fp8'])(
    'converges under %s as in fp32',
    async (spec) => {
      setPrecision(spec);
      const formats = new Map<string, Set<string>>();
      const stop = onOp((name, format) => {
        formats.set(name, (formats.get(name) ?? new Set()).add(format));
      });
      const trained = await train(build, epochs);
      stop();
      setPrecision('fp32');
      const first = Math.abs((trained.losses[0] ?? NaN) - (reference.losses[0] ?? NaN));
      expect(first / (reference.losses[0] ?? NaN)).toBeLessThan(spec === 'fp8' ? 0.1 : 0.02);
      expect(reference.accuracy).toBeGreaterThan(0.95);
      expect(trained.accuracy).toBeGreaterThan(reference.accuracy - 0.03);
      expect(trained.losses).not.toEqual(reference.losses);
      expect(trained.model.getWeights().map(storageFormat)).toEqual(
        trained.model.getWeights().map(() => 'fp32'),
      );
      if (spec === 'mixed_float16') {
        expect(lossScaler().step).toBe(epochs * 4);
        expect([...(formats.get('BatchMatMulV2') ?? formats.get('MatMul') ?? [])]).toEqual([
          'fp16',
        ]);
      }
      trained.model.dispose();
    },
  );
});

describe('batch normalization under fp16', () => {
  it('keeps moving statistics of large activations in fp32', async () => {
    setPrecision('fp16');
    const model = tf.sequential({
      layers: [tf.layers.batchNormalization({ inputShape: [2], momentum: 0, axis: -1 })],
    });
    model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
    // The variance, 10^6, and the sum of squares are far beyond 65504.
    const input = tf.tensor2d([
      [1000, -1000],
      [-1000, 1000],
    ]);
    await model.fit(input, tf.zeros([2, 2]), { epochs: 1, verbose });
    const [, , mean, variance] = model.getWeights().map((weight) => [...weight.dataSync()]);
    expect(mean).toEqual([0, 0]);
    expect(variance).toEqual([1e6, 1e6]);
    tf.dispose(input);
    model.dispose();
  });
});
