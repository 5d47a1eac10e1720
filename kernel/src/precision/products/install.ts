import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { wrapKernel } from '../../patches/wrap-kernel';
import { inBackwardPass, watchPasses } from './phase';

/** What an input of a product is: FP8 gives output gradients more range than the others. */
export type ProductRole = 'operand' | 'output-gradient';

/** What a simulated format does around products. Each function returns a new tensor. */
export interface ProductRounding {
  readonly input: (tensor: Tensor, role: ProductRole, key: string | undefined) => Tensor;
  readonly output?: (tensor: Tensor) => Tensor;
}

/** The kernels that multiply, and which of their inputs they multiply. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  BatchMatMul: ['a', 'b'],
  Conv2D: ['x', 'filter'],
  Conv2DBackpropInput: ['dy', 'filter'],
  Conv2DBackpropFilter: ['x', 'dy'],
  Conv3D: ['x', 'filter'],
  Conv3DBackpropInputV2: ['dy', 'filter'],
  Conv3DBackpropFilterV2: ['x', 'dy'],
  DepthwiseConv2dNative: ['x', 'filter'],
  DepthwiseConv2dNativeBackpropInput: ['dy', 'filter'],
  DepthwiseConv2dNativeBackpropFilter: ['x', 'dy'],
  // Its inputs are numbered; a sum over one tensor has no second.
  Einsum: ['0', '1'],
  FusedConv2D: ['x', 'filter'],
  FusedDepthwiseConv2D: ['x', 'filter'],
  // tfjs-node composes it of BatchMatMul, where a second rounding changes nothing; wasm does not.
  _FusedMatMul: ['a', 'b'],
};

let current: ProductRounding | undefined;
const wrappedBackends = new Set<string>();
/** The data of what products of the forward pass read: in the backward pass, all else is a gradient. */
const operands = new WeakSet<object>();
/** A name that is the same in each step, by a tensor's data. */
const keys = new WeakMap<object, string>();

/** Sets what is done around each product; undefined: nothing. */
export function setProductRounding(rounding: ProductRounding | undefined): void {
  current = rounding;
  if (rounding !== undefined) wrapKernels(tf.getBackend());
}

function wrapKernels(backendName: string): void {
  if (wrappedBackends.has(backendName)) return;
  watchPasses();
  wrappedBackends.add(backendName);
  for (const [name, inputs] of Object.entries(PRODUCTS)) {
    wrapKernel(name, backendName, (original) => around(original, inputs));
  }
}

function around(kernel: tf.KernelFunc, names: readonly string[]): tf.KernelFunc {
  return (call) => {
    const rounding = current;
    const multiplied = names.filter((name) => call.inputs[name] !== undefined);
    if (rounding === undefined || multiplied.length < 2) return kernel(call);
    const inputs: tf.NamedTensorInfoMap = { ...call.inputs };
    const base = baseKey(multiplied.map((name) => call.inputs[name] as Tensor));
    const made = multiplied.map((name) => {
      const tensor = call.inputs[name] as Tensor;
      const role = roleOf(tensor);
      const rounded = rounding.input(tensor, role, tensorKey(tensor, base, role));
      inputs[name] = rounded;
      return rounded;
    });
    try {
      const result = kernel({ ...call, inputs });
      if (rounding.output === undefined || Array.isArray(result)) return result;
      const tensor = tf.engine().makeTensorFromTensorInfo(result);
      const rounded = rounding.output(tensor);
      tensor.dispose();
      return rounded;
    } finally {
      tf.dispose(made);
    }
  };
}

function roleOf(tensor: Tensor): ProductRole {
  const known = tensor instanceof tf.Variable || operands.has(tensor.dataId);
  if (!known && inBackwardPass()) return 'output-gradient';
  operands.add(tensor.dataId);
  return 'operand';
}

/** The variable among the inputs, or what an input met in the forward pass. */
function baseKey(inputs: readonly Tensor[]): string | undefined {
  for (const tensor of inputs) if (tensor instanceof tf.Variable) return tensor.name;
  for (const tensor of inputs) {
    const known = keys.get(tensor.dataId);
    if (known !== undefined) return known;
  }
  return undefined;
}

function tensorKey(
  tensor: Tensor,
  base: string | undefined,
  role: ProductRole,
): string | undefined {
  if (base === undefined) return undefined;
  if (role === 'output-gradient') return `${base}/gradient`;
  if (tensor instanceof tf.Variable) {
    keys.set(tensor.dataId, base);
    return base;
  }
  const known = keys.get(tensor.dataId);
  if (known !== undefined) return known;
  const key = base.endsWith('/input') ? base : `${base}/input`;
  keys.set(tensor.dataId, key);
  return key;
}
