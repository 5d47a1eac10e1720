import type { DeviceFacts } from '../../../backend/contract';
import type { CompareData } from '../../../models/data';
import type { Candidate } from '../candidates/candidate';
import type { CompareFormat } from '../compare-formats';
import type { EngineBaseline } from '../engine-baseline';

/** What is compared: a model of tfjs, or one that ONNX Runtime runs. */
export interface Subject {
  readonly name: string;
  readonly parameters: number;
  readonly data: CompareData;
  /** The shape of the output that is scored; null where a size is open. */
  readonly outputShape: readonly (number | null)[];
  /** The loss that it was compiled with, if any. */
  readonly loss: unknown;
  /** What fp32 runs in. */
  readonly engine: string;
  readonly facts: DeviceFacts;
  readonly notes: readonly string[];
  /** Rows in a batch where so many are wanted. */
  batchRows(wanted: number): number;
  /** The name under which a format is made once. */
  specific(format: CompareFormat): CompareFormat;
  /** A copy in a format. The caller disposes of it. */
  create(format: CompareFormat): Promise<Candidate>;
  engineBaseline(candidates: readonly Candidate[]): Promise<EngineBaseline>;
}
