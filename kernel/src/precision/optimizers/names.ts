import * as tf from '@tensorflow/tfjs';
import { HalfnoteError, nearest } from '../../errors';
import { AdamW } from './classes';

/** tfjs's own names, which it goes on to answer itself. */
const STOCK = ['sgd', 'adam', 'adamax', 'adagrad', 'adadelta', 'rmsprop'] as const;
const STOCK_SPELLINGS: readonly string[] = [
  ...STOCK,
  'SGD',
  'Adam',
  'Adamax',
  'Adagrad',
  'Adadelta',
  'RMSProp',
];

/**
 * The optimizer that a name stands for in `model.compile`; undefined of tfjs's own names.
 * @throws HalfnoteError `unknown-optimizer`
 */
export function optimizerNamed(name: string): tf.Optimizer | undefined {
  if (STOCK_SPELLINGS.includes(name)) return undefined;
  if (name.toLowerCase() === 'adamw') return new AdamW();
  const allowed = [...STOCK, 'adamw'];
  const near = nearest(name, allowed);
  throw new HalfnoteError(
    'unknown-optimizer',
    `"${name}" is not an optimizer; allowed are ${allowed.join(', ')}, or an instance of tf.Optimizer.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}
