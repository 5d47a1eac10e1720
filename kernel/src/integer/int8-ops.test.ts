import { beforeAll, describe, expect, test } from 'vitest';
import { attr } from '../backend/attributes';
import type { OpAttribute } from '../backend/contract';
import { DT } from '../backend/dtypes';
import { ensureBackend } from '../start';
import { bitcastHandle, castHandle, createHandle, rawOp, readHandle } from '../backend/raw';
import { weightRange } from './choose';
import { generator } from '../execution/reference.fixture';
import { type HandleScope, withHandles } from './handles';
import { uniqueLayer } from './native-kernels';

/*
 * TensorFlow's integer ops themselves against 64-bit sums: which signs they take, and what their
 * weight cache does. What is found here is why activations are unsigned and each layer has a name.
 */

let saturates = false;
let top = 63;
beforeAll(async () => {
  const facts = await ensureBackend();
  saturates = facts.int8ReduceRange;
  top = weightRange(facts).max;
});

const [ROWS, INPUTS, UNITS] = [5, 72, 24];
const KERNEL = attr.string('_kernel', 'QuantizedMklOp');

function integers(length: number, low: number, high: number, random: () => number): number[] {
  return Array.from({ length }, () => low + Math.floor(random() * (high - low + 1)));
}

/** A quantized tensor of either sign, owned by `scope`. */
function codes(
  values: readonly number[],
  shape: readonly number[],
  isSigned: boolean,
  scope: HandleScope,
): number {
  const wide = scope.own(createHandle(shape, Int32Array.from(values)));
  const [plain, code] = isSigned ? [DT.int8, DT.qint8] : [DT.uint8, DT.quint8];
  return scope.own(bitcastHandle(scope.own(castHandle(wide, DT.int32, plain)), plain, code));
}

function exactSums(x: readonly number[], weights: readonly number[]): number[] {
  return Array.from({ length: ROWS * UNITS }, (_, at) => {
    const [row, unit] = [Math.floor(at / UNITS), at % UNITS];
    let sum = 0n;
    for (let i = 0; i < INPUTS; i++) {
      sum += BigInt(x[row * INPUTS + i] ?? NaN) * BigInt(weights[i * UNITS + unit] ?? NaN);
    }
    return Number(sum);
  });
}

/** The op's int32 sums of a convolution by 1x1, which is a matrix product. */
function convolutionSums(
  x: readonly number[],
  weights: readonly number[],
  isSigned: boolean,
  layer: OpAttribute = uniqueLayer(),
): number[] {
  return withHandles((scope) => {
    const attributes = [
      attr.type('Tinput', isSigned ? DT.qint8 : DT.quint8),
      attr.type('Tfilter', DT.qint8),
      attr.type('out_type', DT.qint32),
      attr.int('strides', [1, 1, 1, 1]),
      attr.int('dilations', [1, 1, 1, 1]),
      attr.string('padding', 'VALID'),
      attr.bool('is_filter_const', true),
      KERNEL,
      layer,
    ];
    const inputs = [
      codes(x, [1, 1, ROWS, INPUTS], isSigned, scope),
      codes(weights, [1, 1, INPUTS, UNITS], true, scope),
    ];
    const ranges = [isSigned ? -127 : 0, isSigned ? 127 : 255, -127, 127];
    return sums('_MklQuantizedConv2D', attributes, inputs, ranges, scope);
  });
}

function productSums(x: readonly number[], weights: readonly number[], name: string): number[] {
  return withHandles((scope) => {
    const attributes = [
      attr.type('T1', DT.quint8),
      attr.type('T2', DT.qint8),
      attr.type('Tbias', DT.float),
      attr.type('Toutput', DT.qint32),
      attr.string('input_quant_mode', 'SCALED'),
      attr.bool('is_weight_const', true),
      ...(name.startsWith('_Mkl') ? [KERNEL] : []),
      uniqueLayer(),
    ];
    const inputs = [
      codes(x, [ROWS, INPUTS], false, scope),
      codes(weights, [INPUTS, UNITS], true, scope),
      scope.floats([UNITS], new Float32Array(UNITS)),
    ];
    return sums(name, attributes, inputs, [0, 255, -127, 127], scope);
  });
}

function sums(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly number[],
  ranges: readonly number[],
  scope: HandleScope,
): number[] {
  const scalars = ranges.map((value) => scope.float(value));
  const outputs = rawOp(name, attributes, [...inputs, ...scalars], 3);
  for (const { id } of outputs) scope.own(id);
  return [...readHandle(outputs[0]?.id ?? -1, DT.qint32)];
}

describe('unsigned activations by signed weights', () => {
  test.each(['random', 'extreme'])('are summed exactly: %s', (kind) => {
    const random = generator(1);
    const x =
      kind === 'extreme'
        ? new Array<number>(ROWS * INPUTS).fill(255)
        : integers(ROWS * INPUTS, 0, 255, random);
    const weights = integers(INPUTS * UNITS, -top, top, random).map((w) =>
      kind === 'extreme' ? top * Math.sign(w) : w,
    );
    const expected = exactSums(x, weights);
    expect(convolutionSums(x, weights, false)).toEqual(expected);
    expect(productSums(x, weights, '_MklQuantizedMatMulWithBias')).toEqual(expected);
  });
});

describe('signed activations by signed weights', () => {
  test('are summed exactly by convolutions where weights are even', () => {
    const random = generator(2);
    const x = integers(ROWS * INPUTS, -128, 127, random);
    const weights = integers(INPUTS * UNITS, -31, 31, random).map((w) => 2 * w);
    expect(convolutionSums(x, weights, true)).toEqual(exactSums(x, weights));
  });

  test('lose the lowest bit of odd weights on CPUs with 16-bit sums, so they are not used', ({
    skip,
  }) => {
    if (!saturates) skip('this CPU has no 16-bit sums');
    const random = generator(3);
    const x = integers(ROWS * INPUTS, -128, 127, random);
    const weights = integers(INPUTS * UNITS, -63, 63, random);
    const expected = exactSums(x, weights);
    const off = convolutionSums(x, weights, true).map((sum, i) =>
      Math.abs(sum - (expected[i] ?? NaN)),
    );
    expect(Math.max(...off)).toBeGreaterThan(0);
    // Each product is off by at most one activation.
    expect(Math.max(...off)).toBeLessThanOrEqual(128 * INPUTS);
  });

  test('are refused by the matrix product', () => {
    const attempt = (): unknown =>
      withHandles((scope) =>
        rawOp(
          '_MklQuantizedMatMulWithBias',
          [
            attr.type('T1', DT.qint8),
            attr.type('T2', DT.qint8),
            attr.type('Tbias', DT.float),
            attr.type('Toutput', DT.qint32),
            KERNEL,
            uniqueLayer(),
          ],
          [
            codes(new Array<number>(ROWS * INPUTS).fill(1), [ROWS, INPUTS], true, scope),
            codes(new Array<number>(INPUTS * UNITS).fill(1), [INPUTS, UNITS], true, scope),
            scope.floats([UNITS], new Float32Array(UNITS)),
            ...[-127, 127, -127, 127].map((value) => scope.float(value)),
          ],
          3,
        ),
      );
    expect(attempt).toThrow(/Could not find device|No registered/);
  });
});

describe("the ops' weight cache", () => {
  test('gives a layer the weights of another that has its attributes', () => {
    const random = generator(4);
    const x = integers(ROWS * INPUTS, 0, 255, random);
    const [first, second] = [1, 2].map(() => integers(INPUTS * UNITS, -top, top, random));
    if (first === undefined || second === undefined) throw new Error('no weights');
    const shared = uniqueLayer();
    expect(convolutionSums(x, first, false, shared)).toEqual(exactSums(x, first));
    // The trap: right shape, right op, the first layer's results.
    expect(convolutionSums(x, second, false, shared)).toEqual(exactSums(x, first));
    expect(convolutionSums(x, second, false)).toEqual(exactSums(x, second));
  });
});
