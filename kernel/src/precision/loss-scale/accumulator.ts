import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';

export interface AccumulatorOptions {
  /** Micro-batches that make one step. */
  readonly steps: number;
  /** What `take` returns of them. Default `mean`: as of one batch of all, where the loss is a mean. */
  readonly reduction?: 'mean' | 'sum';
}

/**
 * Adds gradients of micro-batches up, in fp32, until they make a step. With a `GradScaler`, add scaled
 * gradients and unscale what `take` returns: once a step. `update()` only then, so that the scale stays
 * the same for all that is added.
 */
export class GradientAccumulator {
  private sums = new Map<string, Tensor>();
  private added = 0;
  private readonly options: Required<AccumulatorOptions>;

  /** @throws HalfnoteError `invalid-accumulation`. */
  constructor(options: AccumulatorOptions) {
    this.options = { reduction: 'mean', ...options };
    const { steps, reduction } = this.options;
    if (!(Number.isInteger(steps) && steps > 0)) {
      throw new HalfnoteError(
        'invalid-accumulation',
        `steps is ${steps}; allowed are integers > 0.`,
      );
    }
    if (!['mean', 'sum'].includes(reduction)) {
      throw new HalfnoteError(
        'invalid-accumulation',
        `reduction is "${reduction}"; allowed are mean and sum.`,
      );
    }
  }

  /** Adds the gradients of a micro-batch, which stay the caller's. True when a step is complete. */
  add(gradients: NamedTensorMap): boolean {
    if (this.added === this.options.steps) {
      throw new HalfnoteError(
        'invalid-accumulation',
        `${this.options.steps} micro-batches are added already.`,
        'Call take() when add() returns true.',
      );
    }
    for (const [name, gradient] of Object.entries(gradients)) {
      const sum = this.sums.get(name);
      this.sums.set(name, tf.keep(sum ? tf.add(sum, gradient) : tf.clone(gradient)));
      sum?.dispose();
    }
    this.added += 1;
    return this.added === this.options.steps;
  }

  /** The mean or sum of what was added, which the caller disposes; begins the next step. */
  take(): NamedTensorMap {
    const count = this.options.reduction === 'mean' ? Math.max(1, this.added) : 1;
    const taken = Object.fromEntries(
      [...this.sums].map(([name, sum]) => [name, tf.mul(sum, 1 / count)]),
    );
    this.dispose();
    return taken;
  }

  /** Drops what was added. */
  dispose(): void {
    tf.dispose([...this.sums.values()]);
    this.sums = new Map();
    this.added = 0;
  }
}
