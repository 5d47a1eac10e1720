import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { firstLine } from '../errors';
import { isInterrupt } from '../host';
import type { GraphValue, ValueId } from '../models/model-graph';
import { type EdgeRows, edgeRows, type InputFacts } from './edge-rows';
import type { Values } from './row-difference';

/** What a model predicts for rows at the edges of what its layers take. */
export interface EdgePredictions {
  /** The caller disposes of its tensors. */
  readonly rows: EdgeRows;
  readonly outputs: readonly Values[];
}

/** Sizes that are tried for axes that the model leaves open. */
const OPEN_SIZES = [16, 8, 4, 32, 2, 1];

/** The predictions, or why there are none. `predict` gives tensors away. */
export function edgePredictions(
  inputs: readonly GraphValue[],
  factsOf: (id: ValueId) => InputFacts,
  predict: (inputs: readonly Tensor[]) => Tensor[],
): EdgePredictions | string {
  const isOpen = inputs.some(({ shape }) => shape.slice(1).includes(null));
  let failure = '';
  for (const open of isOpen ? OPEN_SIZES : [1]) {
    const rows = edgeRows(inputs, factsOf, open);
    try {
      return { rows, outputs: valuesOf(predict(rows.tensors)) };
    } catch (error) {
      tf.dispose([...rows.tensors]);
      if (isInterrupt(error)) throw error;
      failure = firstLine(error);
    }
  }
  return failure;
}

/** The values of tensors, which are disposed of. */
export function valuesOf(tensors: readonly Tensor[]): Values[] {
  const values = tensors.map((y) => ({ data: y.dataSync().slice(), shape: y.shape }));
  tf.dispose([...tensors]);
  return values;
}
