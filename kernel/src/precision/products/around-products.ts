import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { setProductCall, type ProductCall } from '../../patches/products';
import { inBackwardPass, watchPasses } from './phase';

/** What an input of a product is: FP8 gives output gradients more range than the others. */
export type ProductRole = 'operand' | 'output-gradient';

/** What a simulated format does around products. Each function returns a new tensor. */
export interface ProductRounding {
  readonly input: (tensor: Tensor, role: ProductRole, key: string | undefined) => Tensor;
  readonly output?: (tensor: Tensor) => Tensor;
}

/** The data of what products of the forward pass read: in the backward pass, all else is a gradient. */
const operands = new WeakSet<object>();
/** A name that is the same in each step, by a tensor's data. */
const keys = new WeakMap<object, string>();

/** Sets what is done around each product; undefined: nothing. */
export function setProductRounding(rounding: ProductRounding | undefined): void {
  if (rounding !== undefined) watchPasses();
  setProductCall(rounding && ((kernel, call, names) => around(rounding, kernel, call, names)));
}

function around(
  rounding: ProductRounding,
  ...[kernel, call, names]: Parameters<ProductCall>
): ReturnType<ProductCall> {
  const inputs: tf.NamedTensorInfoMap = { ...call.inputs };
  const base = baseKey(names.map((name) => call.inputs[name] as Tensor));
  const made = names.map((name) => {
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
