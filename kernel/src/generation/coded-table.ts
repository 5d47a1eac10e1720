import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs';
import { fromBytes, toBytes } from '../formats/code-bytes';
import { newCodes } from '../formats/codes';
import { decodeFloatCodes } from '../graph/float-codes';
import type { WeightCodes } from '../graph/quantized-graph';
import { isFloatFormat, WEIGHT_BITS } from '../graph/weight-codes';

/** Embeddings as packed codes: what is looked up is widened, a row at a time. */
export class CodedTable {
  /** Of a row, one after another. */
  readonly #rows: readonly Uint8Array[];
  readonly #bits: number;

  /** @param weights Codes of [width, rows], of integers or floats. */
  constructor(private readonly weights: WeightCodes) {
    const { codes, depth: width, channels: rows, format } = weights;
    this.#bits = WEIGHT_BITS[format];
    const mask = 2 ** this.#bits - 1;
    const row = newCodes({ bits: this.#bits }, width);
    this.#rows = Array.from({ length: rows }, (_, c) => {
      for (let d = 0; d < width; d++) row[d] = (codes[d * rows + c] ?? 0) & mask;
      return toBytes(row, this.#bits);
    });
  }

  /** Of codes and scales. */
  get bytes(): number {
    const codes = this.#rows.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return codes + this.weights.scales.byteLength;
  }

  /** Rows [batch, length, width] of tokens [batch, length], in fp32. */
  lookUp(tokens: Tensor): Tensor3D {
    const { depth: width } = this.weights;
    const [batch = 0, length = 0] = tokens.shape;
    const values = new Float32Array(batch * length * width);
    tokens.dataSync().forEach((token, i) => {
      values.set(this.#row(token), i * width);
    });
    return tf.tensor3d(values, [batch, length, width]);
  }

  #row(token: number): Float32Array {
    const { format, depth: width, channels: rows, scales, groupSize } = this.weights;
    const bytes = this.#rows[token];
    if (bytes === undefined) throw new Error(`there is no row ${token} of ${rows}`);
    const codes = fromBytes(bytes, this.#bits, width);
    const half = 2 ** (this.#bits - 1);
    const values = isFloatFormat(format)
      ? decodeFloatCodes(format, codes)
      : Float32Array.from(codes, (code) => (code < half ? code : code - 2 * half));
    if (scales.length === 0) return values;
    return values.map(
      (value, d) => value * (scales[Math.floor(d / groupSize) * rows + token] ?? 0),
    );
  }
}
