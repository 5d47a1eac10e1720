import { HalfnoteError } from '../../errors';
import { type ByKind, OnnxModel } from '../../export/onnx/onnx-model';
import type { FloatModel } from '../../models/graph-model';
import type { OnnxRunOptions } from '../onnx/run-once';
import { inferenceMemory } from './inference-memory';
import type { InferenceMemory } from './inference-view';
import { trainingMemory, type TrainingMemoryOptions } from './training-memory';
import type { TrainingMemory } from './view';

const OF_INFERENCE = ['batchSize', 'data'];

/**
 * What memory a model takes: a model of tfjs in training, see {@link trainingMemory}; an ONNX model, which
 * isn't trained here, in inference, see {@link inferenceMemory}.
 * @throws HalfnoteError as these; `invalid-option` for an option of the other one.
 */
export function modelMemory<M extends FloatModel | OnnxModel>(
  model: M,
  options?: ByKind<M, TrainingMemoryOptions, OnnxRunOptions>,
): Promise<ByKind<M, TrainingMemory, InferenceMemory>>;
export async function modelMemory(
  model: FloatModel | OnnxModel,
  options: TrainingMemoryOptions | OnnxRunOptions = {},
): Promise<TrainingMemory | InferenceMemory> {
  const isOnnx = model instanceof OnnxModel;
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  const other = given.find((name) => (isOnnx ? !OF_INFERENCE.includes(name) : name === 'data'));
  if (other !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      isOnnx
        ? `'${model.source}' is an ONNX model, of which inference is told: it has no \`${other}\`. Allowed: ${OF_INFERENCE.join(', ')}.`
        : 'The memory of training takes no `data`: a step is made on zeros.',
      'Leave it out.',
    );
  }
  return isOnnx ? inferenceMemory(model, options) : trainingMemory(model, options);
}
