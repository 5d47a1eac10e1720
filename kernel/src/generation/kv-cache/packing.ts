import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';

/** Of codes. */
export type CodeBits = 8 | 6 | 4 | 2;

/** So many codes fill whole bytes: four of 6 bits three of them. fp32 holds as many bits exactly. */
function wordOf(bits: CodeBits): { readonly codes: number; readonly bytes: number } {
  return bits === 6 ? { codes: 4, bytes: 3 } : { codes: 8 / bits, bytes: 1 };
}

/** Bytes of `width` codes, filled up to whole words. */
export function packedBytes(width: number, bits: CodeBits): number {
  const { codes, bytes } = wordOf(bits);
  return Math.ceil(width / codes) * bytes;
}

/** Whole numbers [batch, heads, tokens, width] as bytes, the first code of a word in its lowest bits. */
export function packed(codes: Tensor4D, bits: CodeBits): Tensor4D {
  const word = wordOf(bits);
  if (word.codes === 1) return codes;
  const [batch, heads, tokens, width] = codes.shape;
  const words = Math.ceil(width / word.codes);
  const missing = words * word.codes - width;
  const whole =
    missing === 0
      ? codes
      : tf.pad(codes, [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, missing],
        ]);
  const places = Array.from({ length: word.codes }, (_, i) => 2 ** (bits * i));
  const sums = tf.sum(tf.mul(tf.reshape(whole, [-1, word.codes]), places), 1, true);
  const bytes = digits(sums, 8, word.bytes);
  return tf.reshape(bytes, [batch, heads, tokens, words * word.bytes]);
}

/** The codes of {@link packed}. */
export function unpacked(bytes: Tensor4D, bits: CodeBits, width: number): Tensor4D {
  const word = wordOf(bits);
  if (word.codes === 1) return bytes;
  const [batch, heads, tokens, count] = bytes.shape;
  const rows = tf.reshape(bytes, [-1, word.bytes]);
  const sums =
    word.bytes === 1
      ? rows
      : tf.sum(
          tf.mul(
            rows,
            Array.from({ length: word.bytes }, (_, i) => 2 ** (8 * i)),
          ),
          1,
          true,
        );
  const all = (count / word.bytes) * word.codes;
  const codes = digits(sums, bits, word.codes);
  const whole = tf.reshape<tf.Rank.R4>(codes, [batch, heads, tokens, all]);
  return all === width ? whole : tf.slice(whole, [0, 0, 0, 0], [batch, heads, tokens, width]);
}

/** Of whole numbers [rows, 1], their `count` digits to the base 2^bits, the lowest first. */
function digits(numbers: Tensor, bits: number, count: number): Tensor {
  let rest = numbers;
  const columns: Tensor[] = [];
  for (let i = 1; i < count; i++) {
    const higher = tf.floor(tf.mul(rest, 2 ** -bits));
    columns.push(tf.sub(rest, tf.mul(higher, 2 ** bits)));
    rest = higher;
  }
  return columns.length === 0 ? rest : tf.concat([...columns, rest], 1);
}
