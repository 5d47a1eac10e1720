import { OnnxModel } from '../../../export/onnx/onnx-model';
import { asLayersModel } from '../../../importing/layers-model-of';
import type { FloatModel } from '../../../models/graph-model';
import { refuseFakeQuantized } from '../../../quantization/qat/errors';
import type { CompareFormat } from '../compare-formats';
import type { CompareOptions } from '../options';
import { layersSubject } from './layers';
import { onnxSubject } from './onnx';
import type { Subject } from './subject';

/**
 * What a model is compared as.
 * @throws HalfnoteError `unsupported-model`, `data-mismatch`; `unknown-format` for what an ONNX model
 *   can't be compared in.
 */
export function subjectOf(
  source: FloatModel | OnnxModel,
  formats: readonly CompareFormat[],
  options: Pick<CompareOptions, 'data' | 'calibrate'>,
): Promise<Subject> {
  if (source instanceof OnnxModel) return onnxSubject(source, formats, options);
  const model = asLayersModel(source, 'compare');
  refuseFakeQuantized(model, 'compare');
  return layersSubject(model, options);
}
