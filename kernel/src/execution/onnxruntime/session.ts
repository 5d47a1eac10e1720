import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ELEMENT_TYPES } from '../../export/onnx/proto/element-type';
import { loadOnnxRuntime, loadOnnxRuntimeAddon } from '../../onnxruntime';
import { partsOf } from '../parts';
import {
  type Floats,
  InputRows,
  type InputType,
  type InputValues,
  outputRows,
  valuesOf,
  WORTH_SHARING,
} from './row-values';

/** A tensor of ONNX Runtime's. */
export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

export type OrtTensors = Readonly<Record<string, OrtTensor>>;

interface Metadata {
  readonly name: string;
  /** As ONNX's `TensorProto.DataType` has it. */
  readonly type: number;
  /** Open sizes are negative. */
  readonly shape: readonly number[];
}

/**
 * The addon's own session, which runs at once: the package's public one is a promise around it, and
 * `predict` gives tensors, not promises.
 */
export interface NativeSession {
  loadModel(data: ArrayBufferLike, offset: number, length: number, options: object): void;
  readonly inputMetadata: readonly Metadata[];
  readonly outputMetadata: readonly Metadata[];
  /** `fetches`: tensors to write to, or null for new ones. */
  run(
    feeds: OrtTensors,
    fetches: Readonly<Record<string, OrtTensor | null>>,
    options: object,
  ): OrtTensors;
  dispose(): void;
}

interface Runtime {
  readonly Session: new () => NativeSession;
  readonly Tensor: new (
    type: InputType,
    data: InputValues['values'],
    dims: readonly number[],
  ) => OrtTensor;
}

let loaded: Runtime | undefined;

/** Throws what loading throws where the package or its binary is not there. */
function runtime(): Runtime {
  if (loaded !== undefined) return loaded;
  const { Tensor } = loadOnnxRuntime() as unknown as Pick<Runtime, 'Tensor'>;
  const addon = loadOnnxRuntimeAddon();
  addon.initOrt();
  const { InferenceSession } = addon.binding as {
    readonly InferenceSession: new () => NativeSession;
  };
  loaded = { Session: InferenceSession, Tensor };
  return loaded;
}

/**
 * Where a file doesn't say otherwise, products with widened weights are of the floats that they are
 * given: ONNX Runtime's own preset rounds them to int8, without a word.
 */
const IN_FLOAT = { session: { qdq_matmulnbits_accuracy_level: '1' } };

interface Input {
  readonly name: string;
  readonly type: InputType;
}

/** Weights that are narrower in the file stay so: folding constants would widen them for good. */
const UNFOLDED = {
  ...IN_FLOAT,
  optimization: { disable_specified_optimizers: 'ConstantFolding' },
};

export interface SessionChoice {
  /** Default true. */
  readonly foldsConstants?: boolean;
}

/**
 * A model in ONNX Runtime, on as many threads as the machine has.
 * @throws what ONNX Runtime throws where it is not installed or can't run the model.
 */
export function openSession(
  model: Uint8Array,
  { foldsConstants = true }: SessionChoice = {},
): NativeSession {
  const { Session } = runtime();
  const session = new Session();
  session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
    intraOpNumThreads: availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: foldsConstants ? IN_FLOAT : UNFOLDED,
  });
  return session;
}

/** A model in ONNX Runtime: float32 or int32 in, float32 out. */
export class OrtSession {
  readonly #session: NativeSession;
  readonly #inputs: readonly Input[];
  readonly #outputs: readonly Metadata[];
  /** For ONNX Runtime to make all outputs. */
  readonly #fetches: Readonly<Record<string, null>>;

  /** @throws what ONNX Runtime throws where it is not installed or can't run the model. */
  constructor(model: Uint8Array) {
    this.#session = openSession(model);
    this.#inputs = this.#session.inputMetadata.map(({ name, type }) => ({
      name,
      type: type === ELEMENT_TYPES.int32 ? 'int32' : 'float32',
    }));
    this.#outputs = this.#session.outputMetadata;
    this.#fetches = Object.fromEntries(this.#outputs.map(({ name }) => [name, null]));
  }

  /**
   * New tensors, one for each output, computed `atOnce` rows at a time: only where all inputs and
   * outputs are batches, of which each row depends on its own alone.
   */
  run(inputs: readonly Tensor[], atOnce = Infinity): Tensor[] {
    const rows = inputs[0]?.shape[0] ?? 0;
    const isSmall = rows <= atOnce && inputs.every(({ size }) => 4 * size < WORTH_SHARING);
    const floats = isSmall ? this.#runWhole(inputs) : this.#runInParts(inputs, rows, atOnce);
    return floats.map(({ values, shape }) => tf.tensor(values, shape, 'float32'));
  }

  /** Without ado, which small models would feel. */
  #runWhole(inputs: readonly Tensor[]): Floats[] {
    const feeds: Record<string, OrtTensor> = {};
    this.#inputs.forEach(({ name, type }, i) => {
      const tensor = given(inputs[i], name);
      feeds[name] = ortTensor({ values: valuesOf(tensor, type), shape: tensor.shape });
    });
    const results = this.#session.run(feeds, this.#fetches, {});
    return this.#outputs.map(({ name }) => madeOf(name, [results]));
  }

  #runInParts(inputs: readonly Tensor[], rows: number, atOnce: number): Floats[] {
    const sources = this.#inputs.map(({ name, type }, i) => ({
      name,
      rows: new InputRows(given(inputs[i], name), i, type),
    }));
    const parts = partsOf(rows, atOnce);
    const targets = this.#outputs.map(({ shape }) => outputRows(shape, rows, parts.length));
    const results = parts.map((part) => {
      const feeds: Record<string, OrtTensor> = {};
      for (const { name, rows: source } of sources) feeds[name] = ortTensor(source.read(part));
      const fetches: Record<string, OrtTensor | null> = { ...this.#fetches };
      this.#outputs.forEach(({ name }, i) => {
        const target = targets[i];
        if (target !== undefined) fetches[name] = ortTensor(target.part(part));
      });
      return this.#session.run(feeds, fetches, {});
    });
    return this.#outputs.map(({ name }, i) => targets[i] ?? madeOf(name, results));
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** The values themselves, not a copy. */
export function ortTensor({ values, shape }: InputValues): OrtTensor {
  const type = values instanceof Int32Array ? 'int32' : 'float32';
  return new (runtime().Tensor)(type, values, shape);
}

function given(tensor: Tensor | undefined, name: string): Tensor {
  if (tensor === undefined) throw new TypeError(`no tensor for input '${name}'`);
  return tensor;
}

/** An output that ONNX Runtime made itself, which is never in parts. */
function madeOf(name: string, [results, ...others]: readonly OrtTensors[]): Floats {
  const { data, dims } = results?.[name] ?? {};
  if (others.length > 0) throw new TypeError(`the shape of '${name}' is not known`);
  if (!(data instanceof Float32Array) || dims === undefined) {
    throw new TypeError(`'${name}' is not float32`);
  }
  return { values: data, shape: [...dims] };
}
