import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numpy } from '../../../backend/oracle.fixture';
import type { WeightFormat } from '../../../graph/quantized-graph';
import {
  type CodeScheme,
  codeRange,
  encodeWeights,
  type WeightGranularity,
} from '../../../graph/weight-codes';
import { INT8 } from '../../../integer/affine';
import { loadBackend } from '../../../start';
import { gptq, type GptqOptions } from './gptq';
import { crossProducts, hessianOf } from './hessian';
import { inverseFactor } from './inverse-factor';

loadBackend();

const REFERENCE = readFileSync(resolve('test/numpy/gptq.py'), 'utf8');

/** Rows of numbers, of `causes` independent ones each where these are fewer than its length. */
function examples(rows: number, depth: number, causes: number, seed: number): Float32Array {
  return tf.tidy(() => {
    const own = tf.randomNormal([rows, causes], 0, 1, 'float32', seed);
    if (causes === depth) return own.dataSync<'float32'>().slice();
    const mixing = tf.randomNormal([causes, depth], 0, 1, 'float32', seed + 1);
    const noise = tf.randomNormal([rows, depth], 0, 0.1, 'float32', seed + 2);
    return tf.add(tf.matMul(own, mixing), noise).dataSync<'float32'>().slice();
  });
}

interface Case {
  readonly format: WeightFormat;
  readonly granularity: WeightGranularity;
  readonly causes?: number;
  readonly options?: GptqOptions;
  readonly dead?: readonly number[];
  /** Scales are shrunk first, each by another share. */
  readonly shrinks?: boolean;
}

const DEPTH = 96;
const CHANNELS = 24;
const ROWS = 256;

function run({ format, granularity, causes = DEPTH, options = {}, dead = [], shrinks }: Case): {
  readonly ours: Int8Array;
  readonly scales: Float32Array;
  readonly judged: Float32Array;
  readonly errors: readonly [ours: number, theirs: number, nearest: number];
} {
  const kernel = tf.randomNormal([DEPTH, CHANNELS], 0, 1, 'float32', 5).dataSync<'float32'>();
  const x = examples(ROWS, DEPTH, causes, 7);
  for (const input of dead) for (let row = 0; row < ROWS; row++) x[row * DEPTH + input] = 0;
  const scheme: CodeScheme = { format, granularity, rule: 'absmax/127', int8: INT8 };
  const range = codeRange(scheme) ?? INT8;
  const input = tf.tensor(x, [ROWS, DEPTH]);
  const hessian = hessianOf({ kind: 'dense', inputs: DEPTH, units: CHANNELS }, [input]);
  const { scales } = encodeWeights(kernel, CHANNELS, scheme, 'layer');
  const shrunk = scales.map((_, i) => (shrinks === true ? 1 - (i % 5) / 10 : 1));
  const found = gptq(
    {
      kernel,
      channels: CHANNELS,
      scheme,
      scales: scales.map((scale, i) => scale * (shrunk[i] ?? 1)),
      range,
      layer: 'layer',
    },
    hessian,
    options,
  );
  if ('pivot' in found) throw new Error('singular');
  const group = typeof granularity === 'object' ? granularity.group : DEPTH;
  const judged = numpy(
    `${REFERENCE}
depth, channels, rows, group, high = ${DEPTH}, ${CHANNELS}, ${ROWS}, ${group}, ${range.max}
w, x = a[0].reshape(depth, channels).T.astype(float), a[1].reshape(rows, depth).astype(float)
theirs, s = gptq(w, x, high, group, ${options.percdamp ?? 0.01}, ${options.actOrder === false ? 'False' : 'True'}, a[4].reshape(-1, channels).T.astype(float))
wide = lambda codes, scales: codes * np.repeat(scales, group, axis=1)
loss = lambda q: np.mean(((w - q) @ x.T) ** 2)
near = np.stack([absmax_scale(w[:, g:g + group], high) for g in range(0, depth, group)], axis=1)
mine = wide(a[2].reshape(depth, channels).T, a[3].reshape(-1, channels).T)
errors = [loss(mine), loss(wide(theirs, s)), loss(wide(rtn(w, np.repeat(near, group, axis=1), -high, high), near))]
out = np.concatenate([theirs.T.ravel(), errors])`,
    kernel,
    x,
    Float32Array.from(found.codes),
    found.scales,
    shrunk,
  );
  const errors = judged.slice(DEPTH * CHANNELS);
  return {
    ours: found.codes,
    scales: found.scales,
    judged: judged.slice(0, DEPTH * CHANNELS),
    errors: [errors[0] ?? NaN, errors[1] ?? NaN, errors[2] ?? NaN],
  };
}

describe('GPTQ', () => {
  test.each<Case>([
    { format: 'int4', granularity: 'per-channel' },
    { format: 'int4', granularity: 'per-channel', causes: 8 },
    { format: 'int3', granularity: { group: 24 }, causes: 8 },
    { format: 'int4', granularity: 'per-channel', causes: 8, options: { actOrder: false } },
    { format: 'int3', granularity: { group: 32 }, causes: 8, options: { actOrder: false } },
    {
      format: 'int2',
      granularity: { group: 16 },
      causes: 20,
      options: { blockSize: 10, actOrder: false },
    },
    {
      format: 'int4',
      granularity: { group: 12 },
      causes: 20,
      options: { blockSize: 32, actOrder: false },
    },
    { format: 'int8', granularity: 'per-channel', causes: 8, options: { percdamp: 0.1 } },
    { format: 'int4', granularity: { group: 24 }, causes: 8, shrinks: true },
    {
      format: 'int4',
      granularity: { group: 24 },
      causes: 8,
      shrinks: true,
      options: { actOrder: false },
    },
  ])('gives the codes of the paper’s algorithm in NumPy: %o', (one) => {
    const { ours, judged, errors } = run(one);
    const [mine, theirs, nearest] = errors;
    const different = ours.filter((code, i) => code !== judged[i]).length;
    // Sums in float32 can tip a weight halfway between two codes, and those after it.
    if (different > 0) expect(Math.abs(mine - theirs)).toBeLessThan(1e-5 * nearest);
    expect(different).toBeLessThanOrEqual(0.001 * ours.length);
    expect(mine).toBeLessThan(nearest);
  });

  test('halves the error of rounding to nearest where inputs hang together', () => {
    const { errors } = run({ format: 'int4', granularity: 'per-channel', causes: 8 });
    expect(errors[0]).toBeLessThan(0.5 * errors[2]);
  });

  test('rounds the weights of inputs that were always 0 to nearest', () => {
    const one: Case = { format: 'int4', granularity: 'per-channel', causes: 8, dead: [3, 90] };
    const { ours, scales } = run(one);
    const kernel = tf.randomNormal([DEPTH, CHANNELS], 0, 1, 'float32', 5).dataSync<'float32'>();
    for (const input of [3, 90]) {
      for (let c = 0; c < CHANNELS; c++) {
        const w = kernel[input * CHANNELS + c] ?? NaN;
        const code = ours[input * CHANNELS + c] ?? NaN;
        expect(Math.abs(code - w / (scales[c] ?? NaN))).toBeLessThanOrEqual(0.5001);
      }
    }
  });

  test('names where a Hessian without damping is singular', () => {
    const x = tf.tensor2d([
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 5],
    ]);
    const scheme: CodeScheme = {
      format: 'int4',
      granularity: 'per-channel',
      rule: 'absmax/127',
      int8: INT8,
    };
    const matrix = {
      kernel: Float32Array.of(1, 2, 3),
      channels: 1,
      scheme,
      scales: Float32Array.of(3 / 7),
      range: { min: -7, max: 7 },
      layer: 'layer',
    };
    const hessian = hessianOf({ kind: 'dense', inputs: 3, units: 1 }, [x]);
    expect(gptq(matrix, hessian, { percdamp: 0 })).toEqual({ pivot: 0 });
    expect(gptq(matrix, hessian)).toHaveProperty('codes');
  });

  test('first moves weights by damped least squares for what their inputs lack, as NumPy does', () => {
    const scheme: CodeScheme = {
      format: 'int4',
      granularity: 'per-channel',
      rule: 'absmax/127',
      int8: INT8,
    };
    const kernel = tf.randomNormal([DEPTH, CHANNELS], 0, 1, 'float32', 5).dataSync<'float32'>();
    const x = examples(ROWS, DEPTH, 8, 7);
    const r = tf.randomNormal([ROWS, CHANNELS], 0, 0.5, 'float32', 9).dataSync<'float32'>();
    const geometry = { kind: 'dense', inputs: DEPTH, units: CHANNELS } as const;
    const input = tf.tensor(x, [ROWS, DEPTH]);
    const residuals = crossProducts(geometry, [input], [tf.tensor(r, [ROWS, CHANNELS])]);
    const hessian = hessianOf(geometry, [input]);
    const { scales } = encodeWeights(kernel, CHANNELS, scheme, 'layer');
    const shared = { channels: CHANNELS, scheme, scales, range: { min: -7, max: 7 }, layer: 'x' };
    const moved = numpy(
      `x, w = a[0].reshape(${ROWS}, ${DEPTH}).astype(float), a[1].reshape(${DEPTH}, ${CHANNELS})
h = 2 * x.T @ x / ${ROWS}
h += np.eye(${DEPTH}) * 0.01 * np.mean(np.diag(h))
out = w + np.linalg.solve(h, 2 * x.T @ a[2].reshape(${ROWS}, ${CHANNELS}) / ${ROWS})`,
      x,
      kernel,
      r,
    );
    const [ours, theirs] = [
      gptq({ ...shared, kernel, residuals }, hessian),
      gptq({ ...shared, kernel: moved }, hessian),
    ];
    if ('pivot' in ours || 'pivot' in theirs) throw new Error('singular');
    const different = ours.codes.filter((code, i) => code !== theirs.codes[i]).length;
    expect(different).toBeLessThanOrEqual(0.002 * kernel.length);
    expect(moved.filter((w, i) => Math.abs(w - (kernel[i] ?? NaN)) > 0.01).length).toBeGreaterThan(
      100,
    );
  });

  test('inverts the Hessian of 512 inputs', () => {
    const x = tf.tensor(examples(1024, 512, 64, 3), [1024, 512]);
    const hessian = hessianOf({ kind: 'dense', inputs: 512, units: 1 }, [x]).blocks[0];
    const damped = hessian?.map((h, i) => (i % 513 === 0 ? h + 0.1 : h)) ?? new Float64Array();
    const factor = inverseFactor(damped, 512);
    if ('pivot' in factor) throw new Error('singular');
    const [worst] = numpy(
      `h, u = a[0].reshape(512, 512).astype(float), a[1].reshape(512, 512).astype(float)
out = [np.abs(u.T @ u @ h - np.eye(512)).max()]`,
      Float32Array.from(damped),
      Float32Array.from(factor),
    );
    expect(worst).toBeLessThan(1e-3);
  });
});

describe('the Hessian of a convolution', () => {
  test.each([
    { kind: 'conv2d', kernel: [3, 3, 2, 4], strides: [1, 1], padding: 'same' },
    { kind: 'conv2d', kernel: [3, 2, 2, 4], strides: [2, 2], padding: 'same' },
    { kind: 'conv2d', kernel: [2, 3, 2, 4], strides: [2, 1], padding: 'valid' },
    { kind: 'depthwise', kernel: [3, 3, 2, 2], strides: [2, 2], padding: 'same' },
    { kind: 'depthwise', kernel: [3, 3, 2, 1], strides: [1, 1], padding: 'valid' },
  ] as const)('tells the size of its outputs: %o', (geometry) => {
    // wᵀ H w is twice the mean of the squared outputs of the channel with the weights w.
    const x = tf.randomNormal<tf.Rank.R4>([3, 7, 6, 2], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R4>([...geometry.kernel], 0, 1, 'float32', 2);
    const convolve = geometry.kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
    const y = convolve(x, kernel, [...geometry.strides], geometry.padding);
    const channels = y.shape[3];
    const expected = tf.mean(tf.square(y), [0, 1, 2]).dataSync();
    const { blocks, depth } = hessianOf(geometry, [x.slice(0, 1), x.slice(1)]);
    const w = kernel.dataSync();
    for (let c = 0; c < channels; c++) {
      const block = blocks[Math.floor((c * blocks.length) / channels)] ?? new Float64Array();
      let sum = 0;
      for (let i = 0; i < depth; i++) {
        for (let j = 0; j < depth; j++) {
          sum +=
            (block[i * depth + j] ?? 0) * (w[i * channels + c] ?? 0) * (w[j * channels + c] ?? 0);
        }
      }
      expect(sum / 2).toBeCloseTo(expected[c] ?? NaN, 4);
    }
    // What the outputs have in common with the inputs is H w.
    const cross = crossProducts(geometry, [x.slice(0, 1), x.slice(1)], [y.slice(0, 1), y.slice(1)]);
    cross.forEach((value, at) => {
      const [row, c] = [Math.floor(at / channels), at % channels];
      const block = blocks[Math.floor((c * blocks.length) / channels)] ?? new Float64Array();
      let sum = 0;
      for (let j = 0; j < depth; j++) {
        sum += (block[row * depth + j] ?? 0) * (w[j * channels + c] ?? 0);
      }
      expect(value).toBeCloseTo(sum, 3);
    });
  });
});
