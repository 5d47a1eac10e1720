import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';

/** @throws HalfnoteError `loss-not-scalar`, with the shape and how to reduce it. */
export function checkScalarLoss({ rank, shape }: tf.Tensor): void {
  if (rank === 0) return;
  throw new HalfnoteError(
    'loss-not-scalar',
    `The loss has shape [${shape.join(', ')}]; allowed is a scalar, shape [].`,
    'Reduce it: tf.mean(loss) or tf.sum(loss). No weight has changed.',
  );
}

/** @throws HalfnoteError `loss-not-scalar` for a promise, a number, or nothing. */
export function checkTensorLoss(loss: unknown): asserts loss is tf.Tensor {
  if (loss instanceof tf.Tensor) return;
  const isPromise = typeof (loss as { then?: unknown } | null | undefined)?.then === 'function';
  const given = isPromise ? 'a promise' : loss === undefined ? 'nothing' : `a ${typeof loss}`;
  throw new HalfnoteError(
    'loss-not-scalar',
    `The loss function returned ${given}; allowed is a scalar tensor.`,
    isPromise
      ? 'It must not be async: take what has to be awaited before the step.'
      : 'Return what tf.mean or a function of tf.losses gives, without reading it: no dataSync().',
  );
}
