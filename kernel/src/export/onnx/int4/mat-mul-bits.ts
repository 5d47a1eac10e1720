import { packCodes } from '../../../formats/packing';
import { roundHalfEven } from '../../../integer/affine';
import { uint8Tensor } from '../proto/tensor';
import type { BlockOptions } from '../writer/graph-writer';
import type { Weight } from '../writer/layer-scope';
import type { NodeScope } from '../writer/node-scope';

/** Codes of four bits stand for `(code - 8) * scale`. */
const ZERO_POINT = 8;
const LARGEST_CODE = 15;

export interface BlockedKernel {
  /** Row-major [units, blocks, blockSize / 2]: two codes a byte, the first in the low half. */
  readonly packed: Uint8Array;
  /** Row-major [units, blocks]. */
  readonly scales: Float32Array;
  readonly blocks: number;
}

/** Kernels that are worth four bits: matrices of at least one block of 32 by 2. */
export function isBlockable({ shape }: Weight): boolean {
  const [inputs = 0, units = 0] = shape;
  return shape.length === 2 && inputs >= 32 && units >= 2;
}

/**
 * A kernel [inputs, units] in blocks along its inputs, each with the scale that puts its value of
 * largest magnitude on code 0: `scale = -value / 8`. So all 16 codes are used, as in ONNX Runtime's
 * own symmetric 4-bit quantizer.
 */
export function blockKernel({ data, shape }: Weight, blockSize: number): BlockedKernel {
  const [inputs = 0, units = 0] = shape;
  const blocks = Math.ceil(inputs / blockSize);
  const codes = new Uint8Array(units * blocks * blockSize).fill(ZERO_POINT);
  const scales = new Float32Array(units * blocks);
  for (let unit = 0; unit < units; unit++) {
    for (let block = 0; block < blocks; block++) {
      const from = block * blockSize;
      const to = Math.min(inputs, from + blockSize);
      let extreme = 0;
      for (let k = from; k < to; k++) {
        const value = data[k * units + unit] ?? 0;
        if (Math.abs(value) > Math.abs(extreme)) extreme = value;
      }
      const scale = Math.fround(-extreme / ZERO_POINT);
      scales[unit * blocks + block] = scale;
      if (scale === 0) continue;
      const at = (unit * blocks + block) * blockSize - from;
      for (let k = from; k < to; k++) {
        const code = roundHalfEven((data[k * units + unit] ?? 0) / scale) + ZERO_POINT;
        codes[at + k] = Math.min(Math.max(code, 0), LARGEST_CODE);
      }
    }
  }
  return { packed: packCodes(codes, 4), scales, blocks };
}

/** `x @ kernel` with the kernel in blocks of four bits, by ONNX Runtime's `MatMulNBits`. */
export function matMulBits(
  scope: NodeScope,
  x: string,
  name: string,
  kernel: Weight,
  options: BlockOptions,
): string {
  const [inputs = 0, units = 0] = kernel.shape;
  return blockedProduct(scope, x, {
    name,
    inputs,
    units,
    kernel: blockKernel(kernel, options.blockSize),
    options,
  });
}

export interface BlockedProduct {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly kernel: BlockedKernel;
  readonly options: BlockOptions;
}

export function blockedProduct(
  scope: NodeScope,
  x: string,
  { name, inputs, units, kernel, options }: BlockedProduct,
): string {
  const { blockSize, accuracyLevel } = options;
  const { packed, scales, blocks } = kernel;
  const shape = [units, blocks, blockSize / 2];
  const codes = scope.typed(name, uint8Tensor(packed, shape));
  const scaleShape = [units, blocks];
  return scope.runtimeOp(
    'MatMulNBits',
    [x, codes, scope.constant(`${name}_scales`, scales, scaleShape)],
    { K: inputs, N: units, bits: 4, block_size: blockSize, accuracy_level: accuracyLevel },
  );
}
