import type { ComputeFormat, Execution } from '../../backend/contract';
import type { LayerMemory } from './step';

/** A layer's bytes at the batch size asked for. */
export interface LayerRow extends LayerMemory {
  readonly name: string;
  readonly kind: string;
  readonly parameters: number;
}

export interface FormatMemory {
  readonly format: ComputeFormat;
  readonly execution: Execution;
  /** Layers, then what belongs to none (the loss). */
  readonly layers: readonly LayerRow[];
  readonly total: LayerMemory;
  readonly batchBytes: number;
  /** Modelled: the most that is held at once. */
  readonly predictedPeakBytes: number;
  /** Measured in a real step; null where none was made. */
  readonly measuredPeakBytes: number | null;
}

export interface TrainingMemoryResult {
  readonly model: string;
  /** Which bytes of weights it was made of; missing where there are more than can be hashed in passing. */
  readonly fingerprint?: string | undefined;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly formats: readonly FormatMemory[];
}
