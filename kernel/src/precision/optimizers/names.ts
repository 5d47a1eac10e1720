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

interface ModelPrototype {
  compile: (this: { isOptimizerOwned: boolean }, args: tf.ModelCompileArgs) => void;
}

/** Lets `model.compile({ optimizer: 'adamw' })` work; the model owns the optimizer, as tfjs's by name. */
export function installOptimizerNames(): void {
  const prototype = tf.LayersModel.prototype as unknown as ModelPrototype;
  const { compile } = prototype;
  prototype.compile = function (args) {
    const { optimizer } = args;
    const byName = typeof optimizer === 'string' && !STOCK_SPELLINGS.includes(optimizer);
    compile.call(this, byName ? { ...args, optimizer: named(optimizer) } : args);
    if (byName) this.isOptimizerOwned = true;
  };
}

function named(name: string): tf.Optimizer {
  if (name.toLowerCase() === 'adamw') return new AdamW();
  const allowed = [...STOCK, 'adamw'];
  const near = nearest(name, allowed);
  throw new HalfnoteError(
    'unknown-optimizer',
    `"${name}" is not an optimizer; allowed are ${allowed.join(', ')}, or an instance of tf.Optimizer.`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
  );
}
