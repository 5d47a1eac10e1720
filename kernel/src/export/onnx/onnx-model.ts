import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { InferenceSession } from 'onnxruntime-node';
import { HalfnoteError } from '../../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { onnxRuntime, ortTensor, tensorParts } from './onnx-runtime';
import { type OnnxSummary, type OnnxValue, summarizeOnnx } from './summary';
import { summaryBundle } from './view';

export interface LoadOnnxOptions {
  /** Threads of one product; ONNX Runtime's own choice unless given. */
  readonly threads?: number;
  /**
   * What ONNX Runtime may round the other factor of a weight-only product to. `fp32` (the default)
   * keeps it as it is; `int8` is faster. `MatMulNBits` of a file says so itself.
   */
  readonly accuracy?: 'fp32' | 'int8';
}

const ACCURACY_LEVELS = { fp32: '1', int8: '4' } as const;

/** An ONNX model in ONNX Runtime, on the CPU. It owns its session: dispose of it after use. */
export class OnnxModel implements Displayable {
  #session: InferenceSession | undefined;

  constructor(
    /** The file's name, or what it was loaded from. */
    readonly source: string,
    readonly summary: OnnxSummary,
    session: InferenceSession,
  ) {
    this.#session = session;
  }

  get inputs(): readonly OnnxValue[] {
    return this.summary.inputs;
  }
  get outputs(): readonly OnnxValue[] {
    return this.summary.outputs;
  }

  /**
   * Runs the model: one tensor per input, in the model's order, or by name; its outputs, one alone
   * or as a list. The tensors given stay the caller's, and those returned are.
   * @throws HalfnoteError `disposed`, `input-mismatch`, `unsupported-type`.
   */
  async predict(
    x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>,
  ): Promise<Tensor | Tensor[]> {
    if (this.#session === undefined) {
      throw new HalfnoteError('disposed', `The ONNX model '${this.source}' has been disposed.`);
    }
    const runtime = onnxRuntime();
    const given = this.#inOrder(x);
    const feeds = Object.fromEntries(
      this.inputs.map((input, i) => [input.name, ortTensor(runtime, given[i] as Tensor, input)]),
    );
    const results = await this.#session.run(feeds);
    const outputs = this.outputs.map(({ name }) => {
      const result = results[name];
      if (result === undefined) throw new Error(`ONNX Runtime gave no '${name}'`);
      const { values, dtype } = tensorParts(result);
      return tf.tensor(values, [...result.dims], dtype);
    });
    return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
  }

  /** Frees the session and its weights. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return summaryBundle(this.summary, `${this.source} in ONNX Runtime`);
  }

  #inOrder(x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>): readonly Tensor[] {
    const named = !(x instanceof tf.Tensor) && !Array.isArray(x);
    const given = named
      ? this.inputs.map(({ name }) => (x as Readonly<Record<string, Tensor>>)[name])
      : ([x].flat() as (Tensor | undefined)[]);
    if (given.length !== this.inputs.length) throw this.#mismatch(`got ${given.length} tensors`);
    return given.map((tensor, i) => {
      const input = this.inputs[i] as OnnxValue;
      if (tensor === undefined) throw this.#mismatch(`got none for '${input.name}'`);
      const fits =
        tensor.rank === input.shape.length &&
        input.shape.every((size, axis) => typeof size === 'string' || size === tensor.shape[axis]);
      if (!fits) throw this.#mismatch(`got [${tensor.shape.join(', ')}] for '${input.name}'`);
      return tensor;
    });
  }

  #mismatch(got: string): HalfnoteError {
    const wanted = this.inputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
    return new HalfnoteError(
      'input-mismatch',
      `The ONNX model '${this.source}' takes ${wanted.join(', ')}, but ${got}.`,
    );
  }
}

/**
 * Loads an ONNX file, or its bytes, into ONNX Runtime. Any model with tensors for inputs and outputs
 * will do, whoever wrote it.
 * @throws HalfnoteError `not-readable`, `invalid-model-file`, `onnxruntime-missing`,
 *   `onnxruntime-refused` with what ONNX Runtime says of it.
 */
export async function loadOnnx(
  from: string | Uint8Array,
  options: LoadOnnxOptions = {},
): Promise<OnnxModel> {
  const source = typeof from === 'string' ? basename(from) : 'given bytes';
  const bytes = typeof from === 'string' ? await reading(from) : from;
  const summary = summarizeOnnx(bytes, typeof from === 'string' ? from : 'The given data');
  const { InferenceSession: Session } = onnxRuntime();
  const { threads, accuracy = 'fp32' } = options;
  try {
    const session = await Session.create(bytes, {
      logSeverityLevel: 3,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      extra: { session: { qdq_matmulnbits_accuracy_level: ACCURACY_LEVELS[accuracy] } },
    });
    return new OnnxModel(source, summary, session);
  } catch (error) {
    throw new HalfnoteError(
      'onnxruntime-refused',
      `ONNX Runtime can't run '${source}': ${error instanceof Error ? error.message : String(error)}`,
      undefined,
      { cause: error },
    );
  }
}

async function reading(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HalfnoteError(
      'not-readable',
      `Can't read ${path}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name an .onnx file.',
      { cause: error },
    );
  }
}
