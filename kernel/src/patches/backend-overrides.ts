import type { NativeBackend, TensorEntry } from '../backend/binding';
import { DT, isLow } from '../backend/dtypes';
import { anyLow } from '../backend/execute';
import type { Executor } from '../backend/execute';
import type { MemoryLedger } from '../backend/ledger';
import { readHandle } from '../backend/raw';

/**
 * Overrides methods of the backend instance, through which every kernel of tfjs-node goes, so that a
 * tensor with JS dtype `float32` can be stored in 16 bits.
 */
export function installOverrides(
  backend: NativeBackend,
  executor: Executor,
  ledger: MemoryLedger,
): void {
  const original = {
    createOutputTensor: backend.createOutputTensor.bind(backend),
    readSync: backend.readSync.bind(backend),
    disposeData: backend.disposeData.bind(backend),
    move: backend.move.bind(backend),
  };

  backend.createOutputTensor = (raw) => {
    ledger.add(raw.shape, raw.dtype);
    if (!isLow(raw.dtype)) return original.createOutputTensor(raw);
    executor.noteLow();
    const tensor = original.createOutputTensor({ ...raw, dtype: DT.float });
    const entry = backend.tensorMap.get(tensor.dataId);
    if (entry !== undefined) entry.dtype = raw.dtype;
    return tensor;
  };

  backend.readSync = (dataId) => {
    const entry = entryOf(backend, dataId);
    if (entry === undefined || entry.values !== null || !isLow(entry.dtype)) {
      return original.readSync(dataId);
    }
    return readHandle(entry.id, entry.dtype);
  };

  backend.executeSingleOutput = (name, attributes, inputs) => {
    const [output] = executor.run(...mended(name, attributes, inputs), 1);
    if (output === undefined) throw new Error(`${name} returned nothing`);
    return backend.createOutputTensor(output);
  };

  backend.executeMultipleOutputs = (name, attributes, inputs, outputs) => {
    const results = executor.run(name, attributes, inputs, outputs);
    if (anyLow(results)) executor.noteLow();
    return results.map((result) => backend.createOutputTensor(result));
  };

  backend.move = (dataId, values, shape, dtype, refCount) => {
    original.move(dataId, values, shape, dtype, refCount);
    ledger.add(shape, backend.tensorMap.get(dataId)?.dtype ?? DT.float);
  };

  backend.disposeData = (dataId, force) => {
    const entry = entryOf(backend, dataId);
    const freed = original.disposeData(dataId, force);
    if (freed && entry !== undefined) {
      ledger.remove(entry.shape, entry.dtype);
      executor.castCache?.drop(dataId);
    }
    return freed;
  };
}

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
