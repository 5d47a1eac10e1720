import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** A tensor of ONNX Runtime's. */
interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/**
 * The addon's own session, which runs at once: the package's public one is a promise around it, and
 * `predict` gives tensors, not promises.
 */
interface NativeSession {
  loadModel(data: ArrayBufferLike, offset: number, length: number, options: object): void;
  readonly inputMetadata: readonly { readonly name: string }[];
  readonly outputMetadata: readonly { readonly name: string }[];
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: Readonly<Record<string, null>>,
    options: object,
  ): Readonly<Record<string, OrtTensor>>;
  dispose(): void;
}

interface Runtime {
  readonly Session: new () => NativeSession;
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

let loaded: Runtime | undefined;

/** Throws what loading throws where the package or its binary is not there. */
function runtime(): Runtime {
  if (loaded !== undefined) return loaded;
  const require = createRequire(__filename);
  const { Tensor } = require('onnxruntime-node') as Pick<Runtime, 'Tensor'>;
  const addon = require('onnxruntime-node/dist/binding') as {
    readonly binding: { readonly InferenceSession: new () => NativeSession };
    initOrt(): void;
  };
  addon.initOrt();
  loaded = { Session: addon.binding.InferenceSession, Tensor };
  return loaded;
}

/** A model in ONNX Runtime, on as many threads as the machine has. Float32 in and out. */
export class OrtSession {
  readonly #session: NativeSession;
  readonly #outputs: readonly string[];
  readonly #fetches: Readonly<Record<string, null>>;

  /** @throws what ONNX Runtime throws where it is not installed or can't run the model. */
  constructor(model: Uint8Array) {
    const { Session } = runtime();
    this.#session = new Session();
    this.#session.loadModel(model.buffer, model.byteOffset, model.byteLength, {
      intraOpNumThreads: availableParallelism(),
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
    this.#outputs = this.#session.outputMetadata.map(({ name }) => name);
    this.#fetches = Object.fromEntries(this.#outputs.map((name) => [name, null]));
  }

  /** New tensors, one for each output. */
  run(inputs: readonly Tensor[]): Tensor[] {
    const { Tensor: OnnxTensor } = runtime();
    const feeds = Object.fromEntries(
      this.#session.inputMetadata.map(({ name }, i) => {
        const tensor = inputs[i];
        if (tensor === undefined) throw new TypeError(`no tensor for input '${name}'`);
        return [name, new OnnxTensor('float32', floats(tensor), tensor.shape)];
      }),
    );
    const results = this.#session.run(feeds, this.#fetches, {});
    return this.#outputs.map((name) => {
      const result = results[name];
      if (!(result?.data instanceof Float32Array)) throw new TypeError(`'${name}' is not float32`);
      return tf.tensor(result.data, [...result.dims], 'float32');
    });
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function floats(tensor: Tensor): Float32Array {
  const data = tensor.dataSync();
  return data instanceof Float32Array ? data : Float32Array.from(data);
}
