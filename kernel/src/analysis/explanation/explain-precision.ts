import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { type ByKind, OnnxModel } from '../../export/onnx/onnx-model';
import type { FloatModel } from '../../models/graph-model';
import { explainLayers, type ExplainOptions } from '../../precision/explain/explain';
import type { PrecisionExplanation } from '../../precision/explain/explanation';
import type { OnnxInput } from '../../quantization/onnx/calibrate';
import { explainOnnx } from './onnx-explanation';
import type { OnnxExplanation } from './onnx-view';

export interface OnnxExplainOptions {
  /** Real inputs: a tensor, one per input, or by name. */
  readonly data: { readonly x: OnnxInput };
}

/**
 * Explains what the policy in force does to a model: to one of tfjs, see {@link explainLayers}; what it
 * would do to an ONNX model, and what that runs in, see {@link explainOnnx}.
 * @throws HalfnoteError as these; `invalid-model` for anything else.
 */
export function explainPrecision<M extends FloatModel | OnnxModel>(
  model: M,
  options: ByKind<M, ExplainOptions, OnnxExplainOptions>,
): ByKind<M, PrecisionExplanation, Promise<OnnxExplanation>>;
export function explainPrecision(
  model: FloatModel | OnnxModel,
  options: ExplainOptions | OnnxExplainOptions,
): PrecisionExplanation | Promise<OnnxExplanation> {
  if (!(model instanceof OnnxModel)) return explainLayers(model, options as ExplainOptions);
  const { x, ...others } = { ...(options as Partial<OnnxExplainOptions> | undefined)?.data };
  const [other] = Object.keys(others).filter(
    (name) => (others as Readonly<Record<string, unknown>>)[name] !== undefined,
  );
  if (other !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      `'${model.source}' is an ONNX model, which isn't trained here: data.${other} has no use. Allowed: data.x.`,
      'Leave it out.',
    );
  }
  if (!isInput(x)) {
    throw new HalfnoteError(
      'invalid-data',
      'explainPrecision runs the model on a batch: data.x must be a tensor, one per input, or tensors by the names of inputs.',
      'For example: await explainPrecision(model, { data: { x: images } }).',
    );
  }
  return explainOnnx(model, x);
}

function isInput(x: unknown): x is OnnxInput {
  if (x instanceof tf.Tensor) return true;
  if (typeof x !== 'object' || x === null) return false;
  const all = Object.values(x);
  return all.length > 0 && all.every((one) => one instanceof tf.Tensor);
}
