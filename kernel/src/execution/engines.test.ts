import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { LinearOp, QuantizedGraph } from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';
import {
  chain,
  exactLinear,
  generator,
  randomCodes,
  randomWeights,
  toCodes,
  toReal,
  weightLimit,
} from './reference.fixture';
import { runGraph } from './run-graph';

const limit = weightLimit();

const INPUT: AffineParams = { scale: Math.fround(0.013), zeroPoint: 77 };
const MIDDLE: AffineParams = { scale: Math.fround(0.09), zeroPoint: 0 };

function dense(
  inputs: number,
  units: number,
  random: () => number,
  more: Partial<LinearOp> = {},
): LinearOp {
  return {
    kind: 'linear',
    geometry: { kind: 'dense', inputs, units },
    weights: randomWeights(inputs, units, limit.max, random),
    bias: Float32Array.from({ length: units }, () => random() - 0.5),
    activation: 'linear',
    input: 'static',
    ...more,
  };
}

/** A dense layer to codes, and one to real numbers. */
function twoLayers(random: () => number): {
  graph: QuantizedGraph;
  first: LinearOp;
  second: LinearOp;
} {
  const first = dense(64, 48, random, { activation: 'relu' });
  const second = dense(48, 10, random);
  const graph = chain({ shape: [1, 64], params: INPUT }, [
    { op: first, shape: [1, 48], params: MIDDLE },
    { op: second, shape: [1, 10], params: undefined },
  ]);
  return { graph, first, second };
}

describe('runGraph', () => {
  test('gives in ONNX Runtime what 64-bit integers give, but for a quantum in the middle', async () => {
    const random = generator(1);
    const { graph, first, second } = twoLayers(random);
    const runner = await runGraph(graph, { engine: 'onnxruntime' });
    expect(runner.engine).toBe('onnxruntime');
    expect(runner.nodes.map(({ engine, execution }) => [engine, execution])).toEqual([
      ['onnxruntime', 'native'],
      ['onnxruntime', 'native'],
    ]);
    for (const batch of [1, 7, 32]) {
      const x = randomCodes([batch, 64], random);
      const middle = toCodes(exactLinear(first, INPUT, x).values, MIDDLE);
      const exact = exactLinear(second, MIDDLE, { shape: [batch, 48], values: middle }).values;
      const got = tf.tidy(() => [
        ...(runner
          .predict([tf.tensor(Float32Array.from(toReal(x.values, INPUT)), [batch, 64])])[0]
          ?.dataSync() ?? []),
      ]);
      // One code of the middle more or less moves a result by at most its largest weight.
      const unit = MIDDLE.scale * Math.max(...second.weights.scales);
      const quantum = unit * limit.max;
      // ONNX Runtime rounds the bias to a whole number of sums' units.
      const rounding = unit / 2 + 1e-5;
      const off = got.map((y, i) => Math.abs(y - (exact[i] ?? NaN)));
      expect(Math.max(...off)).toBeLessThanOrEqual(quantum + rounding);
      const rows = new Set(off.flatMap((d, at) => (d > rounding ? [Math.floor(at / 10)] : [])));
      expect(rows.size).toBeLessThanOrEqual(1 + batch / 8);
    }
    runner.dispose();
  });

  test('chooses for each batch size by time, and says what each took', async () => {
    const random = generator(2);
    const runner = await runGraph(twoLayers(random).graph);
    expect(runner.choices).toEqual([]);
    for (const batch of [1, 16, 1]) {
      const x = tf.randomUniform([batch, 64], -1, 1, 'float32', 5);
      tf.dispose([runner.predict([x]), x]);
    }
    expect(runner.choices.map(({ batch }) => batch)).toEqual([1, 16]);
    for (const { chosen, candidates } of runner.choices) {
      expect(candidates.map(({ engine }) => engine)).toEqual(['tensorflow', 'onnxruntime']);
      const times = candidates.map(({ milliseconds }) => milliseconds);
      expect(Math.min(...times)).toBeGreaterThan(0);
      expect(chosen.milliseconds).toBe(Math.min(...times));
    }
    expect(runner.choices.at(0)?.chosen.engine).toBe(runner.engine);
    expect(runner.nodes.every(({ engine }) => engine === runner.engine)).toBe(true);
    runner.dispose();
  });

  test('keeps away from ONNX Runtime where its 16-bit sums would saturate', async ({ skip }) => {
    if (limit.max === 127) skip('this CPU has no 16-bit sums');
    const random = generator(3);
    const op = dense(32, 8, random, { weights: randomWeights(32, 8, 127, random) });
    const graph = chain({ shape: [1, 32], params: INPUT }, [
      { op, shape: [1, 8], params: undefined },
    ]);
    await expect(runGraph(graph, { engine: 'onnxruntime' })).rejects.toThrow(
      /'n0' has 8-bit weights, and this CPU sums products in 16 bits/,
    );
    const runner = await runGraph(graph);
    const x = randomCodes([4, 32], random);
    const exact = exactLinear(op, INPUT, x).values;
    const got = tf.tidy(() =>
      runner.predict([tf.tensor(toReal(x.values, INPUT), [4, 32])])[0]?.dataSync(),
    );
    expect(runner.choices).toEqual([]);
    expect(runner.notes[0]).toMatch(
      /^The model as a whole is not given to ONNX Runtime: 'n0' has 8-bit weights/,
    );
    expect(runner.nodes.map(({ execution }) => execution)).toEqual(['simulated']);
    expect(runner.nodes[0]?.reason).toMatch(/the kernel's sum is .* where .* is right/);
    got?.forEach((y, i) => {
      expect(Math.abs(y - (exact[i] ?? NaN))).toBeLessThan(1e-4);
    });
    runner.dispose();
  });

  test('does not let ONNX Runtime widen weights for good', async () => {
    const random = generator(5);
    const op = dense(32, 8, random, { input: 'float' });
    const graph = chain({ shape: [1, 32], params: undefined }, [
      { op, shape: [1, 8], params: undefined },
    ]);
    const runner = await runGraph(graph);
    tf.tidy(() => runner.predict([tf.zeros([1, 32])]));
    expect(runner.engine).toBe('tensorflow');
    expect(runner.notes).toEqual([
      "The model as a whole is not given to ONNX Runtime: it would keep the weights of 'n0' in fp32.",
    ]);
    runner.dispose();
  });

  test('names wrong engines and inputs', async () => {
    const { graph } = twoLayers(generator(4));
    await expect(runGraph(graph, { engine: 'tensorrt' as 'auto' })).rejects.toThrow(
      "Unknown engine 'tensorrt'. Allowed: auto, tensorflow, onnxruntime, simulated.",
    );
    const runner = await runGraph(graph, { engine: 'tensorflow' });
    const x = tf.zeros([2, 63]);
    expect(() => runner.predict([x])).toThrow(
      "Input 'x' of 'chain' has shape [2, 63]; [any, 64] is needed.",
    );
    expect(() => runner.predict([])).toThrow(/takes 1 inputs \('x'\), not 0/);
    x.dispose();
    runner.dispose();
  });
});
