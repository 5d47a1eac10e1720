import * as tf from '@tensorflow/tfjs';
import type { NativeBackend } from '../backend/binding';
import type { OpInput } from '../backend/contract';
import { codeOf, formatOf } from '../backend/dtypes';
import { castPlanner, promote } from '../backend/planner';
import { castHandle, handleOf, nativeDtype, tensorFromHandle } from '../backend/raw';

export type KernelCall = Parameters<tf.KernelFunc>[0];
type Result = ReturnType<tf.KernelFunc>;

/** The parts of tfjs's JavaScript backend that aren't in its types. */
interface JavaScriptBackend {
  /** Whether it greets: it recommends what is in use here. */
  firstUse: boolean;
  readonly data: { get(dataId: object): { readonly values: unknown } };
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: unknown): tf.TensorInfo;
  disposeData(dataId: object, force: boolean): boolean;
}

const BACKEND = 'cpu';

/** Whether tfjs has the kernel in JavaScript. */
export function isInJavaScript(name: string): boolean {
  return javaScriptKernel(name) !== undefined;
}

/**
 * Runs a kernel as tfjs's JavaScript backend has it, on copies of what it reads; the results are the
 * native backend's. Numbers stored in 16 bits are widened for it, and its floats rounded to what the op
 * would have run in.
 */
export function runInJavaScript(name: string, { inputs, attrs, backend }: KernelCall): Result {
  const kernel = javaScriptKernel(name);
  if (kernel === undefined) throw new Error(`This tfjs has no ${name} in JavaScript.`);
  const here = backend as NativeBackend & tf.KernelBackend;
  const there = tf.findBackend(BACKEND) as unknown as JavaScriptBackend;
  there.firstUse = false;
  const held: tf.TensorInfo[] = [];
  const brought = (info: tf.TensorInfo): tf.TensorInfo => {
    const copy = there.makeTensorInfo(info.shape, info.dtype, here.readSync(info.dataId));
    held.push(copy);
    return copy;
  };
  const format = outputFormat(name, inputs);
  const taken = (info: tf.TensorInfo): tf.TensorInfo => {
    held.push(info);
    const { dtype, shape } = info;
    const dataId = here.write(valuesOf(there.data.get(info.dataId).values, dtype), shape, dtype);
    const result = { dataId, shape, dtype };
    return dtype === 'float32' && format !== 'fp32' ? rounded(result, codeOf(format)) : result;
  };
  try {
    const given = mapped(inputs, brought) as tf.NamedTensorInfoMap;
    const outputs = kernel({ inputs: given, attrs: attrs ?? {}, backend: there });
    return Array.isArray(outputs) ? outputs.map(taken) : taken(outputs);
  } finally {
    for (const { dataId } of held) there.disposeData(dataId, true);
  }
}

type Inputs = tf.TensorInfo | Inputs[] | { readonly [name: string]: Inputs } | undefined;

/** Inputs are named or numbered, and some are lists. */
function mapped(inputs: Inputs, map: (info: tf.TensorInfo) => tf.TensorInfo): unknown {
  if (inputs === undefined) return undefined;
  if (Array.isArray(inputs)) return inputs.map((input) => mapped(input, map));
  if (isTensor(inputs)) return map(inputs);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, mapped(input, map)]),
  );
}

function isTensor(inputs: object): inputs is tf.TensorInfo {
  return 'dataId' in inputs;
}

function javaScriptKernel(name: string): tf.KernelFunc | undefined {
  const config = tf.getKernel(name, BACKEND) as tf.KernelConfig | undefined;
  return config?.kernelFunc;
}

function outputFormat(name: string, inputs: tf.NamedTensorInfoMap): ReturnType<typeof promote> {
  const described = Object.values(inputs)
    .flat()
    .filter((input): input is tf.Tensor => input?.dtype === 'float32')
    .map((input): OpInput => ({
      isFloat: true,
      format: formatOf(nativeDtype(input)),
    }));
  return described.length === 0 ? 'fp32' : (castPlanner() ?? promote)(name, described);
}

/** The same numbers in 16 bits; the tensor's own are freed. */
function rounded(info: tf.TensorInfo, code: number): tf.TensorInfo {
  const tensor = tf.engine().makeTensorFromTensorInfo(info);
  const id = castHandle(handleOf(tensor), nativeDtype(tensor), code);
  tensor.dispose();
  return tensorFromHandle({ id, shape: info.shape, dtype: code });
}

/** JavaScript's kernels keep integers and booleans in whichever array they filled. */
function valuesOf(values: unknown, dtype: tf.DataType): tf.backend_util.BackendValues {
  const numbers = values as Float32Array;
  switch (dtype) {
    case 'float32':
      return numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'bool':
      return Uint8Array.from(numbers);
    case 'complex64':
    case 'string':
      return values as tf.backend_util.BackendValues;
  }
}
