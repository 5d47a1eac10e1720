import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { DeviceFacts } from '../backend/contract';
import { FLOAT_TYPES, float32s, python } from '../formats/ml-dtypes.fixture';
import { limits } from '../formats/limits';
import { encodeFloatWeights } from '../graph/float-codes';
import type { HalfFormat } from '../graph/half-products';
import type { LinearOp } from '../graph/quantized-graph';
import { decodeWeights } from '../graph/weight-codes';
import { type Geometry, weightShape } from '../integer/product';
import { lossScaler } from '../precision/session';
import { ensureBackend } from '../start';
import { HalfLinear } from './half-linear';
import { checkHalf } from './native/check-half';
import { linearKernel } from './native/linear';
import { generator } from './reference.fixture';
import { Value } from './value';

let facts: DeviceFacts;
beforeAll(async () => {
  facts = await ensureBackend();
});

function opOf(format: HalfFormat, geometry: Geometry, weight?: (i: number) => number): LinearOp {
  const random = generator(5);
  const shape = weightShape(geometry);
  const size = shape.reduce((a, b) => a * b, 1);
  const channels =
    geometry.kind === 'depthwise' ? geometry.kernel[2] * geometry.kernel[3] : (shape.at(-1) ?? 1);
  const matrix = Float32Array.from({ length: size }, (_, i) => weight?.(i) ?? random() - 0.5);
  return {
    kind: 'linear',
    geometry,
    weights: encodeFloatWeights(matrix, channels, {
      format,
      rule: 'none',
      isShared: false,
      groupSize: size / channels,
    }),
    bias: Float32Array.from({ length: channels }, () => random() - 0.5),
    activation: 'relu',
    input: 'float',
    activations: { format, scale: 'none' },
  };
}

function run(node: HalfLinear, x: tf.Tensor): number[] {
  const { tensor } = node.run([new Value({ kind: 'float', tensor: x }, undefined, true)]);
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
}

/** NumPy and ml_dtypes: rounded inputs, sums in float64, rounded, then bias and ReLU in float32. */
function judged({ geometry, ...op }: LinearOp, x: tf.Tensor, format: HalfFormat): number[] {
  const type = FLOAT_TYPES[format];
  const weights = decodeWeights(op.weights);
  const all = Float32Array.of(...x.dataSync(), ...weights, ...op.bias);
  const strides = geometry.kind === 'dense' ? [1, 1] : geometry.strides;
  const script = `
a = get(np.float32)
x = a[:${x.size}].reshape(${JSON.stringify(x.shape)}).astype(${type}).astype(np.float64)
w = a[${x.size}:${x.size + weights.length}].reshape(${JSON.stringify(weightShape(geometry))}).astype(np.float64)
b = a[${x.size + weights.length}:]
if '${geometry.kind}' == 'dense':
    y = x @ w
else:
    h, v = w.shape[:2]
    sy, sx = ${strides[0]}, ${strides[1]}
    oh, ow = (x.shape[1] - h) // sy + 1, (x.shape[2] - v) // sx + 1
    y = 0
    for i in range(h):
        for j in range(v):
            part = x[:, i:i + sy * oh:sy, j:j + sx * ow:sx]
            y = y + (part @ w[i, j] if '${geometry.kind}' == 'conv2d'
                     else (part[..., None] * w[i, j]).reshape(*part.shape[:3], -1))
m = float(ml.finfo(${type}).max)
y = np.clip(y, -m, m).astype(${type}).astype(np.float32)
put(np.maximum(y + b, 0).astype(np.float32))`;
  return [...float32s(python(script, all))];
}

const GEOMETRIES: readonly (readonly [Geometry, readonly number[]])[] = [
  [{ kind: 'dense', inputs: 300, units: 33 }, [5, 300]],
  [{ kind: 'dense', inputs: 24, units: 10 }, [2, 3, 24]],
  [{ kind: 'conv2d', kernel: [3, 3, 16, 8], strides: [2, 1], padding: 'valid' }, [8, 9, 9, 16]],
  [{ kind: 'depthwise', kernel: [3, 3, 6, 2], strides: [1, 1], padding: 'valid' }, [2, 9, 9, 6]],
];

describe.each(['bf16', 'fp16'] as const)('a product of %s', (format) => {
  test.each(GEOMETRIES)(
    '%o is that of NumPy and ml_dtypes, natively and simulated',
    (geometry, shape) => {
      const op = opOf(format, geometry);
      const x = tf.randomNormal([...shape], 0, 1, 'float32', 4);
      const expected = judged(op, x, format);
      for (const execution of ['native', 'simulated'] as const) {
        const node = new HalfLinear(op, execution, '');
        const found = run(node, x);
        expect(found).toHaveLength(expected.length);
        const off = found.filter((y, i) => Math.abs(y - (expected[i] ?? NaN)) > 1e-5);
        // Where a sum is between two numbers of the format, its order decides.
        expect(off.length).toBeLessThanOrEqual(expected.length / 50);
        found.forEach((y, i) => {
          const right = expected[i] ?? NaN;
          expect(Math.abs(y - right)).toBeLessThanOrEqual(
            limits(format).epsilon * (Math.abs(right) + 0.5) + 1e-5,
          );
        });
        expect(checkHalf(node)).toBeUndefined();
        node.dispose();
      }
      x.dispose();
    },
  );

  test('adds up in fp32: 4096 ones and halves don’t stop at the last number that one can be added to', () => {
    const op = opOf(format, { kind: 'dense', inputs: 4096, units: 3 }, () => 0.5);
    const x = tf.ones([2, 4096]);
    for (const execution of ['native', 'simulated'] as const) {
      const node = new HalfLinear({ ...op, bias: new Float32Array(3) }, execution, '');
      expect(run(node, x)).toEqual(new Array<number>(6).fill(2048));
      node.dispose();
    }
    x.dispose();
  });

  test('saturates, and gives NaN for the rows that are not finite alone', () => {
    const { max } = limits(format);
    const large = format === 'fp16' ? 60000 : 1e38;
    const op = opOf(format, { kind: 'dense', inputs: 4, units: 2 }, () => 1);
    const x = tf.tensor2d([
      [large, large, large, large],
      [1, NaN, 1, 1],
      [1, 1, -Infinity, 1],
      [1, 2, 3, 4],
    ]);
    for (const execution of ['native', 'simulated'] as const) {
      const node = new HalfLinear({ ...op, bias: new Float32Array(2) }, execution, '');
      expect(run(node, x)).toEqual([max, max, NaN, NaN, NaN, NaN, 10, 10]);
      node.dispose();
    }
    x.dispose();
  });

  test('is native where the machine multiplies in it, and frees what it took', () => {
    const before = tf.memory().numTensors;
    const op = opOf(format, { kind: 'dense', inputs: 64, units: 8 });
    const node = linearKernel(op, undefined, undefined, facts);
    expect(node.execution).toBe(facts.formats[format].execution);
    expect(node.weightBytes).toBe(2 * 64 * 8 + 4 * 8);
    const lower = { ...facts.formats[format], execution: 'simulated', reason: 'No.' } as const;
    const other = { ...facts, formats: { ...facts.formats, [format]: lower } };
    const simulated = linearKernel(op, undefined, undefined, other);
    expect(simulated).toMatchObject({ execution: 'simulated', weightBytes: node.weightBytes });
    expect(simulated.reason).toBe(`activations rounded to ${format}, cast; No`);
    node.dispose();
    simulated.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('begins no loss scaling, which the next to train would go on with', () => {
    const node = new HalfLinear(opOf(format, { kind: 'dense', inputs: 8, units: 2 }), 'native', '');
    run(node, tf.ones([1, 8]));
    expect(lossScaler().scaler.checksGradients).toBe(false);
    node.dispose();
  });

  test('is simulated where the kernel’s sums are wrong', () => {
    const op = opOf(format, { kind: 'dense', inputs: 4096, units: 3 }, () => 0.5);
    const node = new HalfLinear(op, 'native', '');
    vi.spyOn(node, 'product').mockImplementation((x) => tf.fill([x.shape[0], 3], 128));
    expect(checkHalf(node)).toMatch(/^the kernel's result is 128 where 2048 is right/);
    node.dispose();
  });
});
