import type { Tensor } from '@tensorflow/tfjs';
import { firstLine, HalfnoteError } from '../../../errors';
import { OrtSession } from '../../../execution/onnxruntime/session';
import { exportOnnx } from '../../../export/onnx/export-onnx';
import type { Candidate, Source } from './candidate';

/**
 * The float model as one graph in ONNX Runtime.
 * @throws HalfnoteError `onnx-unsupported` for a layer that ONNX lacks; `onnxruntime-unavailable`.
 */
export function onnxCandidate({ format, model }: Source): Promise<Candidate> {
  const session = sessionOf(exportOnnx(model));
  return Promise.resolve({
    format,
    execution: 'native',
    engine: 'ONNX Runtime, one graph',
    runtime: 'onnxruntime',
    note: 'the float model, for comparison with integer ones that run there',
    weightBytes: model.weights.reduce((sum, weight) => sum + 4 * weight.read().size, 0),
    run: (x: Tensor | Tensor[]) => session.run([x].flat()),
    dispose: () => {
      session.dispose();
    },
  });
}

function sessionOf(bytes: Uint8Array): OrtSession {
  try {
    return new OrtSession(bytes);
  } catch (error) {
    throw new HalfnoteError(
      'onnxruntime-unavailable',
      `ONNX Runtime can't run the model: ${firstLine(error)}`,
      'Leave fp32-ort out.',
    );
  }
}
