import * as tf from '@tensorflow/tfjs';
import { runPython } from '../../../test/support/python';

const SCRIPT = `
import sys, numpy
from sklearn.datasets import load_digits
digits = load_digits()
order = numpy.random.RandomState(0).permutation(len(digits.target))
sys.stdout.buffer.write((digits.data[order]).astype('uint8').tobytes() + digits.target[order].astype('uint8').tobytes())
`;
const COUNT = 1797;
const TRAINING = 1400;

/** The scikit-learn digits (8 x 8, 10 classes), shuffled and split; pixels in [0, 1], labels one-hot. */
export interface Digits {
  readonly train: { readonly x: tf.Tensor2D; readonly y: tf.Tensor2D };
  readonly test: { readonly x: tf.Tensor2D; readonly y: tf.Tensor2D };
}

export function loadDigits(): Digits {
  const bytes = runPython(SCRIPT);
  const pixels = Float32Array.from(bytes.subarray(0, COUNT * 64), (value) => value / 16);
  const labels = Int32Array.from(bytes.subarray(COUNT * 64));
  const rows = (from: number, to: number): Digits['train'] => ({
    x: tf.tensor2d(pixels.slice(from * 64, to * 64), [to - from, 64]),
    y: tf.tidy(() => tf.cast(tf.oneHot(labels.slice(from, to), 10), 'float32')) as tf.Tensor2D,
  });
  return { train: rows(0, TRAINING), test: rows(TRAINING, COUNT) };
}

/** The fraction of rows whose largest output is at the label. */
export function accuracy(output: tf.Tensor, labels: tf.Tensor): number {
  const mean = tf.tidy(() => tf.mean(tf.equal(tf.argMax(output, 1), tf.argMax(labels, 1))));
  const [value = NaN] = mean.dataSync();
  mean.dispose();
  return value;
}
