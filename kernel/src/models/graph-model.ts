import { HalfnoteError } from '../errors';

/** Whether a `modelTopology` is TensorFlow's graph, not a layers model's. */
export function isGraphTopology(topology: unknown): boolean {
  return typeof topology === 'object' && topology !== null && 'node' in topology;
}

/** Of a model without layers where one with layers is needed; `what` is the beginning of the sentence. */
export function graphModel(what: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-model',
    `${what} a tf.GraphModel: TensorFlow's operations without layers, where Halfnote takes tf.LayersModels.`,
    'Run it with tf.loadGraphModel(), or take the model as ONNX, which loadOnnx() runs; a Keras model becomes a layers model by `tensorflowjs_converter --output_format=tfjs_layers_model`.',
  );
}
