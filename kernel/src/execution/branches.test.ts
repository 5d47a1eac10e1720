import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { nativeMemory } from '../backend/load';
import { withPrecision } from '../precision/scope';
import type { LinearOp, QuantizedGraph, QuantizedNode } from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';
import {
  chain,
  exactLinear,
  generator,
  type Grid,
  randomCodes,
  randomWeights,
  toCodes,
  toReal,
  weightLimit,
} from './reference.fixture';
import { runGraph } from './run-graph';

const limit = weightLimit();

const IMAGE = [6, 5, 8];
const INPUT: AffineParams = { scale: Math.fround(0.011), zeroPoint: 60 };
const CONV: AffineParams = { scale: Math.fround(0.0513), zeroPoint: 128 };
const SUM: AffineParams = { scale: Math.fround(0.04), zeroPoint: 0 };
const JOINED: AffineParams = { scale: Math.fround(0.06), zeroPoint: 100 };

function convolution(random: () => number, weightTop = limit.max): LinearOp {
  return {
    kind: 'linear',
    geometry: { kind: 'conv2d', kernel: [3, 3, 8, 8], strides: [1, 1], padding: 'same' },
    weights: randomWeights(72, 8, weightTop, random),
    bias: Float32Array.from({ length: 8 }, () => random() - 0.5),
    activation: 'linear',
    input: 'static',
  };
}

/** A graph of nodes by name; values are images but where a shape is given. */
function graphOf(
  nodes: readonly (Pick<QuantizedNode, 'inputs' | 'output' | 'op'> & {
    readonly shape?: number[];
  })[],
  params: Readonly<Record<string, AffineParams>>,
  outputs: readonly string[],
): QuantizedGraph {
  const value = (id: string, shape = IMAGE) => ({ id, shape: [null, ...shape], dtype: 'float32' });
  return {
    name: 'branches',
    inputs: [value('x')],
    outputs,
    nodes: nodes.map((node) => ({
      ...node,
      id: node.output,
      kind: node.op.kind,
      fused: [node.output],
    })),
    values: new Map(
      [value('x'), ...nodes.map(({ output, shape }) => value(output, shape))].map((v) => [v.id, v]),
    ),
    activations: new Map(Object.entries(params)),
  };
}

function tensorOf(x: Grid, params: AffineParams): tf.Tensor {
  return tf.tensor(Float32Array.from(toReal(x.values, params)), [...x.shape]);
}

function codesOf(tensor: tf.Tensor | undefined, { scale, zeroPoint }: AffineParams): number[] {
  return [...(tensor?.dataSync() ?? [])].map((y) => Math.round(y / scale) + zeroPoint);
}

/** How many differ, none by more than `most`. */
function differing(got: readonly number[], expected: readonly number[], most = 1): number {
  expect(got.length).toBe(expected.length);
  const distance = got.map((code, i) => Math.abs(code - (expected[i] ?? NaN)));
  expect(Math.max(...distance)).toBeLessThanOrEqual(most);
  return distance.filter((d) => d > 0).length;
}

describe('a graph with branches', () => {
  const random = generator(1);
  const first = convolution(random);
  const second = convolution(random);
  const residual = (): QuantizedGraph =>
    graphOf(
      [
        { inputs: ['x'], output: 'a', op: first },
        { inputs: ['a'], output: 'b', op: second },
        { inputs: ['a', 'b'], output: 'sum', op: { kind: 'add', activation: 'relu' } },
        {
          inputs: ['sum', 'x'],
          output: 'joined',
          op: { kind: 'concat', axis: -1 },
          shape: [6, 5, 16],
        },
      ],
      { x: INPUT, a: CONV, b: CONV, sum: SUM, joined: JOINED },
      ['joined', 'sum', 'sum'],
    );

  test.each(['tensorflow', 'simulated'] as const)(
    'adds and joins as real numbers rounded once, from the codes: %s',
    async (engine) => {
      const x = randomCodes([3, ...IMAGE], random);
      const a = toCodes(exactLinear(first, INPUT, x).values, CONV);
      const b = toCodes(exactLinear(second, CONV, { shape: x.shape, values: a }).values, CONV);
      const [left, right] = [toReal(a, CONV), toReal(b, CONV)];
      const sums = left.map((y, i) => Math.max(0, y + (right[i] ?? NaN)));
      const sumCodes = toCodes(sums, SUM);
      const runner = await runGraph(residual(), { engine });
      const input = tensorOf(x, INPUT);
      const [joined, sum, again] = runner.predict([input]);
      // A code of either summand moved by one moves the sum by their scales' quotient.
      expect(differing(codesOf(sum, SUM), sumCodes, 2)).toBeLessThan(sumCodes.length / 100);
      expect(again).not.toBe(sum);
      expect(codesOf(again, SUM)).toEqual(codesOf(sum, SUM));
      const rows = [toReal(codesOf(sum, SUM), SUM), toReal(x.values, INPUT)];
      const expected = toCodes(
        Array.from({ length: 3 * 6 * 5 * 16 }, (_, i) => {
          const [place, channel] = [Math.floor(i / 16), i % 16];
          return rows[channel < 8 ? 0 : 1]?.[place * 8 + (channel % 8)] ?? NaN;
        }),
        JOINED,
      );
      expect(differing(codesOf(joined, JOINED), expected)).toBeLessThan(expected.length / 100);
      tf.dispose([input, joined, sum, again] as tf.Tensor[]);
      runner.dispose();
    },
  );

  test('leaves nothing behind, nor when a node fails', async () => {
    const layer = tf.layers.dense({ units: 2, inputShape: [8] });
    layer.build([null, 8]);
    const graph = residual();
    const failing: QuantizedGraph = {
      ...graph,
      nodes: [
        ...graph.nodes,
        {
          id: 'wrong',
          kind: 'Dense',
          inputs: ['joined'],
          output: 'wrong',
          op: { kind: 'float', layer, reason: 'as a test' },
          fused: ['wrong'],
        },
      ],
    };
    const x = tf.tidy(() => tf.add(tf.zeros([2, ...IMAGE]), 0));
    for (const [made, fails] of [
      [graph, false],
      [failing, true],
    ] as const) {
      const runner = await runGraph(made, { engine: 'tensorflow' });
      tf.dispose(attempt(() => runner.predict([x])));
      const before = [nativeMemory()?.handles, tf.memory().numTensors];
      const outputs = attempt(() => runner.predict([x]));
      expect(outputs.length === 0).toBe(fails);
      tf.dispose(outputs);
      expect([nativeMemory()?.handles, tf.memory().numTensors]).toEqual(before);
      runner.dispose();
    }
    x.dispose();
    for (const weight of layer.weights) weight.dispose();
  });
});

/** The outputs, none where it throws. */
function attempt(predict: () => tf.Tensor[]): tf.Tensor[] {
  try {
    return predict();
  } catch {
    return [];
  }
}

describe('a kernel that is wrong for its weights', () => {
  test('is not used, and the node says why', async ({ skip }) => {
    if (limit.max === 127) skip('this CPU has no 16-bit sums');
    const random = generator(2);
    const op = convolution(random, 127);
    const x = randomCodes([2, ...IMAGE], random);
    const graph = chain({ shape: x.shape, params: INPUT }, [{ op, shape: x.shape, params: CONV }]);
    const runner = await runGraph(graph, { engine: 'tensorflow' });
    expect(runner.nodes[0]).toMatchObject({ engine: 'tfjs', execution: 'simulated' });
    expect(runner.nodes[0]?.reason).toMatch(/^the kernel's code is \d+ where \d+ is right$/);
    const codes = toCodes(exactLinear(op, INPUT, x).values, CONV);
    const input = tensorOf(x, INPUT);
    const [y] = runner.predict([input]);
    expect(differing(codesOf(y, CONV), codes)).toBeLessThan(codes.length / 100);
    tf.dispose([input, y]);
    runner.dispose();
  });
});

describe('under a 16-bit policy of the session', () => {
  test.each(['tensorflow', 'simulated'] as const)(
    'integers stay what they are: %s',
    async (engine) => {
      const random = generator(3);
      const op = convolution(random);
      const x = randomCodes([2, ...IMAGE], random);
      const graph = chain({ shape: x.shape, params: INPUT }, [
        { op, shape: x.shape, params: CONV },
        { op: { kind: 'average-pool', window: 'global' }, shape: [2, 8], params: SUM },
      ]);
      const runner = await runGraph(graph, { engine });
      const input = tensorOf(x, INPUT);
      const plain = tf.tidy(() => runner.predict([input])[0]?.dataSync());
      const under = tf.tidy(() =>
        withPrecision('bf16', () => runner.predict([input]))[0]?.dataSync(),
      );
      expect(under).toEqual(plain);
      input.dispose();
      runner.dispose();
    },
  );
});
