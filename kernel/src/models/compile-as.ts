import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

/** What tfjs keeps of `compile`, and its types do not say. */
interface Compiled {
  readonly optimizer?: tf.Optimizer;
  readonly loss: tf.ModelCompileArgs['loss'];
  readonly metrics?: tf.ModelCompileArgs['metrics'];
}

interface OptimizerClass {
  readonly className?: string;
  fromConfig?(cls: unknown, config: tf.serialization.ConfigDict): tf.Optimizer;
}

/**
 * Compiles `copy` as `model` is compiled, with a new optimizer of the same kind and options, which knows of
 * no step. The caller disposes of the optimizer that is returned.
 * @param metrics those that have to be logged beside the model's own.
 * @throws HalfnoteError `not-compiled`, or `unsupported-model` for an optimizer that can't be made anew.
 */
export function compileAs(
  copy: tf.LayersModel,
  model: tf.LayersModel,
  metrics: readonly string[] = [],
): tf.Optimizer {
  const { optimizer: own, loss, metrics: given } = model as unknown as Compiled;
  if (own === undefined) {
    throw new HalfnoteError(
      'not-compiled',
      `Model '${model.name}' is not compiled, so there is no loss and no optimizer to train it with.`,
      "Call model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] }) first.",
    );
  }
  const optimizer = anew(own);
  const logged = given === undefined ? [] : given;
  copy.compile({
    optimizer,
    loss,
    metrics: isByOutput(logged) || metrics.length === 0 ? logged : [...[logged].flat(), ...metrics],
  });
  return optimizer;
}

function isByOutput(
  metrics: NonNullable<tf.ModelCompileArgs['metrics']>,
): metrics is Exclude<typeof metrics, string | readonly unknown[]> {
  return typeof metrics === 'object' && !Array.isArray(metrics);
}

function anew(optimizer: tf.Optimizer): tf.Optimizer {
  const type = optimizer.constructor as OptimizerClass;
  try {
    const copy = type.fromConfig?.(type, optimizer.getConfig());
    if (copy instanceof tf.Optimizer) return copy;
  } catch (error) {
    throw cannotCopy(optimizer, error);
  }
  throw cannotCopy(optimizer, undefined);
}

function cannotCopy(optimizer: tf.Optimizer, cause: unknown): HalfnoteError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new HalfnoteError(
    'unsupported-model',
    `The optimizer ${optimizer.getClassName()} can't be made anew from its configuration${why}.`,
    'Compile the model with one of tf.train or of optimizers.',
  );
}
