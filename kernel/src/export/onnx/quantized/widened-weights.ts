import type { LinearOp } from '../../../graph/quantized-graph';
import type { Geometry } from '../../../integer/product';
import { signedCodes } from '../../../graph/weight-bytes';
import { isBlockFormat, isFloatFormat } from '../../../graph/weight-codes';
import { weightTable } from '../../../graph/weight-table';
import { fitsFourBits } from '../int4/block-size';
import { convKernel, depthwiseKernel } from '../layers/convolution';
import { int4Tensor, int8Tensor, type OnnxTensor } from '../proto/tensor';
import { range } from '../writer/layout';
import type { NodeScope } from '../writer/node-scope';
import { floatWeights } from './float-weights';
import { lookedUp } from './looked-up-weights';

/** The codes with the axes that ONNX's operator wants: dense [in, out], convolution [out, in, h, w]. */
export function kernelCodes({ geometry, weights }: LinearOp): Kernel<Int8Array> {
  return kernelValues(signedCodes(weights), geometry);
}

interface Kernel<A> {
  readonly data: A;
  readonly shape: readonly number[];
}

/** As {@link kernelCodes}, of a matrix [depth, channels]. */
export function kernelValues<A extends Float32Array | Int8Array>(
  matrix: A,
  geometry: Geometry,
): Kernel<A> {
  if (geometry.kind === 'dense') return { data: matrix, shape: [geometry.inputs, geometry.units] };
  return geometry.kind === 'depthwise'
    ? depthwiseKernel(matrix, geometry.kernel)
    : convKernel(matrix, geometry.kernel);
}

/**
 * The weights as `DequantizeLinear` of a constant of 8 bits, or of 4 where the codes fit; by `Gather`
 * where a table says what they stand for; floats as ONNX has them.
 */
export function widened(scope: NodeScope, op: LinearOp): string {
  const { geometry, weights } = op;
  const dense = geometry.kind === 'dense';
  if (isFloatFormat(weights.format) || isBlockFormat(weights.format)) {
    return ofKernel(scope, floatWeights(scope, weights), geometry);
  }
  const table = weightTable(weights);
  if (table !== undefined) return ofKernel(scope, lookedUp(scope, weights, table), geometry);
  if (weights.groupSize >= weights.depth) {
    const { data, shape } = kernelCodes(op);
    const codes = scope.typed('kernel', codesTensor(op, data, shape));
    const scales = scope.constant('kernel_scale', weights.scales, [weights.channels]);
    const inputs = [codes, scales, zeroPoints(scope, op)];
    return scope.op('DequantizeLinear', inputs, { axis: dense ? 1 : 0 });
  }
  // Groups run along the matrix's depth, so it is widened as one and then given the kernel's axes.
  const matrix = codesTensor(op, signedCodes(weights), [weights.depth, weights.channels]);
  const groups = weights.depth / weights.groupSize;
  const flat = scope.op(
    'DequantizeLinear',
    [
      scope.typed('kernel', matrix),
      scope.constant('kernel_scale', weights.scales, [groups, weights.channels]),
    ],
    { axis: 0, block_size: weights.groupSize },
  );
  return ofKernel(scope, flat, geometry);
}

/** A matrix [depth, channels] with the axes that ONNX's operator wants. */
function ofKernel(scope: NodeScope, flat: string, geometry: Geometry): string {
  if (geometry.kind === 'dense') return flat;
  const depthwise = geometry.kind === 'depthwise';
  const [height, width, inputs, last] = geometry.kernel;
  const kernel = depthwise ? [height, width, 1, inputs * last] : [height, width, inputs, last];
  const shaped = scope.op('Reshape', [flat, scope.indices('kernel_shape', kernel)]);
  return scope.op('Transpose', [shaped], { perm: [3, 2, ...range(0, 2)] });
}

/** ONNX Runtime fuses a product with weights of 8 bits only where their zero points are written out. */
function zeroPoints(scope: NodeScope, { weights }: LinearOp): string {
  if (fitsFourBits(weights.format)) return '';
  const zeros = new Int8Array(weights.channels);
  return scope.typed('kernel_zero_point', int8Tensor(zeros, [weights.channels]));
}

function codesTensor(op: LinearOp, codes: Int8Array, shape: readonly number[]): OnnxTensor {
  return fitsFourBits(op.weights.format) ? int4Tensor(codes, shape) : int8Tensor(codes, shape);
}
