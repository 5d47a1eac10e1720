import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../../../scripts/lib/paths.mjs';

/**
 * The English text that set-up took from Python's documentation, as character codes: the first nine
 * tenths are for training.
 * @returns {{vocabulary: number, train: Int32Array, test: Int32Array}}
 */
export function loadText() {
  const text = gunzipSync(readFileSync(join(root, 'notebooks/data/text.txt.gz'))).toString();
  const characters = [...new Set(text)].sort();
  const code = new Map(characters.map((character, index) => [character, index]));
  const codes = Int32Array.from(text, (character) => code.get(character));
  const cut = Math.floor(codes.length * 0.9);
  return { vocabulary: characters.length, train: codes.slice(0, cut), test: codes.slice(cut) };
}

/** Windows of `length + 1` characters from `starts`: the input, and the same one character on. */
export function windows(tf, codes, starts, length) {
  const part = (shift) =>
    tf.tensor2d(
      Int32Array.from({ length: starts.length * length }, (_, index) => {
        const start = starts[Math.floor(index / length)];
        return codes[start + shift + (index % length)];
      }),
      [starts.length, length],
      'int32',
    );
  return { x: part(0), y: part(1) };
}

/** Bits per character of logits [batch, length, vocabulary] against the codes [batch, length]. */
export function bitsPerCharacter(tf, logits, codes) {
  return tf.tidy(() => {
    const vocabulary = logits.shape.at(-1);
    const rows = logits.reshape([-1, vocabulary]).logSoftmax();
    const picked = rows.mul(tf.oneHot(codes.reshape([-1]), vocabulary)).sum(-1);
    return picked.mean().div(-Math.LN2).asScalar();
  });
}
