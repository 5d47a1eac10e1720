import type * as tf from '@tensorflow/tfjs';
import type * as ort from 'onnxruntime-node';
import { HalfnoteError } from '../../../errors';
import { type NativeSession, openSession } from '../../../execution/onnxruntime/session';
import type { OnnxModel } from '../../../export/onnx/onnx-model';
import { onnxRuntime, ortTensor, tfjsTensor } from '../../../export/onnx/onnx-runtime';
import { FLOAT_BYTES } from '../../onnx/weights';
import type { Outputs } from './candidate';

/**
 * A file in ONNX Runtime with the inputs and outputs of a loaded model, run at once, not by a promise: of
 * its outputs those that are floats.
 */
export class OnnxFloats {
  readonly #session: NativeSession;
  readonly #model: OnnxModel;
  readonly #fetches: Readonly<Record<string, null>>;
  #names: readonly string[] = [];

  /** @throws HalfnoteError `onnxruntime-refused`. */
  constructor(bytes: Uint8Array, model: OnnxModel) {
    this.#model = model;
    this.#session = asked(model, () => openSession(bytes));
    this.#fetches = Object.fromEntries(model.outputs.map(({ name }) => [name, null]));
  }

  /** The outputs that the last run gave. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * New tensors, in the order of the model's outputs.
   * @throws HalfnoteError `unsupported-type`, `unsupported-model` without an output of floats,
   *   `onnxruntime-refused`.
   */
  run(x: Outputs): tf.Tensor[] {
    const runtime = onnxRuntime();
    const given = [x].flat();
    const feeds = Object.fromEntries(
      this.#model.inputs.map((input, i) => [
        input.name,
        ortTensor(runtime, given[i] as tf.Tensor, input),
      ]),
    );
    const results = asked(this.#model, () =>
      this.#session.run(feeds, this.#fetches, {}),
    ) as unknown as Readonly<Record<string, ort.Tensor>>;
    const floats = this.#model.outputs.flatMap(({ name }) => {
      const result = results[name];
      return result !== undefined && FLOAT_BYTES.has(result.type) ? [{ name, result }] : [];
    });
    this.#names = floats.map(({ name }) => name);
    if (floats.length > 0) return floats.map(({ name, result }) => tfjsTensor(result, { name }));
    throw new HalfnoteError(
      'unsupported-model',
      `compare() measures errors of floats, and '${this.#model.source}' gives none: its outputs are ${this.#model.outputs.map(({ name, type }) => `${name} (${type})`).join(', ')}.`,
    );
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function asked<T>({ source }: OnnxModel, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HalfnoteError(
      'onnxruntime-refused',
      `ONNX Runtime can't run '${source}': ${reason}`,
      undefined,
      { cause: error },
    );
  }
}
