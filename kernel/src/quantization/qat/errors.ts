import { HalfnoteError } from '../../errors';

/** Of a model that {@link prepareQat} did not make; `what` cannot be said of it. */
export function notPrepared(name: string, what: string): HalfnoteError {
  return new HalfnoteError(
    'not-prepared',
    `Model '${name}' is not fake-quantized: nothing says ${what}.`,
    'Make it so with prepareQat() and train it, or quantize it after training with quantize().',
  );
}
