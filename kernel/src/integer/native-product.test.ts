import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../backend/contract';
import { deviceFacts } from '../backend/load';
import { loadBackend } from '../start';
import { withPrecision } from '../precision/scope';
import { notNative, weightRange } from './choose';
import { linearKernel } from '../execution/native/linear';
import { SimulatedAffine } from '../execution/simulated/boundary';
import { SimulatedLinear } from '../execution/simulated/linear';
import { Value } from '../execution/value';
import type { LinearOp } from '../graph/quantized-graph';
import { NativeProduct } from './native-product';
import {
  type ActivationScheme,
  type ConvGeometry,
  type Geometry,
  type LinearSpec,
  outputChannels,
} from './product';
import { exactness, selfCheck } from './self-check';
import { asymmetricParams } from './affine';

let top = 63;
beforeAll(() => {
  top = weightRange(loadBackend()).max;
});

const DYNAMIC = { kind: 'dynamic' } as const;

describe('dense integer sums', () => {
  it('equal sums made with BigInt, for odd shapes and batches from 1 to 300', () => {
    const random = generator(1);
    for (const [rows, inputs, units] of [
      [1, 1, 1],
      [1, 7, 3],
      [2, 129, 65],
      [31, 100, 10],
      [300, 37, 5],
      [17, 1023, 33],
    ] as const) {
      const spec = denseSpec(inputs, units, () => integer(random, -top, top));
      const codes = Uint8Array.from({ length: rows * inputs }, () => integer(random, 0, 255));
      withProduct(spec, (product) => {
        expect([...product.integerSums(codes, [rows, inputs])]).toEqual(
          exactDense(codes, spec, rows),
        );
      });
    }
  });

  it.each([1, -1])('do not saturate at 255 times the largest weight (sign %d)', (sign) => {
    // As deep as float32, through which the kernel hands its sums, has every integer: 518 in 8 bits.
    const inputs = Math.min(777, Math.floor(2 ** 24 / 255 / top));
    const spec = denseSpec(inputs, 19, () => sign * top);
    const codes = new Uint8Array(5 * inputs).fill(255);
    withProduct(spec, (product) => {
      const sums = product.integerSums(codes, [5, inputs]);
      expect(new Set(sums)).toEqual(new Set([sign * inputs * 255 * top]));
    });
  });

  it.each([1, -1])(
    'do not saturate above 2^24 either, where they are rounded (sign %d)',
    (sign) => {
      const spec = denseSpec(1555, 19, () => sign * top);
      const codes = new Uint8Array(5 * 1555).fill(255);
      withProduct(spec, (product) => {
        const exact = exactDense(codes, spec, 5);
        expect(Math.abs(exact[0] ?? NaN)).toBeGreaterThan(2 ** 24);
        expect([...product.integerSums(codes, [5, 1555])]).toEqual(exact.map(Math.fround));
      });
    },
  );

  it('are rounded to float32 where they exceed 2^24, and never worse', () => {
    const random = generator(6);
    const spec = denseSpec(12_544, 5, () => integer(random, top - 9, top));
    const codes = Uint8Array.from({ length: 2 * 12_544 }, () => integer(random, 200, 255));
    withProduct(spec, (product) => {
      const exact = exactDense(codes, spec, 2);
      expect(exact[0]).toBeGreaterThan(2 ** 24);
      product.integerSums(codes, [2, 12_544]).forEach((sum, i) => {
        expect([exact[i], Math.fround(exact[i] ?? NaN)]).toContain(sum);
      });
      expect(selfCheck(product)).toBeUndefined();
    });
    expect(exactness(spec)).toMatch(/rounded to float32 above/);
  });

  it('stay right when batch sizes alternate on one layer', () => {
    const random = generator(2);
    const spec = denseSpec(50, 20, () => integer(random, -top, top));
    withProduct(spec, (product) => {
      for (const rows of [1, 300, 7, 1, 64, 300]) {
        const codes = Uint8Array.from({ length: rows * 50 }, () => integer(random, 0, 255));
        expect([...product.integerSums(codes, [rows, 50])]).toEqual(exactDense(codes, spec, rows));
      }
    });
  });

  it('belong to the right layer, for layers of the same shape and re-created ones', () => {
    const codes = new Uint8Array(40).fill(1);
    const one = new NativeProduct(
      denseSpec(40, 8, () => 1),
      DYNAMIC,
      '',
    );
    const two = new NativeProduct(
      denseSpec(40, 8, () => 2),
      DYNAMIC,
      '',
    );
    for (let round = 0; round < 3; round++) {
      expect(one.integerSums(codes, [1, 40])[0]).toBe(40);
      expect(two.integerSums(codes, [1, 40])[0]).toBe(80);
    }
    one.dispose();
    two.dispose();
    for (const weight of [3, 4, 5]) {
      withProduct(
        denseSpec(40, 8, () => weight),
        (product) => {
          expect(product.integerSums(codes, [1, 40])[0]).toBe(40 * weight);
        },
      );
    }
  });
});

describe('convolution integer sums', () => {
  const geometries: ConvGeometry[] = [
    { kind: 'conv2d', kernel: [3, 3, 5, 7], strides: [1, 1], padding: 'valid' },
    { kind: 'conv2d', kernel: [1, 1, 33, 9], strides: [2, 2], padding: 'valid' },
    { kind: 'conv2d', kernel: [5, 3, 1, 4], strides: [2, 1], padding: 'valid' },
    { kind: 'depthwise', kernel: [3, 3, 6, 1], strides: [1, 1], padding: 'valid' },
    { kind: 'depthwise', kernel: [3, 3, 4, 2], strides: [2, 2], padding: 'valid' },
  ];
  it.each(geometries)('equal sums made in loops: $kind $kernel / $strides', (geometry) => {
    const random = generator(3);
    for (const extreme of [false, true]) {
      const weight = extreme ? () => top : () => integer(random, -top, top);
      const spec = specOf(geometry, weight);
      const shape = [3, 9, 8, geometry.kernel[2]] as const;
      const codes = Uint8Array.from({ length: 3 * 9 * 8 * shape[3] }, () =>
        extreme ? 255 : integer(random, 0, 255),
      );
      withProduct(spec, (product) => {
        expect([...product.integerSums(codes, shape)]).toEqual(
          exactConv(codes, shape, geometry, spec),
        );
      });
    }
  });
});

describe('the float result', () => {
  const random = generator(4);
  const geometries: Geometry[] = [
    { kind: 'dense', inputs: 21, units: 6 },
    { kind: 'conv2d', kernel: [3, 3, 4, 5], strides: [1, 1], padding: 'same' },
    { kind: 'conv2d', kernel: [4, 2, 4, 5], strides: [3, 2], padding: 'same' },
    { kind: 'depthwise', kernel: [3, 3, 4, 2], strides: [1, 1], padding: 'same' },
  ];
  const shapeFor = (geometry: Geometry): number[] =>
    geometry.kind === 'dense' ? [4, 21] : [2, 7, 9, 4];

  it.each(geometries)(
    'equals the same integers multiplied in fp32, with a zero point inside: $kind $kernel $padding',
    (geometry) => {
      const spec = specOf(geometry, () => integer(random, -top, top));
      const size = shapeFor(geometry).reduce((a, b) => a * b, 1);
      const x = tf.tensor(
        Float32Array.from({ length: size }, () => random() * 3 - 1),
        shapeFor(geometry),
      );
      for (const scheme of [
        DYNAMIC,
        { kind: 'static', params: asymmetricParams(-0.9, 1.7) } as const,
        { kind: 'static', params: asymmetricParams(0, 1.7) } as const,
      ]) {
        const native = new NativeProduct(spec, scheme, '');
        const difference = tf.tidy(() => {
          const y = native.apply(x);
          const expected = simulated(spec, scheme, x);
          expect(y.shape).toEqual(expected.shape);
          return tf.max(tf.abs(tf.sub(y, expected))).dataSync()[0];
        });
        expect(difference).toBeLessThan(1e-4);
        native.dispose();
      }
      x.dispose();
    },
  );

  it('keeps leading axes of a dense input', () => {
    const spec = denseSpec(21, 6, () => 1);
    withProduct(spec, (product) => {
      const y = tf.tidy(() => product.apply(tf.ones([2, 3, 21])).shape);
      expect(y).toEqual([2, 3, 6]);
    });
  });

  it('of all zeros is the bias', () => {
    const spec = { ...denseSpec(8, 3, () => 5), bias: Float32Array.of(1, -2, 0.5) };
    withProduct(spec, (product) => {
      const y = tf.tidy(() => [...product.apply(tf.zeros([1, 8])).dataSync()]);
      expect(y).toEqual([1, -2, 0.5]);
    });
  });
});

describe('selfCheck', () => {
  it('finds every geometry exact with weights in the range this CPU allows', () => {
    const random = generator(5);
    for (const geometry of [
      { kind: 'dense', inputs: 200, units: 11 },
      { kind: 'conv2d', kernel: [3, 3, 16, 8], strides: [1, 1], padding: 'same' },
      { kind: 'depthwise', kernel: [3, 3, 8, 2], strides: [1, 1], padding: 'same' },
    ] as const) {
      withProduct(
        specOf(geometry, () => integer(random, -top, top)),
        (product) => {
          expect(selfCheck(product)).toBeUndefined();
        },
      );
    }
  });

  it('tells a kernel that saturates: 8-bit weights where only 7 bits are exact', ({ skip }) => {
    if (top === 127) skip('this CPU has no 16-bit sums');
    withProduct(
      denseSpec(64, 16, () => 127),
      (product) => {
        expect(selfCheck(product)).toMatch(/where 2072640 is right/);
      },
    );
  });
});

describe("linearKernel with each batch's own range", () => {
  const choose = (spec: LinearSpec, facts: DeviceFacts): [string | undefined, string] => {
    const node = linearKernel(opOf(spec, 'dynamic'), undefined, undefined, facts);
    node.dispose();
    return [node.execution, node.reason];
  };

  it('simulates, and says why, where there are no integer kernels', () => {
    const spec = denseSpec(8, 3, () => 5);
    const facts = deviceFacts();
    expect(choose(spec, facts)[0]).toBe('native');
    expect(choose(spec, { ...facts, engine: 'wasm' })).toEqual([
      'simulated',
      'wasm has no integer kernels',
    ]);
    expect(choose(spec, { ...facts, device: 'gpu' })[1]).toMatch(/for GPUs/);
    expect(notNative(facts)).toBeUndefined();
  });

  it('simulates where sums may exceed 32 bits', () => {
    const inputs = Math.ceil(2 ** 31 / 255 / top);
    expect(
      choose(
        denseSpec(inputs, 1, () => top),
        deviceFacts(),
      ),
    ).toEqual(['simulated', `sums over ${inputs} products may exceed 32 bits`]);
  });

  it('simulates a layer whose integer sums come out wrong', ({ skip }) => {
    if (top === 127) skip('this CPU has no 16-bit sums');
    const [execution, reason] = choose(
      denseSpec(64, 16, () => 127),
      deviceFacts(),
    );
    expect(execution).toBe('simulated');
    expect(reason).toMatch(/the kernel's sum is -?\d+ where -?\d+ is right/);
  });

  it('keeps a simulated product in fp32 under a 16-bit policy', () => {
    const spec = denseSpec(64, 4, () => 61);
    const x = tf.randomUniform([3, 64], -1, 1, 'float32', 9);
    const plain = tf.tidy(() => simulated(spec, DYNAMIC, x).dataSync());
    const under = tf.tidy(() =>
      withPrecision('bf16', () => simulated(spec, DYNAMIC, x)).dataSync(),
    );
    expect(under).toEqual(plain);
    x.dispose();
  });
});

function opOf({ geometry, weights, bias }: LinearSpec, input: LinearOp['input']): LinearOp {
  const { codes, depth, channels, scales } = weights;
  return {
    kind: 'linear',
    geometry,
    weights: { format: 'int8', codes, depth, channels, scales, groupSize: depth },
    bias,
    activation: 'linear',
    input,
  };
}

/** The product in float32 on integer values. */
function simulated(spec: LinearSpec, scheme: ActivationScheme, x: tf.Tensor): tf.Tensor {
  const params = scheme.kind === 'static' ? scheme.params : undefined;
  const node = new SimulatedLinear(opOf(spec, scheme.kind), params, '');
  const affine = params && new SimulatedAffine(params);
  const value = new Value({ kind: 'float', tensor: x }, affine, true);
  const { tensor } = node.run([value]);
  node.dispose();
  value.dispose();
  return tensor;
}

function withProduct(spec: LinearSpec, use: (product: NativeProduct) => void): void {
  const product = new NativeProduct(spec, DYNAMIC, '');
  try {
    use(product);
  } finally {
    product.dispose();
  }
}

function denseSpec(inputs: number, units: number, weight: () => number): LinearSpec {
  return specOf({ kind: 'dense', inputs, units }, weight);
}

function specOf(geometry: Geometry, weight: () => number): LinearSpec {
  const size =
    geometry.kind === 'dense'
      ? geometry.inputs * geometry.units
      : geometry.kernel.reduce((a, b) => a * b, 1);
  const channels = outputChannels(geometry);
  const codes = Int8Array.from({ length: size }, weight);
  const sums = new Int32Array(channels);
  codes.forEach((code, i) => (sums[i % channels] = (sums[i % channels] ?? 0) + code));
  return {
    geometry,
    bias: new Float32Array(channels),
    weights: {
      codes,
      depth: size / channels,
      channels,
      scales: Float32Array.from({ length: channels }, (_, i) => 0.01 * (1 + i)),
      sums,
      largestAbsSum: 127 * size,
    },
  };
}

function exactDense(codes: Uint8Array, { weights }: LinearSpec, rows: number): number[] {
  const { depth, channels } = weights;
  return Array.from({ length: rows * channels }, (_, index) => {
    const row = Math.floor(index / channels);
    let sum = 0n;
    for (let k = 0; k < depth; k++) {
      const a = codes[row * depth + k] ?? 0;
      sum += BigInt(a * (weights.codes[k * channels + (index % channels)] ?? 0));
    }
    return Number(sum);
  });
}

function exactConv(
  codes: Uint8Array,
  [batch, height, width, inputs]: readonly [number, number, number, number],
  { kind, kernel, strides }: ConvGeometry,
  { weights }: LinearSpec,
): number[] {
  const [kh, kw, , last] = kernel;
  const oh = Math.floor((height - kh) / strides[0]) + 1;
  const ow = Math.floor((width - kw) / strides[1]) + 1;
  const sums: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < oh; y++)
      for (let x = 0; x < ow; x++)
        for (let o = 0; o < weights.channels; o++) {
          let sum = 0;
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++)
              for (let c = 0; c < inputs; c++) {
                if (kind === 'depthwise' && c !== Math.floor(o / last)) continue;
                const a =
                  codes[
                    ((n * height + y * strides[0] + i) * width + x * strides[1] + j) * inputs + c
                  ] ?? 0;
                const m = kind === 'depthwise' ? o % last : o;
                sum += a * (weights.codes[((i * kw + j) * inputs + c) * last + m] ?? 0);
              }
          sums.push(sum);
        }
  return sums;
}

function integer(random: () => number, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
