import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { checkBatch } from '../../models/examples';
import { traitsOf } from '../../models/layer-traits';
import type { ModelGraph } from '../../models/model-graph';

/** Rows on which an export is compared with the model it is made from. */
export interface CheckInputs {
  /** One per input of the model; the caller disposes of them. */
  readonly tensors: readonly Tensor[];
  readonly rows: number;
  /** Where they come from, for the report. */
  readonly source: 'check' | 'calibrate' | 'random inputs';
}

const MOST_ROWS = 64;
const RANDOM_ROWS = 8;
/** For an axis whose size the model leaves open. */
const OPEN_SIZE = 16;
/** Whole numbers that no embedding reads. */
const MOST = 10;

/**
 * The first rows of what is given, else of the first calibration batch, else random ones: normal
 * numbers, and tokens that the embeddings have.
 * @param batch Rows come in multiples of it.
 */
export function checkInputs(
  model: tf.LayersModel,
  graph: ModelGraph,
  given: Tensor | readonly Tensor[] | undefined,
  batches: readonly (readonly Tensor[])[],
  batch = 1,
): CheckInputs {
  if (given !== undefined) {
    const tensors: readonly Tensor[] = Array.isArray(given) ? given : [given];
    checkBatch(model.inputs, tensors, 'check', (message) => {
      return new HalfnoteError('check-mismatch', `exportTflite: ${message}`);
    });
    return firstRows(tensors, 'check', batch);
  }
  const [first] = batches;
  if (first !== undefined) return firstRows(first, 'calibrate', batch);
  const rows = Math.ceil(RANDOM_ROWS / batch) * batch;
  const tensors = graph.inputs.map(({ id, shape, dtype }, seed) => {
    const sizes = [rows, ...shape.slice(1).map((size) => size ?? OPEN_SIZE)];
    const words = vocabulary(graph, id);
    if (dtype === 'float32' && words === undefined) {
      return tf.randomNormal(sizes, 0, 1, 'float32', seed + 1);
    }
    const tokens = tf.randomUniform(sizes, 0, words ?? MOST, 'int32', seed + 1);
    return dtype === 'int32' ? tokens : tf.tidy(() => tf.cast(tokens, 'float32'));
  });
  return { tensors, rows, source: 'random inputs' };
}

function firstRows(
  tensors: readonly Tensor[],
  source: CheckInputs['source'],
  batch: number,
): CheckInputs {
  const all = tensors[0]?.shape[0] ?? 0;
  const rows = Math.floor(Math.min(all, Math.max(MOST_ROWS, batch)) / batch) * batch;
  if (rows === 0) {
    throw new HalfnoteError(
      'check-mismatch',
      `exportTflite: ${source} has ${all} rows, fewer than the batch of ${batch}.`,
    );
  }
  return { tensors: tensors.map((tensor) => tf.slice(tensor, 0, rows)), rows, source };
}

/** How many tokens there are for the embeddings that read a value. */
function vocabulary(graph: ModelGraph, id: string): number | undefined {
  const sizes = graph.nodes.flatMap(({ layer, inputs }) => {
    if (!traitsOf(layer).looksUp || !inputs.includes(id)) return [];
    return [Number(layer.getConfig()['inputDim'])];
  });
  return sizes.length === 0 ? undefined : Math.min(...sizes);
}
