import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import type { OpAttribute } from './contract';
import { loadTfjsNode } from './tensorflow/addon';

/** An output of a raw op: a handle that the caller owns and must delete. */
export interface RawTensor {
  readonly id: number;
  readonly shape: readonly number[];
  /** A code of {@link DT}. */
  readonly dtype: number;
}

/** The native addon of `@tensorflow/tfjs-node-gpu`, as far as we use it. */
export interface TfBinding {
  readonly TF_Version: string;
  createTensor(shape: readonly number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    outputs: number,
  ): RawTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
}

/** What the backend knows about a tensor's data. `dtype` is the true one, also for 16-bit floats. */
export interface TensorEntry {
  readonly shape: readonly number[];
  dtype: number;
  id: number;
  /** Values not yet given to TensorFlow, or null. */
  values: unknown;
  refCount: number;
}

/** The instance of tfjs-node's backend that we override methods of. */
export interface NativeBackend {
  readonly binding: TfBinding;
  readonly tensorMap: {
    get(dataId: object): TensorEntry | undefined;
    has(dataId: object): boolean;
  };
  getInputTensorIds(inputs: readonly Tensor[]): number[];
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
  ): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  createOutputTensor(raw: RawTensor): Tensor;
  readSync(dataId: object): unknown;
  disposeData(dataId: object, force?: boolean): boolean;
  loadSavedModelMetaGraph(path: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly Tensor[],
    infos: readonly object[],
    outputs: readonly string[],
  ): Tensor[];
  deleteSavedModel(id: number): void;
  time(work: () => void): Promise<{ readonly kernelMs: number }>;
  move(dataId: object, values: unknown, shape: number[], dtype: string, refCount: number): void;
}

const BACKEND = 'tensorflow';
/** tfjs-node's own: above all others. */
const PRIORITY = 3;

let loaded: NativeBackend | undefined;

/**
 * Loads the addon and registers tfjs's `tensorflow` backend. `prepare` gets each instance before tfjs
 * does: tfjs makes a new one after `tf.engine().reset()`. Throws what the loader throws.
 */
export function loadNative(prepare: (backend: NativeBackend) => void): NativeBackend {
  if (process.env['HALFNOTE_BACKEND'] === 'wasm') {
    throw new Error('HALFNOTE_BACKEND=wasm asks for WebAssembly');
  }
  // Real errors come back as exceptions; level 3 leaves out notes such as which kernel stands in.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  // TensorFlow keeps freed memory for the next tensors. From the system, a large tensor comes page by
  // page, which takes longer than to compute an elementwise op: up to a tenth of a convolution's step.
  process.env['TF_CPU_ALLOCATOR_USE_BFC'] ??= '1';
  restoreRemovedUtilities(createRequire(__filename));
  loadTfjsNode();
  const factory = tf.findBackendFactory(BACKEND) as unknown as () => NativeBackend;
  tf.removeBackend(BACKEND);
  tf.registerBackend(
    BACKEND,
    () => {
      loaded = factory();
      prepare(loaded);
      return loaded as unknown as tf.KernelBackend;
    },
    PRIORITY,
  );
  // Synchronous for a factory that returns no promise.
  void tf.setBackend(BACKEND);
  return native();
}

/** The native backend. Throws `backend-not-loaded` before `loadBackend()`, and under wasm. */
export function native(): NativeBackend {
  if (loaded === undefined) {
    throw new HalfnoteError(
      'backend-not-loaded',
      'The native TensorFlow backend is not loaded.',
      'Call `await ensureBackend()` first; `halfnote doctor` says what is missing on this machine.',
    );
  }
  return loaded;
}

/** tfjs-node uses two functions of `util` that warn on Node.js 22 and are gone from 23 on. */
function restoreRemovedUtilities(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}
