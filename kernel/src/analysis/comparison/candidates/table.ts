import { COMPARE_FORMATS, type CompareFormat, type CompareKind } from '../compare-formats';
import type { Candidate, Source } from './candidate';
import { computeCandidate } from './compute';
import { integerCandidate } from './integer';
import { onnxCandidate } from './onnx';
import { roundedCandidate } from './rounded';

/**
 * A copy of the model in a format. The caller disposes of it.
 * @throws HalfnoteError as `quantize` does: `int8-static` without calibration data, and the like.
 */
export function createCandidate(
  format: CompareFormat,
  source: Omit<Source, 'format'>,
): Promise<Candidate> {
  const how: CompareKind = COMPARE_FORMATS[format];
  const named = { ...source, format };
  switch (how.kind) {
    case 'compute':
      return computeCandidate(named, how);
    case 'integer':
      return integerCandidate(named, how);
    case 'rounded':
      return roundedCandidate(named, how);
    case 'onnxruntime':
      return onnxCandidate(named);
  }
}
