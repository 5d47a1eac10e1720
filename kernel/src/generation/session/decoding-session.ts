import type * as tf from '@tensorflow/tfjs';
import {
  openSession,
  ortTensor,
  type NativeSession,
  type OrtTensor,
} from '../../execution/onnxruntime/session';
import { writeDecoding } from '../../export/onnx/decoding/write-decoding';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import { SharedCache } from './shared-cache';

/** Logits [batch, new, vocabulary], row-major. */
export interface SessionLogits {
  readonly values: Float32Array;
  readonly shape: readonly [batch: number, length: number, vocabulary: number];
}

/** The least probability that has a logarithm in fp32. */
const TINY = 2 ** -126;

/** A model that decodes as one graph of ONNX Runtime, each step in one call. Any number of sequences can use it. */
export class DecodingSession {
  readonly #session: NativeSession;
  /** Of weights, scales and tables of positions, as the session is given them. */
  readonly weightBytes: number;
  readonly #tokens: string;
  readonly #logits: string;

  /** @throws what the export throws, and ONNX Runtime where it isn't there or can't run the model. */
  constructor(
    source: tf.LayersModel | QuantizedGraph,
    /** Whether the model ends in probabilities, of which the logarithm is taken. */
    private readonly isProbability: boolean,
  ) {
    const { file, weightBytes } = writeDecoding(source);
    this.#session = openSession(file, { foldsConstants: false });
    this.weightBytes = weightBytes;
    this.#tokens = this.#session.inputMetadata[0]?.name ?? '';
    const outputs = this.#session.outputMetadata.map(({ name }) => name);
    this.#logits = outputs.find((name) => !/^present_(key|value)_\d+$/.test(name)) ?? '';
  }

  /**
   * Logits of new tokens, of which `cache` keeps keys and values.
   * @param tokens [batch x length], row-major.
   */
  run(tokens: Int32Array, batch: number, cache: SharedCache): SessionLogits {
    const length = tokens.length / batch;
    const { past, present } = cache.forTokens(batch, length);
    const total = cache.length + length;
    const feeds: Record<string, OrtTensor> = {
      ...past,
      [this.#tokens]: this.#tokenTensor(tokens, [batch, length]),
      first: ortTensor({ values: Int32Array.of(cache.length), shape: [1] }),
      last: ortTensor({ values: new Int32Array(batch).fill(total - 1), shape: [batch] }),
      total: ortTensor({ values: Int32Array.of(total), shape: [] }),
    };
    const results = this.#session.run(feeds, { ...present, [this.#logits]: null }, {});
    cache.length = total;
    const { data, dims } = results[this.#logits] as OrtTensor;
    const given = data as Float32Array;
    const values = this.isProbability ? given.map((p) => Math.log(Math.max(p, TINY))) : given;
    return { values, shape: dims as [number, number, number] };
  }

  #tokenTensor(tokens: Int32Array, shape: number[]): OrtTensor {
    // Of ONNX's TensorProto: int32. A model's input may be float32 too.
    const isWhole = this.#session.inputMetadata[0]?.type === 6;
    return ortTensor({ values: isWhole ? tokens : Float32Array.from(tokens), shape });
  }

  dispose(): void {
    this.#session.dispose();
  }
}
