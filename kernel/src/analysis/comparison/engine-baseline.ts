import { firstLine } from '../../errors';
import { isInterrupt } from '../../host';
import type { Candidate, Source } from './candidates/candidate';
import { createCandidate } from './candidates/table';

const FP32 = 'fp32';
const IN_ONNX_RUNTIME = 'fp32-ort';

export interface EngineBaseline {
  /** The float model in ONNX Runtime, where an integer one runs there and fp32 is the baseline. */
  readonly candidate?: Candidate;
  /** Why there is none, though it would be needed. */
  readonly notes: readonly string[];
}

/**
 * The same engine's fp32 for models that run as one graph in ONNX Runtime: beside fp32 layer by layer,
 * an engine's gain would pass for a format's.
 */
export async function engineBaseline(
  candidates: readonly Candidate[],
  source: Omit<Source, 'format'>,
): Promise<EngineBaseline> {
  const there = candidates.filter(({ runtime }) => runtime === 'onnxruntime');
  const known = candidates.some(({ format }) => format === IN_ONNX_RUNTIME);
  if (there.length === 0 || known || candidates[0]?.format !== FP32) return { notes: [] };
  try {
    return { candidate: await createCandidate(IN_ONNX_RUNTIME, source), notes: [] };
  } catch (error) {
    if (isInterrupt(error)) throw error;
    return { notes: [`No fp32 in ONNX Runtime to compare with: ${firstLine(error)}`] };
  }
}

/** What a candidate's speed is measured against: the first, or where that is fp32, fp32 in its engine. */
export function baselineOf(
  candidate: Candidate,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const [first] = candidates;
  if (first?.format !== FP32 || candidate.runtime !== 'onnxruntime') return first;
  return candidates.find(({ format }) => format === IN_ONNX_RUNTIME) ?? first;
}
