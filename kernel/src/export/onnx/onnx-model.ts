import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type * as ort from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { HalfnoteError } from '../../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { ONNX_MODEL } from '../../models/check-model';
import { checkExternalData } from './external-data';
import { onnxRuntime, ortTensor, tensorType, tfjsTensor } from './onnx-runtime';
import { decodeOnnx, type OnnxSummary, type OnnxValue, summaryOf, UNKNOWN_TYPE } from './summary';
import { shapeText, summaryBundle } from './view';

export interface LoadOnnxOptions {
  /** Threads of one product; ONNX Runtime's own choice unless given. */
  readonly threads?: number;
  /**
   * What ONNX Runtime may round the other factor of a weight-only product to. `fp32` (the default)
   * keeps it as it is; `int8` is faster. `MatMulNBits` of a file says so itself.
   */
  readonly accuracy?: 'fp32' | 'int8';
  /** The outputs to compute, by name; all of them unless given. */
  readonly outputs?: readonly string[];
  /** What errors and views call it; the file's name unless given. */
  readonly source?: string;
}

/** Where a model came from: its bytes, or a file as it then was. */
export type OnnxOrigin =
  | { readonly bytes: Uint8Array }
  | { readonly path: string; readonly size: number; readonly modifiedMs: number };

const ACCURACY_LEVELS = { fp32: '1', int8: '4' } as const;

/** An ONNX model in ONNX Runtime, on the CPU. It owns its session: dispose of it after use. */
export class OnnxModel implements Displayable {
  #session: InferenceSession | undefined;

  constructor(
    /** The file's name, or what it was loaded from. */
    readonly source: string,
    readonly summary: OnnxSummary,
    session: InferenceSession,
    readonly origin: OnnxOrigin,
  ) {
    this.#session = session;
  }

  /** On the prototype, so that a printed model doesn't show it. */
  get [ONNX_MODEL](): true {
    return true;
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
   *
   * Types are never guessed: an integer input takes int32, not float32. ONNX's further integers become
   * int32 and its floats float32, rounded to the nearest; a number that doesn't fit is an error.
   * @throws HalfnoteError `disposed`, `input-mismatch`, `unsupported-type`, `onnx-out-of-range`,
   *   `onnxruntime-refused`.
   */
  async predict(
    x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>,
  ): Promise<Tensor | Tensor[]> {
    const results = await this.run(x);
    const outputs: Tensor[] = [];
    try {
      for (const output of this.outputs) {
        const result = results[output.name];
        if (result === undefined) throw new Error(`ONNX Runtime gave no '${output.name}'`);
        outputs.push(tfjsTensor(result, output));
      }
    } catch (error) {
      tf.dispose(outputs);
      throw error;
    }
    return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
  }

  /** As {@link predict}, but what ONNX Runtime gives, by the names of the outputs. */
  async run(
    x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, ort.Tensor>>> {
    if (this.#session === undefined) {
      throw new HalfnoteError('disposed', `The ONNX model '${this.source}' has been disposed.`);
    }
    const runtime = onnxRuntime();
    const given = this.#inOrder(x);
    const feeds = Object.fromEntries(
      this.inputs.map((input, i) => [input.name, ortTensor(runtime, given[i] as Tensor, input)]),
    );
    const names = this.outputs.map(({ name }) => name);
    return this.#session.run(feeds, names).catch((error: unknown) => {
      throw refused(`can't compute '${this.source}'`, error);
    });
  }

  /** The tensors by the names of the inputs. @throws HalfnoteError `input-mismatch`. */
  named(
    x: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>,
  ): ReadonlyMap<string, Tensor> {
    const given = this.#inOrder(x);
    return new Map(this.inputs.map(({ name }, i) => [name, given[i] as Tensor]));
  }

  /**
   * The model's file, and where it lies: only there are the files found that it may have beside it.
   * @throws HalfnoteError `not-readable`, `invalid-model-file` where it has changed since it was loaded.
   */
  async content(): Promise<{ readonly bytes: Uint8Array; readonly path?: string }> {
    const { origin } = this;
    if ('bytes' in origin) return origin;
    const { path } = origin;
    const bytes = await reading(path);
    const { modifiedMs, size } = await originOf(path, bytes);
    if (modifiedMs === origin.modifiedMs && size === origin.size) return { bytes, path };
    throw new HalfnoteError(
      'invalid-model-file',
      `${path} has changed since it was loaded.`,
      'Load it again.',
    );
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
    const unknown = named ? Object.keys(x).filter((name) => !this.#takes(name)) : [];
    if (unknown.length > 0) throw this.#mismatch(`got '${unknown.join("', '")}'`);
    const given = named
      ? this.inputs.map(({ name }) => (x as Readonly<Record<string, Tensor>>)[name])
      : ([x].flat() as (Tensor | undefined)[]);
    if (given.length !== this.inputs.length) throw this.#mismatch(`got ${given.length} tensors`);
    return given.map((tensor, i) => {
      const input = this.inputs[i] as OnnxValue;
      if (tensor === undefined) throw this.#mismatch(`got none for '${input.name}'`);
      if (!fits(tensor, input))
        throw this.#mismatch(`got [${tensor.shape.join(', ')}] for '${input.name}'`);
      return tensor;
    });
  }

  #takes(name: string): boolean {
    return this.inputs.some((input) => input.name === name);
  }

  #mismatch(got: string): HalfnoteError {
    const wanted = this.inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`);
    return new HalfnoteError(
      'input-mismatch',
      `The ONNX model '${this.source}' takes ${wanted.join(', ')}, but ${got}.`,
    );
  }
}

/**
 * Loads an ONNX file, or its bytes, into ONNX Runtime. Any model with tensors for inputs and outputs
 * will do, whoever wrote it, also one that keeps its weights in files beside it.
 * @throws HalfnoteError `not-readable`, `invalid-model-file`, `unsupported-type` where an input or
 *   output can be no tfjs tensor, `invalid-argument` (outputs), `onnxruntime-missing`,
 *   `onnxruntime-refused` with what ONNX Runtime says of it.
 */
export async function loadOnnx(
  from: string | Uint8Array,
  options: LoadOnnxOptions = {},
): Promise<OnnxModel> {
  const path = typeof from === 'string' ? from : undefined;
  const source = options.source ?? (path === undefined ? 'given bytes' : basename(path));
  const bytes = typeof from === 'string' ? await reading(from) : from;
  const origin = typeof from === 'string' ? await originOf(from, bytes) : { bytes: from };
  const model = decodeOnnx(bytes, path ?? 'The given data');
  const whole = summaryOf(model, bytes.length);
  const summary = { ...whole, outputs: chosen(whole, options.outputs, source) };
  for (const input of summary.inputs) checkType(input, 'input');
  for (const output of summary.outputs) checkType(output, 'output');
  const isSpread = await checkExternalData(model, source, path);
  const { InferenceSession: Session } = onnxRuntime();
  const { threads, accuracy = 'fp32' } = options;
  const settings = {
    // Errors are thrown.
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    extra: { session: { qdq_matmulnbits_accuracy_level: ACCURACY_LEVELS[accuracy] } },
  } as const;
  try {
    // What lies beside a file is found by its path alone.
    const session =
      path !== undefined && isSpread
        ? await Session.create(path, settings)
        : await Session.create(bytes, settings);
    return new OnnxModel(source, summary, session, origin);
  } catch (error) {
    throw refused(`can't run '${source}'`, error);
  }
}

function chosen(
  { outputs }: OnnxSummary,
  names: readonly string[] | undefined,
  source: string,
): readonly OnnxValue[] {
  if (names === undefined) return outputs;
  const all = outputs.map(({ name }) => name);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined && names.length > 0) {
    return names.map((name) => outputs[all.indexOf(name)] as OnnxValue);
  }
  throw new HalfnoteError(
    'invalid-argument',
    `${unknown === undefined ? 'No output is' : `'${unknown}' is no output`} of '${source}'; allowed are ${all.join(', ')}.`,
  );
}

/** ONNX Runtime itself finds the type that a file leaves open. */
function checkType(value: OnnxValue, side: 'input' | 'output'): void {
  if (value.type !== UNKNOWN_TYPE) tensorType(value, side);
}

function fits({ shape }: Tensor, input: OnnxValue): boolean {
  const wanted = input.shape ?? shape;
  return (
    shape.length === wanted.length &&
    wanted.every((size, axis) => typeof size === 'string' || size === shape[axis])
  );
}

function refused(what: string, error: unknown): HalfnoteError {
  const reason = error instanceof Error ? error.message : String(error);
  return new HalfnoteError('onnxruntime-refused', `ONNX Runtime ${what}: ${reason}`, undefined, {
    cause: error,
  });
}

async function originOf(
  path: string,
  { length }: Uint8Array,
): Promise<Extract<OnnxOrigin, { path: string }>> {
  const { mtimeMs } = await stat(path);
  return { path: resolve(path), size: length, modifiedMs: mtimeMs };
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

/**
 * What goes with a model by its kind: one signature in place of overloads, so that the type checker names
 * the argument that is wrong.
 */
export type ByKind<M, OfLayers, OfOnnx> = M extends OnnxModel ? OfOnnx : OfLayers;
