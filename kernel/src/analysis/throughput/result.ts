import type { Execution } from '../../backend/contract';

/** Seconds that a batch takes, measured. */
export interface BatchLatency {
  readonly p50: number;
  /** The 95% interval of the median over runs of this kind; null below 6 runs. */
  readonly p50Interval: { readonly low: number; readonly high: number } | null;
  /** Null below 20 runs, as p99 is below 100: too few lie beyond them to tell. */
  readonly p95: number | null;
  readonly p99: number | null;
  readonly runs: number;
}

export interface ThroughputRow {
  readonly batchSize: number;
  /** Null where the format is simulated: what the simulation takes says nothing of the format. */
  readonly latencyS: BatchLatency | null;
  /** Samples of all runs by their time. */
  readonly samplesPerS: number | null;
}

export interface ThroughputResult {
  readonly model: string;
  /** What products compute in, or the weights of a quantized model. */
  readonly format: string;
  readonly execution: Execution;
  readonly device: string;
  readonly threads: number;
  readonly rows: readonly ThroughputRow[];
}
