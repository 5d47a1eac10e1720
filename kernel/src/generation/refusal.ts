import { HalfnoteError } from '../errors';

/** That a layer, or a model, allows no decoding token by token, and why. */
export function refusal(name: string, reason: string): HalfnoteError {
  return new HalfnoteError('cannot-generate', `'${name}' can't generate token by token: ${reason}`);
}

export function shown(shape: readonly (number | null)[]): string {
  return shape.map((size) => size ?? '?').join(', ');
}
