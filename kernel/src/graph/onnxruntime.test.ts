import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { runGraph } from '../execution/run-graph';
import { type AffineParams, INT8 } from '../integer/affine';
import { buildGraph } from './build';
import { fuseGraph } from './fuse';
import { integerValues } from './integer-values';
import { observe } from '../quantization/observers/observe';
import type { QuantizedGraph } from './quantized-graph';
import { readModel } from './read-model';

loadBackend();

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

/** Written by test/onnxruntime/generate_quantize_static.py: the same network, calibrated there. */
interface Fixture {
  readonly weights: Record<
    'a' | 'b' | 'head',
    { kernel: Values; bias: number[]; codes: number[]; scales: number[] }
  >;
  readonly calibration: Values;
  readonly test: Values;
  readonly values: Record<string, AffineParams>;
  readonly output: Values;
}

const path = resolve(__dirname, '../../../test/onnxruntime/quantize_static.json');
const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture;
const tensorOf = ({ values, shape }: Values): tf.Tensor => tf.tensor(values, shape, 'float32');

/** Our values, by ONNX Runtime's names for them. */
const NAMES = {
  x: 'x',
  a_out: 'a_relu',
  pool_out: 'pool',
  b_out: 'b_relu',
  sum_out: 'sum_relu',
  mean_out: 'mean',
} as const;

function cnn(): tf.LayersModel {
  const x = tf.input({ shape: [8, 8, 2], name: 'x' });
  const conv = (name: 'a' | 'b', input: tf.SymbolicTensor): tf.SymbolicTensor => {
    const layer = tf.layers.conv2d({ name, filters: 4, kernelSize: 3, padding: 'same' });
    const relu = tf.layers.reLU({ name: `${name}_relu` });
    return relu.apply(layer.apply(input)) as tf.SymbolicTensor;
  };
  const pool = tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }).apply(conv('a', x));
  const b = conv('b', pool as tf.SymbolicTensor);
  const sum = tf.layers.add({ name: 'sum' }).apply([b, pool as tf.SymbolicTensor]);
  const relu = tf.layers.reLU({ name: 'sum_relu' }).apply(sum);
  const mean = tf.layers.globalAveragePooling2d({ name: 'mean' }).apply(relu);
  const head = tf.layers.dense({ name: 'head', units: 3 }).apply(mean) as tf.SymbolicTensor;
  const model = tf.model({ inputs: x, outputs: head });
  for (const [name, { kernel, bias }] of Object.entries(fixture.weights)) {
    model.getLayer(name).setWeights([tensorOf(kernel), tf.tensor1d(bias)]);
  }
  return model;
}

async function quantized(): Promise<QuantizedGraph> {
  const fused = fuseGraph(readModel(cnn()));
  const values = integerValues(fused, () => true);
  const calibration = tensorOf(fixture.calibration);
  const { params } = await observe(fused, values, [[calibration]], 'min-max');
  const plan = {
    format: 'int8',
    granularity: 'per-channel',
    rule: 'absmax/127',
    int8: INT8,
    input: 'static',
  } as const;
  return buildGraph(fused, () => plan, { params }).graph;
}

describe("ONNX Runtime's static quantization of the same network", () => {
  test('keeps the same values in integers, with the same scales and zero points', async () => {
    const { activations } = await quantized();
    expect([...activations.keys()].sort()).toEqual(Object.values(NAMES).sort());
    for (const [name, ours] of Object.entries(NAMES)) {
      const { scale, zeroPoint } = activations.get(ours) ?? { scale: NaN, zeroPoint: NaN };
      const expected = fixture.values[name] ?? { scale: NaN, zeroPoint: NaN };
      expect(zeroPoint, name).toBe(expected.zeroPoint);
      expect(Math.abs(scale / expected.scale - 1), name).toBeLessThan(2e-6);
    }
  });

  test('has the same weight codes and scales per channel', async () => {
    const { nodes } = await quantized();
    const linear = nodes.flatMap(({ id, op }) => (op.kind === 'linear' ? [{ id, ...op }] : []));
    expect(linear.map(({ id }) => id)).toEqual(['a', 'b', 'head']);
    for (const { id, weights } of linear) {
      const { codes, scales } = fixture.weights[id as 'a'];
      const differing = codes.filter((code, i) => code !== weights.codes[i]).length;
      expect(differing, id).toBe(0);
      scales.forEach((scale, c) => {
        expect(Math.abs((weights.scales[c] ?? NaN) / scale - 1)).toBeLessThan(1e-6);
      });
    }
  });

  test('gives the same outputs within the quantum that it rounds them to', async () => {
    const runner = await runGraph(await quantized(), { engine: 'simulated' });
    const [output] = runner.predict([tensorOf(fixture.test)]);
    // There the last value is rounded and clamped too, as nothing after it takes floats.
    const { scale: quantum, zeroPoint } = fixture.values['y_QuantizeLinear_Input'] as AffineParams;
    const clamped = (y: number): number =>
      Math.min(Math.max(y, -zeroPoint * quantum), (255 - zeroPoint) * quantum);
    const [, channels = 0] = fixture.output.shape;
    expect(output?.shape).toEqual([4, channels]);
    output?.dataSync().forEach((y, i) => {
      expect(Math.abs(clamped(y) - (fixture.output.values[i] ?? NaN))).toBeLessThan(quantum);
    });
    const float = cnn().predict(tensorOf(fixture.test)) as tf.Tensor;
    const off = tf.max(tf.abs(tf.sub(float, output as tf.Tensor))).dataSync()[0] ?? NaN;
    expect(off).toBeGreaterThan(0);
    runner.dispose();
  });
});
