import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import { castTo } from '../../backend/storage';
import { decodeArray } from '../../formats/arrays';
import { BLOCK_FORMATS, encodeBlocks, type BlockFormatId } from '../../formats/blocks';
import { FORMATS } from '../../formats/table';
import type { StoredFormat } from './store';
import { packed, packedBytes, unpacked, type CodeBits } from './packing';

/** A part of a sequence in blocks along the width of its heads. */
export interface BlockCodes {
  /** [batch, heads, tokens, bytes of a head]: whole numbers from 0 to 255. */
  readonly bytes: Tensor4D;
  /** [batch, heads, tokens, blocks of a head]: codes of E8M0, or fp32. */
  readonly scales: Tensor4D;
}

/** What one head of one token takes. */
export interface BlockSizes {
  readonly values: number;
  readonly scales: number;
}

export function blockSizes(format: BlockFormatId, width: number): BlockSizes {
  const { size } = BLOCK_FORMATS[format];
  return {
    values: packedBytes(width, bitsOf(format)),
    scales: Math.ceil(width / size) * (scalesAs(format) === 'uint8' ? 1 : 4),
  };
}

/** What scales are stored as. */
export function scalesAs(format: BlockFormatId): StoredFormat {
  return BLOCK_FORMATS[format].scale === 'e8m0' ? 'uint8' : 'fp32';
}

/**
 * Numbers [batch, heads, tokens, width] in a block format; each head of a token begins a block. A block with
 * NaN or infinity becomes NaN as a whole.
 */
export function encodeHeads(x: Tensor4D, format: BlockFormatId): BlockCodes {
  return tf.tidy(() => {
    const [batch, heads, tokens, width] = x.shape;
    const { size, scale } = BLOCK_FORMATS[format];
    const values = castTo(x, 'fp32').dataSync<'float32'>();
    const rows = batch * heads * tokens;
    const blocks = Math.ceil(width / size);
    const codes = new Float32Array(rows * width);
    const scales = new Float32Array(rows * blocks);
    for (let row = 0; row < rows; row++) {
      for (let block = 0; block < blocks; block++) {
        const start = row * width + block * size;
        const part = values.slice(start, Math.min(start + size, (row + 1) * width));
        const isFinite = part.every((value) => Number.isFinite(value));
        // NF4's scale can't be of what is no number: it is NaN then, as E8M0 has it by itself.
        const kept = encodeBlocks(format, isFinite || scale === 'e8m0' ? part : part.fill(0));
        codes.set(kept.codes, start);
        scales[row * blocks + block] = isFinite || scale === 'e8m0' ? (kept.scales[0] ?? 0) : NaN;
      }
    }
    return {
      bytes: packed(tf.tensor4d(codes, x.shape), bitsOf(format)),
      scales: tf.tensor4d(scales, [batch, heads, tokens, blocks]),
    };
  });
}

/** The numbers that codes stand for, in fp32: heads of `width`. */
export function decodeHeads(
  { bytes, scales }: BlockCodes,
  format: BlockFormatId,
  width: number,
): Tensor4D {
  return tf.tidy(() => {
    const { element, size, fraction, scale } = BLOCK_FORMATS[format];
    const codes = unpacked(bytes, bitsOf(format), width);
    const all = Uint8Array.from({ length: 2 ** bitsOf(format) }, (_, code) => code);
    const table = decodeArray(element, all).map((value) => value * 2 ** -fraction);
    const values = tf.gather(tf.tensor1d(table), tf.cast(codes, 'int32'));
    const factors =
      scale === 'e8m0'
        ? tf.gather(
            tf.tensor1d(
              decodeArray(
                'e8m0',
                Uint8Array.from({ length: 256 }, (_, code) => code),
              ),
            ),
            tf.cast(scales, 'int32'),
          )
        : castTo(scales, 'fp32');
    const places = Int32Array.from({ length: width }, (_, d) => Math.floor(d / size));
    return tf.mul<Tensor4D>(values, tf.gather(factors, tf.tensor1d(places, 'int32'), 3));
  });
}

function bitsOf(format: BlockFormatId): CodeBits {
  return FORMATS[BLOCK_FORMATS[format].element].bits as CodeBits;
}
