import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

export type Metric = 'accuracy' | 'loss' | 'none';

/** How outputs are scored against labels. */
export interface Scorer {
  readonly metric: Metric;
  /** What exactly is computed, for the notes. */
  readonly description: string;
  /** One number a row of a batch, whose mean is the score: 1 or 0 where a class is right or wrong, or the loss. */
  each(labels: Tensor, output: Tensor): ArrayLike<number>;
}

type Losses = Readonly<Record<string, (labels: Tensor, output: Tensor) => Tensor>>;

/** Losses by the name they have in `model.compile`. Each gives one value per row. */
const LOSSES: Losses = {
  meanSquaredError: (y, p) => tf.metrics.meanSquaredError(y, p),
  meanAbsoluteError: (y, p) => tf.metrics.meanAbsoluteError(y, p),
  categoricalCrossentropy: (y, p) => tf.metrics.categoricalCrossentropy(y, p),
  binaryCrossentropy: (y, p) => tf.metrics.binaryCrossentropy(y, p),
};

/**
 * Accuracy for classes (one-hot rows, class numbers, or 0/1 for a single output), else the loss
 * the model was compiled with, mean squared error by default. `wanted` overrules the choice.
 */
export function chooseScorer(
  labels: Tensor | undefined,
  outputShape: readonly (number | null)[],
  compiledLoss: unknown,
  wanted: Metric | undefined,
): Scorer {
  if (labels === undefined || wanted === 'none') {
    return { metric: 'none', description: '', each: () => [] };
  }
  const classes = outputShape.at(-1) ?? 1;
  const kind = labelKind(labels, classes);
  if (wanted === 'accuracy' && kind === 'values') {
    throw new HalfnoteError(
      'data-mismatch',
      `Labels of shape [${labels.shape.join(', ')}] are no classes: accuracy needs one-hot rows, class numbers below ${classes}, or 0 and 1.`,
      "Use metric 'loss'.",
    );
  }
  if (kind !== 'values' && wanted !== 'loss') return accuracyScorer(kind);
  return lossScorer(labels, outputShape, compiledLoss);
}

type LabelKind = 'one-hot' | 'numbers' | 'binary' | 'values';

function labelKind(labels: Tensor, classes: number): LabelKind {
  return tf.tidy(() => {
    const all = (condition: Tensor): boolean => tf.all(condition).dataSync()[0] === 1;
    const bits = (): boolean => all(tf.logicalOr(tf.equal(labels, 0), tf.equal(labels, 1)));
    const perRow = labels.size / labels.shape[0];
    if (perRow === 1 && classes === 1) return bits() ? 'binary' : 'values';
    if (perRow === 1) {
      const whole = all(tf.equal(labels, tf.floor(tf.cast(labels, 'float32'))));
      const inside = all(tf.greaterEqual(labels, 0)) && all(tf.less(labels, classes));
      return whole && inside ? 'numbers' : 'values';
    }
    const oneHot = labels.rank === 2 && labels.shape[1] === classes;
    return oneHot && bits() && all(tf.equal(tf.sum(labels, 1), 1)) ? 'one-hot' : 'values';
  });
}

function accuracyScorer(kind: Exclude<LabelKind, 'values'>): Scorer {
  return {
    metric: 'accuracy',
    description: 'Accuracy is the share of samples whose largest output is the label.',
    each(labels, output) {
      return tf.tidy(() => {
        const rows = labels.shape[0];
        const predicted =
          kind === 'binary'
            ? tf.cast(tf.greater(tf.reshape(output, [rows]), 0.5), 'int32')
            : tf.cast(tf.argMax(output, -1), 'int32');
        const expected = kind === 'one-hot' ? tf.argMax(labels, 1) : tf.reshape(labels, [rows]);
        const hits = tf.equal(predicted, tf.cast(expected, 'int32'));
        return tf.cast(hits, 'int32').dataSync();
      });
    },
  };
}

function lossScorer(
  labels: Tensor,
  outputShape: readonly (number | null)[],
  compiledLoss: unknown,
): Scorer {
  const fits =
    labels.rank === outputShape.length &&
    labels.shape.slice(1).join() === outputShape.slice(1).join();
  if (!fits) {
    throw new HalfnoteError(
      'data-mismatch',
      `Labels of shape [${labels.shape.join(', ')}] don't match the model's output [${outputShape.map((n) => n ?? 'batch').join(', ')}].`,
    );
  }
  const known = typeof compiledLoss === 'string' && Object.hasOwn(LOSSES, compiledLoss);
  const name = known ? compiledLoss : 'meanSquaredError';
  const loss = LOSSES[name];
  return {
    metric: 'loss',
    description: `Loss is ${name}.`,
    each: (y, output) =>
      tf.tidy(() => {
        const losses = loss?.(tf.cast(y, 'float32'), output);
        if (losses === undefined) return [];
        return tf.mean(tf.reshape(losses, [y.shape[0], -1]), 1).dataSync();
      }),
  };
}
