import type { Attributes } from '../proto/attribute';
import type { Emitter, LayerScope, Weight } from '../writer/layer-scope';
import { type Layout, range, transpose } from '../writer/layout';
import { activate } from './activation';
import { paddingAttributes, paddingOf, type Window } from './window';

/** The layout that a convolution reads and writes: the model's own where it has channels first. */
export function imageLayout(scope: LayerScope): Layout {
  return isChannelsFirst(scope) ? 'model' : 'channels-first';
}

export function isChannelsFirst(scope: LayerScope): boolean {
  return scope.config.text('dataFormat', 'channelsLast') === 'channelsFirst';
}

/** The input's sizes but for batch and channels. */
export function spatialSizes(scope: LayerScope): (number | null)[] {
  const shape = scope.inputShape();
  return isChannelsFirst(scope) ? shape.slice(2) : shape.slice(1, -1);
}

function windowOf(scope: LayerScope, dims: number, dilated = true): Window {
  const { config } = scope;
  return {
    kernel: config.sizes('kernelSize', dims),
    strides: config.sizes('strides', dims),
    dilations: dilated ? config.sizes('dilationRate', dims) : new Array<number>(dims).fill(1),
    padding: isCausal(scope, dims) ? 'causal' : paddingOf(scope),
  };
}

/** A sequence's: the past alone is padded. */
function isCausal({ config }: LayerScope, dims: number): boolean {
  return dims === 1 && config.text('padding', 'valid') === 'causal';
}

function windowAttributes(scope: LayerScope, window: Window): Attributes {
  return {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    ...paddingAttributes(window, spatialSizes(scope)),
  };
}

/** tfjs [...kernel, in, out] to ONNX [out, in, ...kernel]. */
export function convKernel<A extends Float32Array | Int8Array>(data: A, shape: readonly number[]) {
  const dims = shape.length - 2;
  return transpose(data, shape, [dims + 1, dims, ...range(0, dims)]);
}

/** tfjs [...kernel, in, multiplier] to ONNX [in * multiplier, 1, ...kernel]. */
export function depthwiseKernel<A extends Float32Array | Int8Array>(
  data: A,
  shape: readonly number[],
) {
  const dims = shape.length - 2;
  const moved = transpose(data, shape, [dims, dims + 1, ...range(0, dims)]);
  const [inputs = 1, multiplier = 1, ...kernel] = moved.shape;
  return { data: moved.data, shape: [inputs * multiplier, 1, ...kernel] };
}

function conv(scope: LayerScope): void {
  const [kernel, bias] = scope.weights();
  if (kernel === undefined) throw new Error(`'${scope.id}' has no kernel`);
  const layout = imageLayout(scope);
  const attributes = windowAttributes(scope, windowOf(scope, kernel.shape.length - 2));
  const moved = convKernel(kernel.data, kernel.shape);
  const inputs = [scope.input(layout), scope.constant('kernel', moved.data, moved.shape)];
  finish(scope, scope.op('Conv', withBias(scope, inputs, bias), attributes), layout);
}

function depthwise(scope: LayerScope): void {
  const [kernel, bias] = scope.weights();
  if (kernel === undefined) throw new Error(`'${scope.id}' has no kernel`);
  const layout = imageLayout(scope);
  // tfjs 4.22 takes a dilation here and doesn't apply it: what counts is what predict does.
  const attributes = windowAttributes(scope, windowOf(scope, 2, false));
  const moved = depthwiseKernel(kernel.data, kernel.shape);
  const inputs = [scope.input(layout), scope.constant('kernel', moved.data, moved.shape)];
  const group = kernel.shape[2] ?? 1;
  finish(scope, scope.op('Conv', withBias(scope, inputs, bias), { ...attributes, group }), layout);
}

function separable(scope: LayerScope): void {
  const [depth, point, bias] = scope.weights();
  if (depth === undefined || point === undefined) throw new Error(`'${scope.id}' has no kernels`);
  if (isChannelsFirst(scope)) {
    throw scope.config.unsupported(
      'its data format is channelsFirst, whose bias tfjs adds along the wrong axis',
      'Allowed is channelsLast.',
    );
  }
  const layout = imageLayout(scope);
  const each = depthwiseKernel(depth.data, depth.shape);
  const mixed = convKernel(point.data, point.shape);
  const apart = scope.op(
    'Conv',
    [scope.input(layout), scope.constant('depthwise_kernel', each.data, each.shape)],
    { ...windowAttributes(scope, windowOf(scope, 2)), group: depth.shape[2] ?? 1 },
  );
  const inputs = [apart, scope.constant('pointwise_kernel', mixed.data, mixed.shape)];
  finish(scope, scope.op('Conv', withBias(scope, inputs, bias), { kernel_shape: [1, 1] }), layout);
}

/** tfjs [...kernel, out, in] to ONNX [in, out, ...kernel]: the transpose of the same convolution. */
function transposed(scope: LayerScope): void {
  const [kernel, bias] = scope.weights();
  if (kernel === undefined) throw new Error(`'${scope.id}' has no kernel`);
  const dims = kernel.shape.length - 2;
  const layout = imageLayout(scope);
  const window = windowOf(scope, dims, false);
  const moved = transpose(kernel.data, kernel.shape, [dims + 1, dims, ...range(0, dims)]);
  const overlap = window.kernel.map((size, i) => size - (window.strides[i] ?? 1));
  // `same` gives inputs * stride, `valid` gives all that the kernel reaches; gaps are zeros at the end.
  const cut = overlap.map((size) => (window.padding === 'same' ? Math.max(size, 0) : 0));
  const attributes = {
    kernel_shape: window.kernel,
    strides: window.strides,
    pads: [...cut.map((size) => Math.floor(size / 2)), ...cut.map((size) => Math.ceil(size / 2))],
    output_padding: overlap.map((size) => Math.max(-size, 0)),
  };
  const inputs = [scope.input(layout), scope.constant('kernel', moved.data, moved.shape)];
  finish(scope, scope.op('ConvTranspose', withBias(scope, inputs, bias), attributes), layout);
}

function withBias(scope: LayerScope, inputs: string[], bias: Weight | undefined): string[] {
  return bias === undefined ? inputs : [...inputs, scope.constant('bias', bias.data, bias.shape)];
}

function finish(scope: LayerScope, y: string, layout: Layout): void {
  scope.output(activate(scope, y, scope.config.activation, layout), layout);
}

export const convolutionLayers: Readonly<Record<string, Emitter>> = {
  Conv1D: conv,
  Conv2D: conv,
  Conv3D: conv,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
};
