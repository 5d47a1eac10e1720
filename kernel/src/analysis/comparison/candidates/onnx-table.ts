import type { OnnxModel } from '../../../export/onnx/onnx-model';
import type { Calibration } from '../../../models/examples';
import { quantize } from '../../../quantization/quantize';
import type { QuantizedOnnxModel } from '../../../quantization/onnx/quantized-onnx-model';
import { COMPARE_FORMATS, type CompareFormat, type CompareKind } from '../compare-formats';
import type { Candidate } from './candidate';
import { OnnxFloats } from './onnx-floats';
import { quantizeOptions, type Wanted } from './quantize-options';

/** What candidates of an ONNX model are made of. */
export interface OnnxSource {
  readonly model: OnnxModel;
  /** Its file, with all of its weights. */
  readonly bytes: Uint8Array;
  /** Of its constants that are floats. */
  readonly weightBytes: number;
  readonly calibrate: Calibration | undefined;
}

/**
 * An ONNX model in a format, in ONNX Runtime. The caller disposes of it.
 * @throws HalfnoteError as `quantize` does.
 */
export function createOnnxCandidate(format: CompareFormat, source: OnnxSource): Promise<Candidate> {
  const how: CompareKind = COMPARE_FORMATS[format];
  switch (how.kind) {
    case 'compute':
    case 'onnxruntime':
      return Promise.resolve(floatCandidate(format, source));
    case 'integer':
      return quantizedCandidate(format, source, how);
    case 'rounded':
      return quantizedCandidate(format, source, { ...how, mode: 'weight-only' });
  }
}

function floatCandidate(format: string, { model, bytes, weightBytes }: OnnxSource): Candidate {
  const floats = new OnnxFloats(bytes, model);
  return {
    format,
    execution: 'native',
    engine: 'ONNX Runtime, one graph',
    runtime: 'onnxruntime',
    note: 'the model as its file has it',
    weightBytes,
    run: (x) => floats.run(x),
    dispose: () => {
      floats.dispose();
    },
  };
}

async function quantizedCandidate(
  format: string,
  { model, weightBytes, calibrate }: OnnxSource,
  wanted: Wanted,
): Promise<Candidate> {
  const small = await quantize(model, quantizeOptions(wanted, calibrate));
  const { execution, notes, bytes } = small;
  const note = [`${small.mode} quantization.`, ...notes].join(' ');
  const [engine, ofWeights] = [enginesOf(small), bytesOf(small, weightBytes)];
  // Its own session answers by a promise.
  await small.dispose();
  const floats = new OnnxFloats(bytes, model);
  return {
    format,
    execution,
    engine,
    runtime: 'onnxruntime',
    note,
    weightBytes: ofWeights,
    run: (x) => floats.run(x),
    dispose: () => {
      floats.dispose();
    },
  };
}

/** What stays in float is as large as it was. */
function bytesOf({ nodes }: QuantizedOnnxModel, before: number): number {
  const coded = nodes.filter(({ execution }) => execution !== undefined);
  const now = coded.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  const was = coded.reduce((sum, { floatWeightBytes }) => sum + floatWeightBytes, 0);
  // A weight that several products take is in the row of each.
  return Math.max(0, before - was) + now;
}

/** The kernels of the products with codes, with how many run in each. */
function enginesOf({ nodes }: QuantizedOnnxModel): string {
  const counts = new Map<string, number>();
  for (const { execution, kernel } of nodes) {
    if (execution === undefined) continue;
    const how = `${kernel} of ONNX Runtime${execution === 'native' ? '' : ', simulated'}`;
    counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  return Array.from(counts, ([how, count]) => (count === 1 ? how : `${count} x ${how}`)).join('; ');
}
