import type { Execution } from '../../backend/contract';
import type { Quantity } from '../../quantities/quantity';

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

/** One training to a target. */
export interface TargetRun {
  /** The epoch that met the target, from 1; null where none did. */
  readonly epoch: number | null;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** The best of the metric in these; null where it was never a number. */
  readonly best: number | null;
  /** Wall seconds of all epochs that were trained, validation within; null where the format is simulated. */
  readonly durationS: number | null;
  /** Joules of the same, attributed to the training; null where the format is simulated. */
  readonly energyJ: Quantity | null;
}

export interface TrainingToTargetResult {
  readonly model: string;
  /** `accuracy >= 0.95`. */
  readonly target: string;
  /** As `fit` logs it: `val_acc`. */
  readonly metric: string;
  /** Were the samples that are scored left out of the training? */
  readonly validated: boolean;
  /** What each training begins with: weights as their initializers draw them, or the model's own. */
  readonly from: 'initializers' | 'weights';
  /** Epochs that a training may take. */
  readonly maxEpochs: number;
  readonly batchSize: number;
  readonly format: string;
  readonly execution: Execution;
  readonly device: string;
  readonly threads: number;
  readonly runs: readonly TargetRun[];
  /** Means over the trainings, where all met the target and were timed. */
  readonly mean: { readonly durationS: Quantity; readonly energyJ: Quantity } | null;
}
