import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { chooseKernels, kernelFor } from './onednn-kernels';
import { native } from './binding';
import type { TfBinding } from './binding';

const facts = loadBackend();
const { use } = chooseKernels(facts.isa, process.env['TF_ENABLE_ONEDNN_OPTS']);

/** The names of the ops that TensorFlow itself was asked for. */
const asked: string[] = [];
const backend: { binding: TfBinding } = native();
const { binding } = backend;

beforeAll(() => {
  const executeOp: TfBinding['executeOp'] = (name, attributes, inputs, outputs) => {
    asked.push(name);
    return binding.executeOp(name, attributes, inputs, outputs);
  };
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as TfBinding;
});
afterAll(() => {
  backend.binding = binding;
});

/** The same computation on our backend and on tfjs's own, which is plain JavaScript. */
async function agree(compute: () => tf.Tensor[], kernels: readonly string[]): Promise<void> {
  asked.length = 0;
  const ours = compute().map((tensor) => tensor.dataSync<'float32'>());
  for (const kernel of kernels) {
    if (use !== 'never') expect(asked).toContain(kernel);
    else expect(asked).not.toContain(kernel);
  }
  await tf.setBackend('cpu');
  try {
    compute().forEach((tensor, i) => {
      const expected = tensor.dataSync<'float32'>();
      const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
      expected.forEach((value, k) => {
        const difference = Math.abs((ours[i]?.[k] ?? NaN) - value);
        if (!(difference <= 1e-5 * scale))
          throw new Error(`${i}[${k}]: ${ours[i]?.[k]} for ${value}`);
      });
    });
  } finally {
    await tf.setBackend('tensorflow');
  }
}

const random = (shape: number[], seed: number): tf.Tensor =>
  tf.randomUniform(shape, -1, 1, 'float32', seed);

describe('products on the faster kernel', () => {
  test('are right where the second matrix is transposed', async () => {
    await agree(
      () => [tf.matMul(random([33, 300], 1), random([250, 300], 2), false, true)],
      ['_MklBatchMatMulV2'],
    );
  });

  test('are right where oneDNN packs both matrices, transposed or not', async () => {
    for (const [a, b] of [
      [false, false],
      [true, false],
      [true, true],
    ] as const) {
      const x = a ? [24, 540] : [540, 24];
      const y = b ? [560, 24] : [24, 560];
      await agree(() => [tf.matMul(random(x, 1), random(y, 2), a, b)], ['_MklBatchMatMulV2']);
    }
  });

  test('are right in batches, transposed or not', async () => {
    for (const [a, b] of [
      [false, false],
      [true, false],
      [false, true],
    ] as const) {
      const x = a ? [8, 64, 96] : [8, 96, 64];
      const y = b ? [8, 80, 64] : [8, 64, 80];
      await agree(() => [tf.matMul(random(x, 1), random(y, 2), a, b)], ['_MklBatchMatMulV2']);
    }
  });
});

test('softmax hands NaN on, and takes minus infinity', () => {
  const large = tf.zeros([256, 300]);
  const values = (x: tf.Tensor): number[] => [...tf.softmax(x as tf.Tensor2D).dataSync()];
  expect(values(large.add(NaN)).every(Number.isNaN)).toBe(true);
  const masked = tf.concat([tf.fill([256, 1], -Infinity), large], 1);
  expect(values(masked).filter((one) => one === 0)).toHaveLength(256);
});

describe('convolutions on the faster kernel', () => {
  const gradients = (strides: number, padding: 'same' | 'valid') => (): tf.Tensor[] => {
    const x = random([8, 16, 16, 16], 3) as tf.Tensor4D;
    const filter = random([3, 3, 16, 20], 4) as tf.Tensor4D;
    const convolve = (a: tf.Tensor, f: tf.Tensor): tf.Tensor =>
      tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, strides, padding);
    const y = convolve(x, filter);
    return [y, ...tf.grads(convolve)([x, filter], random(y.shape, 5))];
  };
  const all = ['_MklNativeConv2D', '_MklNativeConv2DBackpropInput'];

  test('are right forward and backward', async () => {
    await agree(gradients(1, 'same'), [...all, '_MklNativeConv2DBackpropFilter']);
    await agree(gradients(1, 'valid'), all);
    await agree(gradients(2, 'same'), all.slice(0, 1));
  });

  test('are right depthwise', async () => {
    const convolve = (x: tf.Tensor, f: tf.Tensor): tf.Tensor =>
      tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 'same');
    await agree(() => {
      const x = random([4, 64, 64, 64], 6);
      const filter = random([3, 3, 64, 1], 7);
      const [dx] = tf.grads(convolve)([x, filter], random([4, 64, 64, 64], 8));
      return [convolve(x, filter), ...(dx ? [dx] : [])];
    }, ['_MklNativeDepthwiseConv2dNative', '_MklNativeDepthwiseConv2dNativeBackpropInput']);
  });
});

describe('the choice', () => {
  const named = (name: string, value: boolean | number | number[]) => ({ name, type: 0, value });
  const of = (name: string, attributes: ReturnType<typeof named>[], ...shapes: number[][]) =>
    kernelFor({ use: 'where faster', types: [1] }, { name, attributes }, () => shapes).name;

  test('leaves small calls, other types and dilations where they are', () => {
    const transposed = named('adj_y', true);
    expect(of('BatchMatMulV2', [transposed], [1, 8, 8], [1, 8, 8])).toBe('BatchMatMulV2');
    const large = [
      [1, 256, 1024],
      [1, 2048, 1024],
    ];
    expect(of('BatchMatMulV2', [transposed], ...large)).toBe('_MklBatchMatMulV2');
    expect(of('BatchMatMulV2', [named('T', 14), transposed], ...large)).toBe('BatchMatMulV2');
    // Neither is packed: too few rows.
    expect(of('BatchMatMulV2', [], [256, 1024], [1024, 2048])).toBe('BatchMatMulV2');
    expect(of('BatchMatMulV2', [], [512, 1024], [1024, 2048])).toBe('_MklBatchMatMulV2');
    const image = [
      [8, 32, 32, 16],
      [3, 3, 16, 16],
    ];
    expect(of('Conv2D', [], ...image)).toBe('_MklNativeConv2D');
    expect(of('Conv2D', [named('dilations', [1, 2, 2, 1])], ...image)).toBe('Conv2D');
  });

  test('is left to TensorFlow where it uses oneDNN itself or the user has decided', () => {
    if (use === 'never') return;
    const of = (isa: string[], setting?: string) => chooseKernels(isa, setting);
    expect(of(['avx2'])).toEqual({ use: 'where faster', types: [1] });
    expect(of(['avx2', 'avx512f', 'avx512_vnni'])).toEqual({
      use: 'wherever alone',
      types: [1, 14],
    });
    expect(of(['avx2', 'avx512f', 'avx512_fp16', 'amx_int8']).types).toEqual([1, 14, 19]);
    expect(of(['avx2', 'avx_vnni']).types).toEqual([1]);
    expect([of(['avx2'], '1').use, of(['avx2', 'avx_vnni'], '0').use]).toEqual(['never', 'never']);
    expect(of(['arm_bf16']).use).toBe('never');
  });

  test('is what TensorFlow takes by itself where it would have oneDNN on', () => {
    const choice = { use: 'wherever alone', types: [1, 14] } as const;
    const kernel = (name: string, type: number, padding = 'SAME'): string =>
      kernelFor(
        choice,
        { name, attributes: [named('T', type), { name: 'padding', type: 0, value: padding }] },
        () => [
          [1, 2, 2, 1],
          [1, 1, 1, 1],
          [1, 2, 2, 1],
        ],
      ).name;
    expect([1, 14, 19].map((type) => kernel('Conv2D', type))).toEqual([
      '_MklNativeConv2D',
      '_MklNativeConv2D',
      'Conv2D',
    ]);
    expect(kernel('Conv2D', 1, 'EXPLICIT')).toBe('Conv2D');
    expect(kernel('DepthwiseConv2dNative', 1)).toBe('_MklNativeDepthwiseConv2dNative');
    expect(kernel('Softmax', 1)).toBe('Softmax');
  });
});
