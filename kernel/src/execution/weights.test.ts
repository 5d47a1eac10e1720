import * as tf from '@tensorflow/tfjs';
import { onnx } from 'onnx-proto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBackend } from '../start';
import { exportOnnx } from '../export/onnx/export-onnx';
import type { LinearOp, LinearWeightFormat } from '../graph/quantized-graph';
import { type Geometry, outputChannels } from '../integer/product';
import { chain, generator, randomCodes, size } from './reference.fixture';
import { type GraphRunner, runGraph } from './run-graph';

beforeAll(async () => {
  await ensureBackend();
});

const CODES: Readonly<Record<LinearWeightFormat, readonly number[]>> = {
  int8: Array.from({ length: 255 }, (_, i) => i - 127),
  int4: Array.from({ length: 15 }, (_, i) => i - 7),
  int3: [-4, -3, -2, -1, 0, 1, 2, 3],
  int2: [-2, -1, 0, 1],
  ternary: [-1, 0, 1],
  binary: [-1, 1],
};

function weightOnly(
  geometry: Geometry,
  format: LinearWeightFormat,
  groupSize: number,
  random: () => number,
): LinearOp {
  const channels = outputChannels(geometry);
  const depth =
    geometry.kind === 'dense'
      ? geometry.inputs
      : (geometry.kernel[0] * geometry.kernel[1] * geometry.kernel[2] * geometry.kernel[3]) /
        channels;
  const codes = CODES[format];
  return {
    kind: 'linear',
    geometry,
    weights: {
      format,
      codes: Int8Array.from(
        { length: depth * channels },
        () => codes[Math.floor(random() * codes.length)] ?? 0,
      ),
      depth,
      channels,
      scales: Float32Array.from(
        { length: (depth / groupSize) * channels },
        () => 0.01 + random() / 50,
      ),
      groupSize,
    },
    bias: Float32Array.from({ length: channels }, () => random() - 0.5),
    activation: 'linear',
    input: 'float',
  };
}

/** The product in float64 of a dense layer's input and the weights that the codes stand for. */
function exactDense({ weights, bias }: LinearOp, x: Float32Array): number[] {
  const { codes, depth, channels, scales, groupSize } = weights;
  return Array.from({ length: (x.length / depth) * channels }, (_, at) => {
    const [row, c] = [Math.floor(at / channels), at % channels];
    let sum = bias[c] ?? NaN;
    for (let d = 0; d < depth; d++) {
      const scale = scales[Math.floor(d / groupSize) * channels + c] ?? NaN;
      sum += (x[row * depth + d] ?? NaN) * (codes[d * channels + c] ?? NaN) * scale;
    }
    return sum;
  });
}

function results(runner: GraphRunner, x: Float32Array, shape: number[]): number[] {
  return tf.tidy(() => [...(runner.predict([tf.tensor(x, shape)])[0]?.dataSync() ?? [])]);
}

const noise = (length: number, random: () => number): Float32Array =>
  Float32Array.from({ length }, () => 2 * random() - 1);

describe('weights of few bits', () => {
  test.each([
    ['int4', 0.5],
    ['int3', 3 / 8],
    ['int2', 0.25],
    ['ternary', 0.25],
    ['binary', 1 / 8],
  ] as const)('are kept packed and multiplied as they are: %s', async (format, bytesPerWeight) => {
    const random = generator(1);
    for (const groupSize of [96, 32, 8]) {
      const op = weightOnly({ kind: 'dense', inputs: 96, units: 21 }, format, groupSize, random);
      const graph = chain({ shape: [1, 96], params: undefined }, [
        { op, shape: [1, 21], params: undefined },
      ]);
      const runner = await runGraph(graph, { engine: 'simulated' });
      const [node] = runner.nodes;
      expect(node?.execution).toBe('simulated');
      const constants = op.weights.scales.byteLength + op.bias.byteLength;
      expect(runner.weightBytes).toBe(Math.ceil(96 * 21 * bytesPerWeight) + constants);
      const x = noise(5 * 96, random);
      const exact = exactDense(op, x);
      results(runner, x, [5, 96]).forEach((y, i) => {
        expect(Math.abs(y - (exact[i] ?? NaN))).toBeLessThan(1e-4);
      });
      runner.dispose();
    }
  });

  test('of a convolution are those of the same kernel in float', async () => {
    const random = generator(2);
    const kernel = [3, 3, 4, 5] as const;
    for (const format of ['int4', 'int3', 'binary'] as const) {
      const geometry = { kind: 'conv2d', kernel, strides: [1, 1], padding: 'same' } as const;
      const op = weightOnly(geometry, format, 36, random);
      const graph = chain({ shape: [1, 6, 6, 4], params: undefined }, [
        { op, shape: [1, 6, 6, 5], params: undefined },
      ]);
      const runner = await runGraph(graph, { engine: 'tensorflow' });
      const x = noise(2 * 6 * 6 * 4, random);
      const expected = tf.tidy(() => {
        const { codes, scales, channels } = op.weights;
        const values = Float32Array.from(codes, (code, i) => code * (scales[i % channels] ?? NaN));
        const y = tf.conv2d(
          tf.tensor4d(x, [2, 6, 6, 4]),
          tf.tensor4d(values, [...kernel]),
          1,
          'same',
        );
        return tf.add(y, op.bias).dataSync();
      });
      results(runner, x, [2, 6, 6, 4]).forEach((y, i) => {
        expect(Math.abs(y - (expected[i] ?? NaN))).toBeLessThan(1e-4);
      });
      runner.dispose();
    }
  });

  test('run natively in ONNX Runtime where they have four bits', async () => {
    const random = generator(3);
    for (const [groupSize, shape] of [
      [64, [7, 64]],
      [32, [2, 3, 64]],
      [16, [1, 64]],
    ] as const) {
      const op = weightOnly({ kind: 'dense', inputs: 64, units: 33 }, 'int4', groupSize, random);
      const graph = chain({ shape, params: undefined }, [
        { op, shape: [...shape.slice(0, -1), 33], params: undefined },
      ]);
      const runner = await runGraph(graph, { engine: 'tensorflow' });
      expect(runner.nodes[0]).toMatchObject({ engine: 'onnxruntime', execution: 'native' });
      expect(runner.nodes[0]?.kernel).toMatch(/^MatMulNBits/);
      const x = noise(size(shape), random);
      const exact = exactDense(op, x);
      const got = results(runner, x, [...shape]);
      const error = Math.hypot(...got.map((y, i) => y - (exact[i] ?? NaN)));
      // Activations are rounded to int8 in blocks.
      expect(error / Math.hypot(...exact)).toBeLessThan(0.01);
      runner.dispose();
    }
  });

  test.each([100, 64, 32, 16])(
    'take the bytes of the tensors that the kernel for four bits is given: groups of %i',
    async (groupSize) => {
      const depth = groupSize === 100 ? 100 : 128;
      const geometry = { kind: 'dense', inputs: depth, units: 5 } as const;
      const op = weightOnly(geometry, 'int4', groupSize, generator(5));
      const graph = chain({ shape: [1, depth], params: undefined }, [
        { op, shape: [1, 5], params: undefined },
      ]);
      const { graph: exported } = onnx.ModelProto.decode(exportOnnx(graph, { accuracy: 'int8' }));
      // The layer's own: the others keep rows that aren't finite out.
      const given = (exported?.initializer ?? [])
        .filter(({ name }) => name?.startsWith('n0/'))
        .map(({ rawData }) => rawData?.byteLength ?? NaN);
      const bytes = given.reduce((sum, size) => sum + size, 0);
      for (const engine of ['tensorflow', 'onnxruntime'] as const) {
        const runner = await runGraph(graph, { engine });
        expect(runner.weightBytes).toBe(bytes);
        const [node] = runner.nodes;
        expect(node).toMatchObject({ execution: 'native', weightBytes: bytes });
        expect(node?.reason).toMatch(
          groupSize === 100
            ? /blocks of 32, the channel's scale repeated for each/
            : new RegExp(`blocks of ${groupSize}, a scale each`),
        );
        runner.dispose();
      }
    },
  );

  test('of static layers run in the int8 kernels, exactly', async () => {
    const random = generator(4);
    const op: LinearOp = {
      ...weightOnly({ kind: 'dense', inputs: 64, units: 9 }, 'int4', 64, random),
      input: 'static',
    };
    const params = { scale: Math.fround(0.02), zeroPoint: 128 };
    const graph = chain({ shape: [1, 64], params }, [{ op, shape: [1, 9], params: undefined }]);
    const runner = await runGraph(graph, { engine: 'tensorflow' });
    expect(runner.nodes[0]).toMatchObject({ engine: 'tensorflow', execution: 'native' });
    const x = Float32Array.from(
      randomCodes([3, 64], random).values,
      (q) => (q - 128) * params.scale,
    );
    const exact = exactDense(op, x);
    results(runner, x, [3, 64]).forEach((y, i) => {
      expect(Math.abs(y - (exact[i] ?? NaN))).toBeLessThan(1e-4);
    });
    runner.dispose();
  });
});
