import type { TensorLike } from './tensor-like';

/** Reading values waits for the device and copies them all, so large tensors show their shape only. */
const MAX_READ = 1_000_000;

/** Shape, dtype and some values; never throws, also for a disposed tensor. */
export function tensorText(tensor: TensorLike): string {
  const head = `Tensor ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.isDisposed) return `${head} (disposed)`;
  if (tensor.size > MAX_READ) return `${head} (${tensor.size} values)`;
  try {
    // tfjs writes `Tensor` and the values, with an ellipsis for long dimensions.
    return `${head}\n${tensor.toString().replace(/^Tensor\n/, '')}`;
  } catch (error) {
    return `${head} (values can't be read: ${String(error)})`;
  }
}
