import type { NativeBackend, TensorEntry } from '../backend/binding';
import { opByOp } from '../backend/deferred/steps';
import { DT, isLow } from '../backend/dtypes';
import { anyLow } from '../backend/execute';
import { readHandle } from '../backend/raw';
import { instancePatch, type InstancePatch } from './patch';

const STORAGE = "A tensor with JS dtype float32 can be stored in 16 bits: every kernel's";

/**
 * The methods through which every kernel of tfjs-node goes, so that a tensor with JS dtype `float32` can
 * be stored in 16 bits.
 */
export const backendOverrides: readonly InstancePatch[] = [
  instancePatch(
    'createOutputTensor',
    `${STORAGE} output is made here, and counted.`,
    (original, { backend, executor, ledger }) =>
      (raw) => {
        ledger.add(raw.shape, raw.dtype);
        if (!isLow(raw.dtype)) return original(raw);
        executor.noteLow();
        const tensor = original({ ...raw, dtype: DT.float });
        const entry = backend.tensorMap.get(tensor.dataId);
        if (entry !== undefined) entry.dtype = raw.dtype;
        return tensor;
      },
  ),
  instancePatch(
    'readSync',
    'What is stored in 16 bits is widened when it is read.',
    (original, { backend }) =>
      (dataId) => {
        const entry = entryOf(backend, dataId);
        if (entry === undefined || entry.values !== null || !isLow(entry.dtype)) {
          return original(dataId);
        }
        return readHandle(entry.id, entry.dtype);
      },
  ),
  instancePatch(
    'executeSingleOutput',
    'Ops run in the format that autocast gives them; and TensorFlow 2.21 rounds integers to zeros.',
    (_original, { backend, executor }) =>
      (name, attributes, inputs) => {
        const [output] = executor.run(...mended(name, attributes, inputs), 1);
        if (output === undefined) throw new Error(`${name} returned nothing`);
        return backend.createOutputTensor(output);
      },
  ),
  instancePatch(
    'executeMultipleOutputs',
    'Ops run in the format that autocast gives them.',
    (_original, { backend, executor }) =>
      (name, attributes, inputs, outputs) => {
        const results = executor.run(name, attributes, inputs, outputs);
        if (anyLow(results)) executor.noteLow();
        return results.map((result) => backend.createOutputTensor(result));
      },
  ),
  instancePatch(
    'time',
    'What tf.time and tf.profile time has to run then, not at the end of its step.',
    (original) => (work) => {
      const leave = opByOp();
      try {
        return original(work);
      } finally {
        leave();
      }
    },
  ),
  instancePatch(
    'move',
    'Tensors made of JavaScript numbers are counted at their true width.',
    (original, { backend, ledger }) =>
      (dataId, values, shape, dtype, refCount) => {
        original(dataId, values, shape, dtype, refCount);
        ledger.add(shape, backend.tensorMap.get(dataId)?.dtype ?? DT.float);
      },
  ),
  instancePatch(
    'disposeData',
    'Freed tensors are no longer counted, nor are their 16-bit copies kept.',
    (original, { backend, executor, ledger }) =>
      (dataId, force) => {
        const entry = entryOf(backend, dataId);
        const freed = original(dataId, force);
        if (freed && entry !== undefined) {
          ledger.remove(entry.shape, entry.dtype);
          executor.castCache?.drop(dataId);
        }
        return freed;
      },
  ),
];

/** What is known of data that this backend holds. Plain `get` would move it here from another backend. */
function entryOf(backend: NativeBackend, dataId: object): TensorEntry | undefined {
  return backend.tensorMap.has(dataId) ? backend.tensorMap.get(dataId) : undefined;
}

type Call = Parameters<NativeBackend['executeSingleOutput']>;

/** TensorFlow 2.21 answers Round of integers with zeros: rounding an integer is the identity. */
function mended(...call: Call): Call {
  const [name, attributes, inputs] = call;
  const isInteger = attributes.some((entry) => entry.name === 'T' && entry.value === DT.int32);
  return name === 'Round' && isInteger ? ['Identity', attributes, inputs] : call;
}
