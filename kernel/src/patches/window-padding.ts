import * as tf from '@tensorflow/tfjs';
import { type KernelCall, runInJavaScript } from './javascript-kernels';
import { kernelPatch, type Patch } from './patch';
import {
  numericPadding,
  outputSize,
  type Pad,
  type Padding,
  perAxis,
  reaching,
  type Rounding,
  seen,
  type Slide,
  spanOf,
} from './window-geometry';

type Kernel = tf.KernelFunc;
type Shape = readonly number[];

/** A kernel that slides a window over axes 1 to `axes` of a tensor. */
interface WindowKernel {
  readonly axes: 2 | 3;
  /** The shape of what the window slides over. */
  over(call: KernelCall): Shape;
  window(call: KernelCall): Shape;
  /** What comes out of the window, where it is known already. */
  output?(call: KernelCall): Shape;
  /** Runs the kernel over the padded input, without padding of its own. */
  run(kernel: Kernel, call: KernelCall, padded: Padded): tf.Tensor;
}

interface Padded {
  readonly paddings: readonly Padding[];
  /** The shape of the padded input. */
  readonly shape: number[];
  /** What turns a mean over the window into one over the numbers that aren't padding. */
  readonly share: () => tf.Tensor;
}

const shapeOf =
  (name: string) =>
  ({ inputs }: KernelCall): Shape =>
    inputs[name]?.shape ?? [];
const attribute =
  (name: string) =>
  ({ attrs }: KernelCall): Shape =>
    attrs?.[name] as Shape;

const filter = (axes: 2 | 3): Pick<WindowKernel, 'axes' | 'window'> => ({
  axes,
  window: (call) => shapeOf('filter')(call).slice(0, axes),
});
const pool = (axes: 2 | 3): Pick<WindowKernel, 'axes' | 'window'> => ({
  axes,
  window: ({ attrs }) => perAxis(attrs?.['filterSize'], axes),
});

const convolution = (axes: 2 | 3): WindowKernel => ({
  ...filter(axes),
  over: shapeOf('x'),
  run: (kernel, call, padded) => run(kernel, call, { x: pad(call, 'x', padded) }),
});
const inputGradient = (axes: 2 | 3): WindowKernel => ({
  ...filter(axes),
  over: attribute('inputShape'),
  output: shapeOf('dy'),
  run: (kernel, call, padded) => cut(run(kernel, call, {}, { inputShape: padded.shape }), padded),
});
const filterGradient = (axes: 2 | 3): WindowKernel => ({
  axes,
  window: (call) => attribute('filterShape')(call).slice(0, axes),
  over: shapeOf('x'),
  output: shapeOf('dy'),
  run: (kernel, call, padded) => run(kernel, call, { x: pad(call, 'x', padded) }),
});
const maxPool = (axes: 2 | 3): WindowKernel => ({
  ...pool(axes),
  over: shapeOf('x'),
  run: (kernel, call, padded) => run(kernel, call, { x: pad(call, 'x', padded, -Infinity) }),
});
const maxPoolGradient = (axes: 2 | 3): WindowKernel => ({
  ...pool(axes),
  over: shapeOf('input'),
  output: shapeOf('dy'),
  run: (kernel, call, padded) =>
    cut(run(kernel, call, { input: pad(call, 'input', padded, -Infinity) }), padded),
});
const averagePool = (axes: 2 | 3): WindowKernel => ({
  ...pool(axes),
  over: shapeOf('x'),
  run: (kernel, call, padded) =>
    tf.mul(run(kernel, call, { x: pad(call, 'x', padded) }), padded.share()),
});
const averagePoolGradient = (axes: 2 | 3): WindowKernel => ({
  ...pool(axes),
  over: shapeOf('input'),
  output: shapeOf('dy'),
  run: (kernel, call, padded) =>
    cut(
      run(kernel, call, {
        input: pad(call, 'input', padded),
        dy: tf.mul(call.inputs['dy'] as tf.Tensor, padded.share()),
      }),
      padded,
    ),
});

const KERNELS: Readonly<Record<string, WindowKernel>> = {
  AvgPool: averagePool(2),
  AvgPool3D: averagePool(3),
  AvgPool3DGrad: averagePoolGradient(3),
  AvgPoolGrad: averagePoolGradient(2),
  Conv2D: convolution(2),
  Conv2DBackpropFilter: filterGradient(2),
  Conv2DBackpropInput: inputGradient(2),
  Conv3D: convolution(3),
  Conv3DBackpropFilterV2: filterGradient(3),
  Conv3DBackpropInputV2: inputGradient(3),
  DepthwiseConv2dNative: convolution(2),
  DepthwiseConv2dNativeBackpropFilter: filterGradient(2),
  DepthwiseConv2dNativeBackpropInput: inputGradient(2),
  FusedConv2D: convolution(2),
  FusedDepthwiseConv2D: convolution(2),
  MaxPool: maxPool(2),
  MaxPool3D: maxPool(3),
  MaxPool3DGrad: maxPoolGradient(3),
  MaxPoolGrad: maxPoolGradient(2),
};

/** Padding by numbers: the input is padded first, and the window then slides without. */
export const windowPadding: readonly Patch[] = Object.entries(KERNELS).map(([member, window]) =>
  kernelPatch(
    {
      member,
      why: "TensorFlow's windows know 'same' and 'valid'; tfjs also takes numbers.",
      on: 'native',
    },
    (original) => (call) => {
      const paddings = numericPadding(call.attrs?.['pad'] as Pad, window.axes);
      if (paddings === undefined) return original(call);
      if (Object.values(call.inputs).some((input) => input && input.dtype !== 'float32')) {
        return runInJavaScript(member, call);
      }
      return tf.tidy(() => window.run(original, call, paddedInput(window, call, paddings)));
    },
  ),
);

function paddedInput(kernel: WindowKernel, call: KernelCall, given: readonly Padding[]): Padded {
  const { axes } = kernel;
  const shape = kernel.over(call);
  const rounding = call.attrs?.['dimRoundingMode'] as Rounding | undefined;
  const strides = perAxis(call.attrs?.['strides'], axes);
  const dilations = perAxis(call.attrs?.['dilations'], axes);
  const windows = kernel.window(call);
  const known = kernel.output?.(call);
  const slides = given.map((padding, axis) => {
    const slide: Slide = {
      input: shape[axis + 1] ?? 0,
      window: spanOf(windows[axis] ?? 1, dilations[axis] ?? 1),
      stride: strides[axis] ?? 1,
    };
    const output = known?.[axis + 1] ?? outputSize(slide, padding, rounding);
    return { slide, output, padding: reaching(slide, padding, output) };
  });
  const paddings: Padding[] = [[0, 0], ...slides.map(({ padding }) => padding), [0, 0]];
  return {
    paddings,
    shape: shape.map((size, axis) => size + sum(paddings[axis] ?? [])),
    share: () =>
      slides
        .map(({ slide, output, padding: [before] }, axis) => {
          const shares = seen(slide, before, output).map(
            (count) => slide.window / Math.max(1, count),
          );
          return tf.reshape(tf.tensor1d(shares), broadcastAlong(axis + 1, output, axes + 2));
        })
        .reduce((product, shares) => tf.mul(product, shares)),
  };
}

function run(
  kernel: Kernel,
  call: KernelCall,
  inputs: tf.NamedTensorInfoMap,
  attributes: tf.NamedAttrMap = {},
): tf.Tensor {
  const attrs: tf.NamedAttrMap = { ...call.attrs, ...attributes, pad: 'valid' };
  // It would ask for padding by a number.
  delete attrs['dimRoundingMode'];
  return kernel({ ...call, inputs: { ...call.inputs, ...inputs }, attrs }) as tf.Tensor;
}

function pad({ inputs }: KernelCall, name: string, { paddings }: Padded, value = 0): tf.Tensor {
  const pads = paddings.map(([before, after]): [number, number] => [before, after]);
  return tf.pad(inputs[name] as tf.Tensor, pads, value);
}

/** What comes back to the input itself of a gradient over the padded one. */
function cut(gradient: tf.Tensor, { paddings }: Padded): tf.Tensor {
  const size = gradient.shape.map((length, axis) => length - sum(paddings[axis] ?? []));
  return tf.slice(
    gradient,
    paddings.map(([before]) => before),
    size,
  );
}

function broadcastAlong(axis: number, size: number, rank: number): number[] {
  return Array.from({ length: rank }, (_, index) => (index === axis ? size : 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
