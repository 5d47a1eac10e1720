import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../../../scripts/lib/paths.mjs';

/**
 * The 1,797 handwritten digits of scikit-learn: every fifth one is for testing.
 * @returns {{train: {x, y}, test: {x, y}}} x [n, 8, 8, 1] in [0, 1], y one-hot [n, 10]
 */
export function loadDigits(tf) {
  const rows = gunzipSync(readFileSync(join(root, 'notebooks/data/digits.csv.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const tensors = (part) =>
    tf.tidy(() => ({
      x: tf
        .tensor(part.map((row) => row.slice(0, 64)))
        .reshape([-1, 8, 8, 1])
        .div(16),
      y: tf
        .oneHot(
          part.map((row) => row[64]),
          10,
        )
        .toFloat(),
    }));
  return {
    train: tensors(rows.filter((_, index) => index % 5 !== 0)),
    test: tensors(rows.filter((_, index) => index % 5 === 0)),
  };
}

/** The share of digits that a classifier tells right. */
export function accuracy(tf, model, { x, y }) {
  return tf.tidy(() => model.predict(x).argMax(-1).equal(y.argMax(-1)).mean().dataSync()[0]);
}
