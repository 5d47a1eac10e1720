import { HalfnoteError, nearest, shown } from '../errors';
import { BLOCK_WEIGHT_FORMATS, FLOAT_WEIGHT_FORMATS } from '../formats/names';
import type { BlockWeightFormat, FloatWeightFormat } from '../formats/uses';
import { weightFormatOf } from '../formats/weight-names';

/** @throws HalfnoteError `unknown-format`. */
export function floatNamed(name: string): FloatWeightFormat {
  return named(name, FLOAT_WEIGHT_FORMATS, 'float');
}

/** @throws HalfnoteError `unknown-format`. */
export function blockNamed(name: string): BlockWeightFormat {
  return named(name, BLOCK_WEIGHT_FORMATS, 'block');
}

function named<F extends string>(name: unknown, allowed: readonly F[], kind: string): F {
  // JavaScript can hand over anything.
  const format = typeof name === 'string' ? weightFormatOf(name) : undefined;
  const found = allowed.find((candidate) => candidate === format);
  if (found !== undefined) return found;
  const text = typeof name === 'string' ? `'${name}'` : shown(name);
  const [near] = typeof name === 'string' ? nearest(name, allowed, 1) : [];
  throw new HalfnoteError(
    'unknown-format',
    `${text} is not a format of kind '${kind}'; allowed are ${allowed.join(', ')}.`,
    near === undefined ? undefined : `Did you mean '${near}'?`,
  );
}
