import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { nativeMemory } from '../backend/load';
import type { LinearOp, PoolOp, QuantizedGraph } from '../graph/quantized-graph';
import type { Geometry } from '../integer/product';
import type { AffineParams } from '../integer/affine';
import {
  chain,
  exactLinear,
  exactPool,
  generator,
  type Grid,
  randomCodes,
  randomWeights,
  toCodes,
  toReal,
  weightLimit,
} from './reference.fixture';
import { type EngineChoice, runGraph } from './run-graph';

const limit = weightLimit();

const PLAIN: AffineParams = { scale: Math.fround(0.013), zeroPoint: 0 };
const SHIFTED: AffineParams = { scale: Math.fround(0.013), zeroPoint: 77 };

function linear(geometry: Geometry, random: () => number, more: Partial<LinearOp> = {}): LinearOp {
  const [depth, channels] =
    geometry.kind === 'dense'
      ? [geometry.inputs, geometry.units]
      : geometry.kind === 'conv2d'
        ? [geometry.kernel[0] * geometry.kernel[1] * geometry.kernel[2], geometry.kernel[3]]
        : [geometry.kernel[0] * geometry.kernel[1], geometry.kernel[2] * geometry.kernel[3]];
  return {
    kind: 'linear',
    geometry,
    weights: randomWeights(depth, channels, limit.max, random),
    bias: Float32Array.from({ length: channels }, () => random() - 0.5),
    activation: 'linear',
    input: 'static',
    ...more,
  };
}

/** A range that holds most of the results, so that few codes are clipped. */
function rangeOf(values: readonly number[], zeroPoint: number): AffineParams {
  const spread = Math.sqrt(values.reduce((a, y) => a + y * y, 0) / values.length);
  return { scale: Math.fround((Math.max(spread, 0.1) * 4) / 255), zeroPoint };
}

async function run(
  graph: QuantizedGraph,
  x: Grid,
  params: AffineParams,
  engine: EngineChoice = 'tensorflow',
): Promise<{ values: number[]; shape: number[]; kernels: string[]; executions: unknown[] }> {
  const runner = await runGraph(graph, { engine });
  try {
    const tensors = [tf.tensor(Float32Array.from(toReal(x.values, params)), [...x.shape])];
    const [y] = runner.predict(tensors);
    const again = runner.predict(tensors);
    const values = [...(y?.dataSync() ?? [])];
    expect([...(again[0]?.dataSync() ?? [])]).toEqual(values);
    const shape = y?.shape ?? [];
    tf.dispose([y, again, tensors]);
    return {
      values,
      shape,
      kernels: runner.nodes.map(({ kernel }) => kernel),
      executions: runner.nodes.map(({ execution }) => execution),
    };
  } finally {
    runner.dispose();
  }
}

/** How many results differ from the codes that are right, none by more than a quantum. */
function differing(values: readonly number[], codes: readonly number[], out: AffineParams): number {
  const got = values.map((y) => Math.round(y / out.scale) + out.zeroPoint);
  const distance = got.map((code, i) => Math.abs(code - (codes[i] ?? NaN)));
  expect(Math.max(...distance)).toBeLessThanOrEqual(1);
  return distance.filter((d) => d > 0).length;
}

const GEOMETRIES: readonly [Geometry, readonly number[]][] = [
  [{ kind: 'dense', inputs: 65, units: 19 }, [65]],
  [{ kind: 'dense', inputs: 24, units: 1 }, [24]],
  [{ kind: 'dense', inputs: 24, units: 10 }, [3, 24]],
  [{ kind: 'dense', inputs: 24, units: 10 }, [3, 2, 24]],
  [{ kind: 'conv2d', kernel: [3, 3, 5, 7], strides: [1, 1], padding: 'same' }, [6, 5, 5]],
  [{ kind: 'conv2d', kernel: [3, 3, 16, 8], strides: [2, 2], padding: 'same' }, [7, 6, 16]],
  [{ kind: 'conv2d', kernel: [5, 3, 3, 4], strides: [2, 1], padding: 'valid' }, [9, 6, 3]],
  [{ kind: 'conv2d', kernel: [1, 1, 33, 9], strides: [2, 2], padding: 'valid' }, [5, 4, 33]],
  [{ kind: 'depthwise', kernel: [3, 3, 6, 1], strides: [1, 1], padding: 'same' }, [6, 5, 6]],
  [{ kind: 'depthwise', kernel: [3, 3, 4, 2], strides: [2, 2], padding: 'same' }, [6, 5, 4]],
  [{ kind: 'depthwise', kernel: [2, 3, 8, 1], strides: [2, 2], padding: 'valid' }, [6, 7, 8]],
];

describe.each(GEOMETRIES)('codes to codes, %o', (geometry, shape) => {
  test.each([
    [1, PLAIN, 0, 'linear'],
    [7, PLAIN, 120, 'relu'],
    [32, SHIFTED, 0, 'relu'],
    [7, SHIFTED, 131, 'linear'],
    [7, SHIFTED, 9, 'relu6'],
  ] as const)(
    'are those of 64-bit integers: batch %i, input %o, zero point %i, %s',
    async (batch, input, zeroPoint, activation) => {
      const random = generator(batch + zeroPoint);
      const op = linear(geometry, random, { activation });
      const x = randomCodes([batch, ...shape], random);
      const exact = exactLinear(op, input, x);
      const out = rangeOf(exact.values, zeroPoint);
      const graph = chain({ shape: x.shape, params: input }, [
        { op, shape: exact.shape, params: out },
      ]);
      const codes = toCodes(exact.values, out);
      const native = await run(graph, x, input);
      expect(native.shape).toEqual(exact.shape);
      expect(native.executions).toEqual(['native']);
      expect(native.kernels[0]).toMatch(/^_MklQuantized\w+AndRequantize \(u8 x s8 -> u8/);
      const simulated = await run(graph, x, input, 'simulated');
      expect(simulated.executions).toEqual(['simulated']);
      for (const { values } of [native, simulated]) {
        expect(differing(values, codes, out)).toBeLessThanOrEqual(Math.ceil(codes.length / 500));
      }
    },
  );

  test('to real numbers are those of 64-bit integers', async () => {
    const random = generator(3);
    const op = linear(geometry, random, { activation: 'relu' });
    for (const input of [PLAIN, SHIFTED]) {
      const x = randomCodes([5, ...shape], random);
      const exact = exactLinear(op, input, x);
      const graph = chain({ shape: x.shape, params: input }, [
        { op, shape: exact.shape, params: undefined },
      ]);
      const { values, executions } = await run(graph, x, input);
      expect(executions).toEqual(['native']);
      const largest = Math.max(...exact.values);
      values.forEach((y, i) => {
        expect(Math.abs(y - (exact.values[i] ?? NaN))).toBeLessThan(1e-6 * largest);
      });
    }
  });
});

describe('layers in a row', () => {
  test('keep their own weights, though shapes and attributes are the same', async () => {
    const random = generator(5);
    const ops = [0, 1, 2].map(() =>
      linear({ kind: 'dense', inputs: 32, units: 32 }, random, { activation: 'relu' }),
    );
    const x = randomCodes([7, 32], random);
    let values = x.values;
    let params: AffineParams = SHIFTED;
    const steps = ops.map((op) => {
      const exact = exactLinear(op, params, { shape: [7, 32], values });
      params = rangeOf(exact.values, 0);
      values = toCodes(exact.values, params);
      return { op, shape: [7, 32], params };
    });
    const graph = chain({ shape: x.shape, params: SHIFTED }, steps);
    for (let round = 0; round < 2; round++) {
      const got = await run(graph, x, SHIFTED);
      expect(differing(got.values, values, params)).toBeLessThanOrEqual(2);
    }
  });

  test('serve batch sizes that alternate', async () => {
    const random = generator(6);
    const geometry = {
      kind: 'conv2d',
      kernel: [3, 3, 8, 8],
      strides: [1, 1],
      padding: 'same',
    } as const;
    const op = linear(geometry, random);
    const out = { scale: Math.fround(0.05), zeroPoint: 128 };
    const runner = await runGraph(
      chain({ shape: [1, 6, 6, 8], params: SHIFTED }, [{ op, shape: [1, 6, 6, 8], params: out }]),
      { engine: 'tensorflow' },
    );
    for (const batch of [1, 32, 7, 1, 32]) {
      const x = randomCodes([batch, 6, 6, 8], random);
      const codes = toCodes(exactLinear(op, SHIFTED, x).values, out);
      const got = tf.tidy(() => [
        ...(runner
          .predict([tf.tensor(Float32Array.from(toReal(x.values, SHIFTED)), [batch, 6, 6, 8])])[0]
          ?.dataSync() ?? []),
      ]);
      expect(differing(got, codes, out)).toBeLessThanOrEqual(Math.ceil(codes.length / 500));
    }
    runner.dispose();
  });
});

describe('pooling of codes', () => {
  const windows: PoolOp['window'][] = [
    { size: [2, 2], strides: [2, 2], padding: 'valid' },
    { size: [3, 3], strides: [2, 2], padding: 'same' },
    { size: [3, 2], strides: [1, 1], padding: 'same' },
    'global',
  ];
  test.each(windows)('is exact: %o', async (window) => {
    const random = generator(7);
    for (const kind of ['max-pool', 'average-pool'] as const) {
      for (const batch of [1, 7]) {
        const x = randomCodes([batch, 7, 6, 5], random);
        const op: PoolOp = { kind, window };
        const exact = exactPool(op, x);
        const graph = chain({ shape: x.shape, params: SHIFTED }, [
          { op, shape: exact.shape, params: SHIFTED },
        ]);
        const codes = toCodes(exact.values, { scale: 1, zeroPoint: 0 });
        const got = await run(graph, x, SHIFTED);
        expect(got.shape).toEqual(exact.shape);
        expect(got.executions).toEqual(['native']);
        const allowed = kind === 'max-pool' ? 0 : Math.ceil(codes.length / 100);
        expect(differing(got.values, codes, SHIFTED)).toBeLessThanOrEqual(allowed);
      }
    }
  });
});

describe('a graph', () => {
  test('leaves no handle and no tensor behind', async () => {
    const random = generator(8);
    const op = linear({ kind: 'dense', inputs: 16, units: 16 }, random, { activation: 'relu' });
    const graph = chain({ shape: [4, 16], params: SHIFTED }, [
      { op, shape: [4, 16], params: SHIFTED },
      { op: { kind: 'move', shape: [4, 4] }, shape: [4, 4, 4], params: SHIFTED },
    ]);
    // The result of an op has its native handle at once, a tensor of values only when it is used.
    const x = tf.tidy(() => tf.add(tf.randomUniform([4, 16], -1, 1, 'float32', 3), 0));
    const before = [nativeMemory()?.handles, tf.memory().numTensors];
    const runner = await runGraph(graph, { engine: 'tensorflow' });
    const kept = nativeMemory()?.handles;
    for (let i = 0; i < 3; i++) tf.dispose(runner.predict([x]));
    expect(nativeMemory()?.handles).toBe(kept);
    runner.dispose();
    expect([nativeMemory()?.handles, tf.memory().numTensors]).toEqual(before);
    expect(() => runner.predict([x])).toThrow(/has been disposed/);
    x.dispose();
  });
});
