import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { innerGraph } from '../../models/inner-layers';
import { writeWeights } from '../../models/weights';

export interface PassData {
  /** One tensor per input of the model, batch first. */
  readonly x: Tensor | readonly Tensor[];
  /** One per output. With them the loss is the compiled one. */
  readonly y?: Tensor | readonly Tensor[];
}

/** Forward and backward once. */
export interface Pass {
  /** What is differentiated, in words. */
  readonly loss: string;
  /** Gradients by variable name; the caller owns them. */
  run(): NamedTensorMap;
}

/**
 * A forward and backward pass as `fit` makes it, that changes nothing: statistics that a layer keeps in
 * training mode are put back.
 */
export function passOf(model: tf.LayersModel, { x, y }: PassData): Pass {
  const inputs = list(x);
  const targets = y === undefined ? [] : list(y);
  // Undefined, whatever its type says, until the model is compiled.
  const compiled: Partial<Pick<tf.LayersModel, 'lossFunctions'>> = innerGraph(model) ?? model;
  const { lossFunctions: losses = [] } = compiled;
  const isCompiled = losses.length > 0 && targets.length > 0;
  const total = (): Scalar => {
    const [only] = inputs;
    const given = inputs.length === 1 && only !== undefined ? only : [...inputs];
    const outputs = list(model.apply(given, { training: true }) as Tensor | Tensor[]);
    const parts = outputs.map((output, index): Scalar => {
      const [target, loss] = [targets[index], losses[index]];
      const part = isCompiled && target && loss ? loss(target, output) : tf.square(output);
      return tf.mean(part);
    });
    return tf.addN(parts);
  };
  return {
    loss: isCompiled ? "the model's compiled loss" : 'the mean square of the outputs',
    run: () =>
      unchanged(model, () => tf.tidy(() => tf.variableGrads(total, weightsOf(model)).grads)),
  };
}

function weightsOf(model: tf.LayersModel): Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as Variable);
}

function unchanged<T>(model: tf.LayersModel, fn: () => T): T {
  const weights = model.getWeights();
  const kept = weights.map((weight) => tf.keep(tf.clone(weight)));
  try {
    return fn();
  } finally {
    writeWeights(model, kept);
    tf.dispose(kept);
  }
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
