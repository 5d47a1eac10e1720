import { ensureBackend } from '../backend/load';
import type { Execution } from '../backend/contract';
import { HalfnoteError } from '../errors';
import {
  exactSums,
  productShape,
  type IntegerGeometry,
  type IntegerOperands,
} from './exact-product';
import {
  count,
  leftOf,
  matrixSize,
  padded,
  rightOf,
  type IntegerTensor,
  type Padding,
} from './integer-operands';
import { nativeSums } from './native-sums';

/** The 32-bit sums of an integer product, before any scale. */
export interface IntegerSums {
  readonly sums: Int32Array;
  readonly shape: readonly number[];
  /** `simulated`: in JavaScript's numbers, exact but slow. */
  readonly execution: Execution;
  /** What ran, and why nothing faster did. */
  readonly kernel: string;
}

export interface IntegerProductOptions {
  /** Default: native where this machine has a kernel that is exact for these weights. */
  readonly execution?: Execution;
}

export interface IntegerConvOptions extends IntegerProductOptions {
  /** Default 1. */
  readonly strides?: number | readonly [number, number];
  /** Default `valid`. Else the rows before and after, and the columns before and after, of zeros. */
  readonly padding?: Padding;
}

/**
 * `(a - zeroA) (b - zeroB)` of integers, `[..., m, k]` by `[k, n]` or by one `[k, n]` each, as
 * ONNX's `MatMulInteger`. Any pair of signedness; sub-byte formats too.
 * @throws HalfnoteError `shape-mismatch`, `unknown-format`, `invalid-parameter`, `invalid-code`,
 *   `no-integer-kernel` when `native` was asked for, `sum-overflow` beyond 32 bits.
 */
export async function integerMatMul(
  a: IntegerTensor,
  b: IntegerTensor,
  options: IntegerProductOptions = {},
): Promise<IntegerSums> {
  const [m, k] = matrixSize(a);
  const [depth, n] = matrixSize(b);
  const batches = count(a.shape.slice(0, -2));
  const sharesB = b.shape.length === 2;
  const sameBatch = a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join();
  if (k !== depth || !(sharesB || sameBatch)) {
    throw new HalfnoteError(
      'shape-mismatch',
      `No product of [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; allowed are [..., m, k] and [k, n], or the same dimensions before both.`,
    );
  }
  const left = leftOf(a);
  const right = rightOf(b, n);
  const geometry = { kind: 'dense', inputs: k, units: n } as const;
  const [products, rows] = sharesB ? [1, batches * m] : [batches, m];
  const parts: IntegerSums[] = [];
  for (let i = 0; i < products; i++) {
    const operands: IntegerOperands = {
      left: { ...left, values: left.values.subarray(i * rows * k, (i + 1) * rows * k) },
      right: { ...right, values: right.values.subarray(i * k * n, (i + 1) * k * n) },
    };
    parts.push(await sumsOf(operands, geometry, [rows, k], options));
  }
  return joined(parts, [...a.shape.slice(0, -1), n]);
}

/**
 * Convolution of integers: `[batch, height, width, in]` with `[height, width, in, out]`, as ONNX's
 * `ConvInteger` in TensorFlow's layout. What is padded is real zero, so the zero point.
 * @throws HalfnoteError as {@link integerMatMul}.
 */
export async function integerConv2d(
  x: IntegerTensor,
  weights: IntegerTensor,
  options: IntegerConvOptions = {},
): Promise<IntegerSums> {
  const { strides = 1, padding = 'valid' } = options;
  const [height = 0, width = 0, inputs = 0, outputs = 0] = weights.shape;
  if (x.shape.length !== 4 || weights.shape.length !== 4 || x.shape[3] !== inputs) {
    throw new HalfnoteError(
      'shape-mismatch',
      `No convolution of [${x.shape.join(', ')}] with [${weights.shape.join(', ')}]; allowed are [batch, height, width, in] and [height, width, in, out].`,
    );
  }
  const geometry: IntegerGeometry = {
    kind: 'conv2d',
    kernel: [height, width, inputs, outputs],
    strides: typeof strides === 'number' ? [strides, strides] : strides,
    padding: 'valid',
  };
  const image = padded(leftOf(x), x.shape, padding);
  return sumsOf({ left: image, right: rightOf(weights, outputs) }, geometry, image.shape, options);
}

async function sumsOf(
  operands: IntegerOperands,
  geometry: IntegerGeometry,
  shape: readonly number[],
  { execution }: IntegerProductOptions,
): Promise<IntegerSums> {
  const native =
    execution === 'simulated'
      ? { reason: 'asked for' }
      : nativeSums(operands, geometry, shape, await ensureBackend());
  if ('reason' in native && execution === 'native') {
    throw new HalfnoteError(
      'no-integer-kernel',
      `No integer kernel computes this product: ${native.reason}.`,
      "Leave `execution` out, and it is computed in JavaScript's numbers.",
    );
  }
  const sums = 'sums' in native ? native.sums : exactSums(operands, geometry, shape);
  const wide = sums.find((sum) => sum !== (sum | 0));
  if (wide !== undefined) {
    throw new HalfnoteError(
      'sum-overflow',
      `A sum is ${wide}; allowed are those that fit 32 bits.`,
      'Use fewer bits, or a shorter sum.',
    );
  }
  return {
    sums: Int32Array.from(sums),
    shape: productShape(geometry, shape),
    execution: 'sums' in native ? 'native' : 'simulated',
    kernel: 'sums' in native ? native.kernel : `JavaScript: ${native.reason}`,
  };
}

/** Products of a batch as one; simulated where any is. */
function joined(parts: readonly IntegerSums[], shape: readonly number[]): IntegerSums {
  const sums = new Int32Array(count(shape));
  const size = sums.length / Math.max(1, parts.length);
  parts.forEach((part, i) => {
    sums.set(part.sums, i * size);
  });
  const slowest = parts.find(({ execution }) => execution === 'simulated') ?? parts[0];
  return {
    sums,
    shape,
    execution: slowest?.execution ?? 'simulated',
    kernel: slowest?.kernel ?? 'none: the batch is empty',
  };
}
