import type { Tensor } from '@tensorflow/tfjs';
import type { KernelCall } from '../../patches/kernel-calls';

/** What a kernel that multiplies takes. */
export interface ProductWork {
  /** Floating-point operations; a multiply-add counts two. Biases and activations are in `elementwise`. */
  readonly flops: number;
  /** Of what is fused to the product: one for each element and fused op. */
  readonly elementwise: number;
  /**
   * The two factors. The gradient of each is a product of the same size, and is computed only where the
   * factor depends on something that is trained.
   */
  readonly factors: readonly Tensor[];
}

type Count = (call: KernelCall, output: Tensor) => Omit<ProductWork, 'elementwise'>;

/** The formulas are those that PyTorch's `FlopCounterMode` counts by. */
const PRODUCTS: Readonly<Record<string, Count>> = {
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
  Conv2D: convolution,
  FusedConv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposed,
  Conv3DBackpropInputV2: transposed,
  DepthwiseConv2dNativeBackpropInput: depthwiseTransposed,
  Conv2DBackpropFilter: filterGradient,
  Conv3DBackpropFilterV2: filterGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  Einsum: einsum,
};

/** What a call of a kernel multiplies; undefined for a kernel that doesn't. */
export function productWork(call: KernelCall, output: Tensor): ProductWork | undefined {
  const count = Object.hasOwn(PRODUCTS, call.name) ? PRODUCTS[call.name] : undefined;
  if (count === undefined) return undefined;
  return { ...count(call, output), elementwise: output.size * fusedOps(call) };
}

/** Whether a kernel multiplies. */
export function isProduct(name: string): boolean {
  return Object.hasOwn(PRODUCTS, name);
}

function fusedOps({ inputs, attributes }: KernelCall): number {
  const bias = inputs['bias'] ? 1 : 0;
  const { activation } = attributes as { readonly activation?: string };
  return bias + (activation === undefined || activation === 'linear' ? 0 : 1);
}

/** `2 M N K` for each matrix of the batch. */
function matMul(call: KernelCall, output: Tensor): ReturnType<Count> {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const { transposeA } = call.attributes as { readonly transposeA?: boolean };
  const depth = a.shape.at(transposeA === true ? -2 : -1) ?? 1;
  return { flops: 2 * output.size * depth, factors: [a, b] };
}

/** `2 x output elements x kernel volume x input channels of a group`. */
function convolution(call: KernelCall, output: Tensor): ReturnType<Count> {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  return { flops: 2 * output.size * perOutput(filter), factors: [x, filter] };
}

/** The filter is [..., channels, multiplier]: each output reads one channel. */
function depthwise(call: KernelCall, output: Tensor): ReturnType<Count> {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  return { flops: 2 * output.size * volume(filter), factors: [x, filter] };
}

/** Each element of the input, here `dy`, meets the whole kernel for each output channel. */
function transposed(call: KernelCall): ReturnType<Count> {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  return { flops: 2 * dy.size * perOutput(filter), factors: [dy, filter] };
}

function depthwiseTransposed(call: KernelCall): ReturnType<Count> {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  return { flops: 2 * dy.size * volume(filter), factors: [dy, filter] };
}

/** As many as the convolution that it is a gradient of; the output has the filter's shape. */
function filterGradient(call: KernelCall, output: Tensor): ReturnType<Count> {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  return { flops: 2 * dy.size * perOutput(output), factors: [x, dy] };
}

function depthwiseFilterGradient(call: KernelCall, output: Tensor): ReturnType<Count> {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  return { flops: 2 * dy.size * volume(output), factors: [x, dy] };
}

/** Two for each point of the space that all indices of the equation span; with one factor it only sums. */
function einsum(call: KernelCall): ReturnType<Count> {
  const factors = Object.values(call.inputs).filter((tensor) => tensor != null);
  const { equation } = call.attributes as unknown as { readonly equation: string };
  const terms = (equation.split('->')[0] ?? '').replace(/\s/g, '').split(',');
  const sizes = new Map<string, number>();
  factors.forEach(({ shape }, i) => {
    Array.from(terms[i] ?? '').forEach((index, axis) => {
      sizes.set(index, shape[axis] ?? 1);
    });
  });
  const points = [...sizes.values()].reduce((product, size) => product * size, 1);
  return { flops: factors.length < 2 ? 0 : 2 * points, factors };
}

/** Multiply-adds for each element of a convolution's output: all of the filter but its last axis. */
function perOutput(filter: Tensor): number {
  return filter.size / (filter.shape.at(-1) ?? 1);
}

/** Places of a filter whose last two axes are channels. */
function volume(filter: Tensor): number {
  return filter.shape.slice(0, -2).reduce((product, size) => product * size, 1);
}

function input({ name, inputs }: KernelCall, role: string): Tensor {
  const tensor = inputs[role];
  if (tensor == null) throw new Error(`${name} was called without ${role}`);
  return tensor;
}
