import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

/** A model in floating point: of layers, or a frozen graph, which is taken as layers. */
export type FloatModel = tf.LayersModel | tf.GraphModel;

export function isGraphModel(model: unknown): model is tf.GraphModel {
  return model instanceof tf.GraphModel;
}

/** Whether a `modelTopology` is TensorFlow's graph, not a layers model's. */
export function isGraphTopology(topology: unknown): boolean {
  return typeof topology === 'object' && topology !== null && 'node' in topology;
}

/** Of a model without layers where one with layers is needed; `what` is the beginning of the sentence. */
export function graphModel(what: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-model',
    `${what} a tf.GraphModel: TensorFlow's operations without layers, where a tf.LayersModel is needed.`,
    'Load it with tf.loadGraphModel(); layersModelOf(model) makes layers of it.',
  );
}
