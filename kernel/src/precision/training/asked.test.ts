import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { storageFormat } from '../../backend/storage';
import { MultiHeadAttention } from '../../layers/multi-head-attention';
import { loadBackend } from '../../start';
import { GradScaler } from '../loss-scale/grad-scaler';
import { lossScaler } from '../session';
import { setPrecision } from '../status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
  vi.restoreAllMocks();
});

type Fn = (x: Tensor) => Tensor;

/** Of what gradients are asked for: each overflows at the first loss scale, as its sum isn't divided. */
const OPS: Readonly<Record<string, readonly [shape: readonly number[], fn: () => Fn]>> = {
  matMul: [[3, 4], () => (x) => tf.matMul(x, tf.ones([4, 2]))],
  conv1d: [[1, 6, 2], () => layer(tf.layers.conv1d({ filters: 3, kernelSize: 2, ...init() }))],
  conv2d: [[1, 5, 5, 2], () => layer(tf.layers.conv2d({ filters: 3, kernelSize: 3, ...init() }))],
  conv3d: [
    [1, 3, 3, 3, 1],
    () => layer(tf.layers.conv3d({ filters: 2, kernelSize: 2, ...init() })),
  ],
  'conv2d, transposed': [
    [1, 3, 3, 2],
    () => layer(tf.layers.conv2dTranspose({ filters: 3, kernelSize: 3, ...init() })),
  ],
  'conv3d, transposed': [
    [1, 2, 2, 2, 1],
    () => layer(tf.layers.conv3dTranspose({ filters: 2, kernelSize: 2, ...init() })),
  ],
  'conv2d, depthwise': [
    [1, 4, 4, 2],
    () =>
      layer(
        tf.layers.depthwiseConv2d({
          kernelSize: 2,
          depthwiseInitializer: init().kernelInitializer,
        }),
      ),
  ],
  'conv2d, separable': [
    [1, 4, 4, 2],
    () =>
      layer(
        tf.layers.separableConv2d({
          filters: 3,
          kernelSize: 2,
          depthwiseInitializer: init().kernelInitializer,
          pointwiseInitializer: init().kernelInitializer,
        }),
      ),
  ],
  'simple RNN': [[1, 4, 3], () => layer(tf.layers.simpleRNN({ units: 3, ...recurrent() }))],
  LSTM: [[1, 4, 3], () => layer(tf.layers.lstm({ units: 3, ...recurrent() }))],
  GRU: [[1, 4, 3], () => layer(tf.layers.gru({ units: 3, ...recurrent() }))],
  attention: [[1, 4, 4], () => attention()],
  'layer normalization': [[2, 6], () => then(layer(tf.layers.layerNormalization()), [6])],
  'batch normalization': [[4, 3], () => then(layer(tf.layers.batchNormalization()), [3])],
  softmax: [[2, 6], () => then((x) => tf.softmax(x), [6])],
  'a gradient written by hand': [
    [2, 3],
    () =>
      then(
        tf.customGrad((x, save) => {
          (save as (saved: Tensor[]) => void)([x as Tensor]);
          return {
            value: tf.mul(x as Tensor, x as Tensor),
            gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, tf.mul(saved as Tensor, 2)),
          };
        }),
        [3],
      ),
  ],
};

function init(): { readonly kernelInitializer: ReturnType<typeof tf.initializers.glorotUniform> } {
  return { kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) };
}

function recurrent(): ReturnType<typeof init> & {
  readonly recurrentInitializer: ReturnType<typeof tf.initializers.glorotUniform>;
} {
  return { ...init(), recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }) };
}

function layer(of: tf.layers.Layer): Fn {
  return (x) => of.apply(x, { training: true }) as Tensor;
}

/** A product after it, whose gradient is in fp16. */
function then(fn: Fn, [width]: readonly [number]): Fn {
  const weight = tf.tensor2d(
    Array.from({ length: width * 2 }, (_, i) => i - 2.5),
    [width, 2],
  );
  return (x) => tf.matMul(fn(x), weight);
}

function attention(): Fn {
  const of = new MultiHeadAttention({ numHeads: 2, keyDim: 2 });
  of.build([null, 4, 4]);
  of.setWeights(
    of.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 0, 0.5, 'float32', i + 1)),
  );
  return layer(of);
}

const sum =
  (fn: Fn): ((x: Tensor) => Scalar) =>
  (x) =>
    tf.sum<Scalar>(fn(x));
/** Makes what is asked for bigger, so that the scale has to fall further. */
const LARGE = 8;

/** Each gives one gradient of the sum of LARGE times a function. */
const WAYS: Readonly<Record<string, (fn: Fn, x: Tensor) => Tensor>> = {
  grad: (fn, x) => tf.grad((v) => tf.mul(sum(fn)(v), LARGE))(x),
  "grad with the user's dy": (fn, x) => tf.grad(sum(fn))(x, tf.scalar(LARGE)),
  'grad of what is no scalar': (fn, x) => tf.grad((v) => tf.mul(fn(v), LARGE))(x),
  grads: (fn, x) => tf.grads((v, f) => tf.mul(sum(fn)(v), f))([x, tf.scalar(LARGE)])[0] as Tensor,
  valueAndGrad: (fn, x) => tf.valueAndGrad((v) => tf.mul(sum(fn)(v), LARGE))(x).grad,
  valueAndGrads: (fn, x) =>
    tf.valueAndGrads((v) => tf.mul(sum(fn)(v), LARGE))([x]).grads[0] as Tensor,
  variableGrads: (fn, x) =>
    ofVariable(x, (v) => tf.variableGrads(() => tf.mul(sum(fn)(v), LARGE), [v]).grads[v.name]),
  computeGradients: (fn, x) =>
    ofVariable(
      x,
      (v) => tf.train.sgd(1).computeGradients(() => tf.mul(sum(fn)(v), LARGE), [v]).grads[v.name],
    ),
  'a gradient of a gradient': (fn, x) =>
    tf.grad((v) => tf.sum(tf.mul(tf.grad((u) => tf.mul(sum(fn)(u), LARGE))(v), v)))(x),
};

function ofVariable(x: Tensor, fn: (variable: Variable) => Tensor | undefined): Tensor {
  const variable = tf.variable(x);
  try {
    return fn(variable) as Tensor;
  } finally {
    variable.dispose();
  }
}

describe('gradients that are asked for under fp16', () => {
  const table = Object.entries(OPS).flatMap(([name, [shape, fn]]) =>
    Object.entries(WAYS).map(([way, ask]) => [way, name, shape, fn, ask] as const),
  );
  // tfjs has no second derivative of the hard sigmoid in their gates.
  const known = table.filter(
    ([way, name]) => way !== 'a gradient of a gradient' || !['LSTM', 'GRU'].includes(name),
  );

  it.each(known)(
    'by %s of %s are those of fp32, and leave the loss scale alone',
    (_way, _name, shape, fn, ask) => {
      vi.spyOn(console, 'info').mockReturnValue();
      tf.tidy(() => {
        const x = tf.randomUniform(shape.slice(), -1, 1, 'float32', 3);
        const of = fn();
        of(x);
        const expected = ask(of, x);
        setPrecision('fp16');
        const found = ask(of, x);
        const { scale, step } = lossScaler();
        setPrecision('fp32');
        expect(storageFormat(found)).toBe('fp32');
        expect([scale, step]).toEqual([65536, 0]);
        const size = tf.norm(expected).dataSync()[0] as number;
        expect(size).toBeGreaterThan(0);
        expect((tf.norm(tf.sub(found, expected)).dataSync()[0] as number) / size).toBeLessThan(
          0.01,
        );
      });
    },
  );

  it('run the function once, say once that the scale was too large, and leave no tensor behind', () => {
    const info = vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    let runs = 0;
    const ask = tf.grad((x: Tensor) => {
      runs += 1;
      return tf.sum(tf.matMul(x as Tensor2D, tf.ones([3, 2])));
    });
    const x = tf.ones([1, 3]);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const gradient = ask(x);
      expect([...gradient.dataSync()]).toEqual([2, 2, 2]);
      gradient.dispose();
    }
    expect(runs).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    expect(info.mock.calls).toEqual([[expect.stringMatching(/at loss scale 65536.*at 16384/)]]);
    x.dispose();
  });

  it.each(['asked', 'minimize', 'GradScaler'] as const)(
    'hold one set more at a time, while their scale is looked for, by %s',
    (by) => {
      vi.spyOn(console, 'info').mockReturnValue();
      setPrecision('fp16');
      const bytes: number[] = [];
      const probe = tf.customGrad((x) => ({
        value: tf.clone(x as Tensor),
        gradFunc: (dy: Tensor) => {
          bytes.push(tf.memory().numBytes);
          return tf.clone(dy);
        },
      }));
      const weight = tf.variable(tf.ones([200, 200]));
      const loss = (): Scalar =>
        tf.mul(tf.sum(probe(tf.matMul(tf.ones([8, 200]), weight as Tensor as Tensor2D))), 100);
      tf.tidy(() => {
        const scaler = new GradScaler();
        if (by === 'minimize') tf.train.sgd(0).minimize(loss, false, [weight]);
        else tf.variableGrads(by === 'asked' ? loss : () => scaler.scale(loss()), [weight]);
      });
      const size = weight.size * Float32Array.BYTES_PER_ELEMENT;
      expect(bytes.length).toBeGreaterThan(4);
      // The first set, which is the caller's, and the last that fits.
      expect(Math.max(...bytes) - (bytes[0] as number)).toBeLessThan(3.5 * size);
      weight.dispose();
    },
  );

  it('beyond the range of fp16 are computed in fp32', () => {
    vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    tf.tidy(() => {
      const far = tf.grad((x: Tensor) => {
        const first = tf.matMul(x, tf.fill([1, 1], 30000));
        return tf.sum(tf.mul(tf.matMul(first, tf.fill([1, 1], 2 ** -4)), 2 ** 20));
      });
      expect(far(tf.ones([1, 1])).dataSync()[0]).toBe(30000 * 2 ** 16);
    });
  });

  it('are infinite and NaN where those of fp32 are, and right beside it, in few passes', () => {
    const info = vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    tf.tidy(() => {
      let passes = 0;
      const counted = tf.customGrad((x) => ({
        value: tf.clone(x as Tensor),
        gradFunc: (dy: Tensor) => {
          passes += 1;
          return tf.clone(dy);
        },
      }));
      const ask = tf.grad((x: Tensor) =>
        tf.sum(tf.matMul(tf.reshape(tf.sqrt(counted(x)), [1, 4]), tf.eye(4))),
      );
      const [zero, quarter, minus, one] = ask(tf.tensor1d([0, 0.25, -1, 1])).dataSync();
      expect([zero, quarter, minus, one]).toEqual([Infinity, 1, NaN, 0.5]);
      expect(passes).toBeLessThan(10);
    });
    expect(info).not.toHaveBeenCalled();
  });

  it('within the loss of a minimize are finite, and the step is taken', () => {
    vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    const weight = tf.variable(tf.fill([2, 2], 300));
    tf.tidy(() => {
      // d/dx of sum((x w)^2) leaves fp16's range, its logarithm does not.
      const inner = tf.grad((x: Tensor) =>
        tf.sum(tf.square(tf.matMul(x as Tensor2D, weight as Tensor as Tensor2D))),
      );
      const optimizer = tf.train.sgd(1);
      optimizer.minimize(() => tf.mean(tf.log(inner(tf.ones([1, 2])))), false, [weight]);
    });
    expect(lossScaler().skippedSteps).toBe(0);
    // The mean of log(2 * 4 * 300^2) per number: each of four weights counts 2 / (4 * 300).
    for (const value of weight.dataSync()) expect(value).toBeCloseTo(300 - 2 / 1200, 3);
    weight.dispose();
  });

  it('and then applied teach the loss scale, so that later calls need no second pass', () => {
    vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    const weight = tf.variable(tf.ones([3, 2]));
    const optimizer = tf.train.sgd(0.001);
    const scales = [0, 1, 2].map(() =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(
          () => tf.sum(tf.matMul(tf.ones([8, 3]), weight as Tensor as Tensor2D)),
          [weight],
        );
        optimizer.applyGradients(grads);
        return lossScaler().scale;
      }),
    );
    expect(scales).toEqual([4096, 4096, 4096]);
    expect([lossScaler().step, lossScaler().skippedSteps]).toEqual([3, 0]);
    for (const value of weight.dataSync()) expect(value).toBeCloseTo(1 - 3 * 0.008, 5);
    weight.dispose();
  });

  it('and then clipped cost one pass from the second call on, and are right when they shrink', () => {
    vi.spyOn(console, 'info').mockReturnValue();
    setPrecision('fp16');
    let passes = 0;
    const probe = tf.customGrad((x) => ({
      value: tf.clone(x as Tensor),
      gradFunc: (dy: Tensor) => {
        passes += 1;
        return tf.clone(dy);
      },
    }));
    const weight = tf.variable(tf.ones([3, 2]));
    const clipped = (factor: number): [number, number] =>
      tf.tidy(() => {
        passes = 0;
        const { grads } = tf.variableGrads(
          () =>
            tf.mul(tf.sum(probe(tf.matMul(tf.ones([8, 3]), weight as Tensor as Tensor2D))), factor),
          [weight],
        );
        const gradient = grads[weight.name] as Tensor;
        tf.train.sgd(0).applyGradients({ [weight.name]: tf.clipByValue(gradient, -1, 1) });
        return [passes, gradient.dataSync()[0] as number];
      });
    expect(clipped(500)[0]).toBeGreaterThan(3);
    for (let i = 0; i < 3; i++) expect(clipped(500)).toEqual([1, 4000]);
    // Below what fp16 holds at the scale that fitted before.
    expect(clipped(2 ** -30)).toEqual([2, 2 ** -27]);
    weight.dispose();
  });
});
