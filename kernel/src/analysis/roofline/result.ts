import type { CostFormat } from '../cost/formats';
import type { Execution } from '../../backend/contract';

/** What the machine reaches in a format, measured in this run; nulls where the format is simulated. */
export interface Roof {
  readonly format: CostFormat;
  readonly execution: Execution;
  /** Best of a few large matrix products. */
  readonly peakFlopPerS: number | null;
  /** Best of a few copies in memory, bytes read and written; of all formats together. */
  readonly bandwidthBytePerS: number | null;
  /** Where the two meet: below it memory is what limits. */
  readonly ridgeFlopPerByte: number | null;
  /** Why native, or why not. */
  readonly reason: string;
}

/** A layer that multiplies, in one format. */
export interface RooflinePoint {
  /** From 1, in the order of the model: its label in the chart. */
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  readonly format: CostFormat;
  readonly intensityFlopPerByte: number;
  /** Modelled: the roof above it. */
  readonly attainableFlopPerS: number;
  /** Its FLOPs by the median time of its kernels; null where they can't be timed one by one. */
  readonly measuredFlopPerS: number | null;
  readonly bound: 'compute' | 'memory';
}

export interface RooflineResult {
  readonly model: string;
  /** Which bytes of weights it was made of; missing where there are more than can be hashed in passing. */
  readonly fingerprint?: string | undefined;
  readonly batchSize: number;
  readonly device: string;
  readonly threads: number;
  /** Threads that were at work in the minute before the measurement; 0 where the system doesn't tell. */
  readonly loadBefore: number;
  readonly roofs: readonly Roof[];
  readonly points: readonly RooflinePoint[];
  /** Layers that multiply nothing: memory limits them all. */
  readonly others: number;
}
