import type { onnx } from 'onnx-proto';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { floatsOf } from '../../export/onnx/foreign/tensor-values';
import type { WeightCodes } from '../../graph/quantized-graph';
import { type CodeScheme, encodeWeights } from '../../graph/weight-codes';
import { type IntegerRange, quantizeValue } from '../../integer/affine';
import { countOf, type Product } from './products';

/** A weight as a row-major matrix with one column for each output. */
export interface WeightMatrix {
  readonly values: Float32Array<ArrayBuffer>;
  readonly channels: number;
}

/** The weights of a product: all that makes one output is a column. */
export function matrixOf(product: Product, graph: ForeignGraph): WeightMatrix {
  const { shape, axis, weight } = product;
  const values = valuesOf(graph.constant(weight));
  if (axis === undefined) return { values, channels: 1 };
  const channels = shape[axis] ?? 1;
  const matrix = new Float32Array(values.length);
  for (const [to, from] of columns(shape, axis)) matrix[to] = values[from] ?? 0;
  return { values: matrix, channels };
}

/** Numbers or codes of such a matrix in the order of the weight. */
export function inWeightOrder<T extends Float32Array | Int8Array>(
  matrix: T,
  { shape, axis }: Product,
): T {
  if (axis === undefined) return matrix;
  const values = matrix.slice() as T;
  for (const [from, to] of columns(shape, axis)) values[to] = matrix[from] ?? 0;
  return values;
}

/** The places of an element in the matrix and in the weight. */
function* columns(shape: readonly number[], axis: number): Generator<readonly [number, number]> {
  const channels = shape[axis] ?? 1;
  const inner = countOf(shape.slice(axis + 1));
  const outer = countOf(shape.slice(0, axis));
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < inner; i++) {
        yield [(o * inner + i) * channels + c, (o * channels + c) * inner + i];
      }
    }
  }
}

export function valuesOf(constant: onnx.ITensorProto | undefined): Float32Array<ArrayBuffer> {
  return (constant === undefined ? undefined : floatsOf(constant)) ?? new Float32Array(0);
}

/** Beyond these a 32-bit sum can't have a bias. */
const LARGEST_BIAS = 2 ** 31 - 1;

export interface IntegerProductWeights {
  /** In the weight's own order. */
  readonly codes: Int8Array;
  /** Row-major, a column for each output. */
  readonly matrix: Int8Array;
  /** One for each output, or one alone. */
  readonly scales: Float32Array;
  /** In steps of the input's scale times the weight's; undefined without a bias. */
  readonly bias: Int32Array | undefined;
}

/**
 * int8 codes of a product's weights, and its bias in steps of the 32-bit sums where `inputScale` says
 * how large those are. The scale of an output is widened where its bias would be beyond 32 bits.
 */
export function integerWeights(
  product: Product,
  graph: ForeignGraph,
  scheme: CodeScheme,
  inputScale: number | undefined,
): IntegerProductWeights {
  const { values, channels } = matrixOf(product, graph);
  const coded: WeightCodes = encodeWeights(values, channels, scheme, product.name);
  const codes = Int8Array.from(coded.codes);
  const isShared = scheme.granularity === 'per-tensor' || product.axis === undefined;
  const scales = isShared ? coded.scales.slice(0, 1) : coded.scales.slice();
  if (product.bias === undefined || inputScale === undefined) {
    return { codes: inWeightOrder(codes, product), matrix: codes, scales, bias: undefined };
  }
  const added = valuesOf(graph.constant(product.bias));
  widen(scales, added, inputScale, { codes, values, channels, range: scheme.int8 });
  const bias = Int32Array.from(added, (value, c) => {
    const step = Math.fround(inputScale * (scales[isShared ? 0 : c] ?? 1));
    return Math.min(Math.max(Math.round(value / step), -LARGEST_BIAS), LARGEST_BIAS);
  });
  return { codes: inWeightOrder(codes, product), matrix: codes, scales, bias };
}

interface Coded {
  readonly codes: Int8Array;
  readonly values: Float32Array;
  readonly channels: number;
  readonly range: IntegerRange;
}

function widen(scales: Float32Array, added: Float32Array, inputScale: number, coded: Coded): void {
  const { codes, values, channels, range } = coded;
  const isShared = scales.length === 1;
  const largest = isShared ? [added.reduce((a, b) => Math.max(a, Math.abs(b)), 0)] : added;
  scales.forEach((scale, c) => {
    const least = Math.abs(largest[c] ?? 0) / inputScale / LARGEST_BIAS;
    if (scale >= least) return;
    scales[c] = least * 1.001;
    const params = { scale: scales[c] ?? 1, zeroPoint: 0 };
    for (let i = isShared ? 0 : c; i < codes.length; i += isShared ? 1 : channels) {
      codes[i] = quantizeValue(values[i] ?? 0, params, range);
    }
  });
}
