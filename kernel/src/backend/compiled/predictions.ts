import { listReasons, Reasons, type Reason } from '../deferred/statistics';

/** How predictions have run so far, in batches. */
export interface PredictionStatistics {
  readonly batches: number;
  /** Of these, how many were one call of TensorFlow. */
  readonly asOneProgram: number;
  /** Why models run as JavaScript, and how many, most often first. */
  readonly refusals: readonly Reason[];
}

let batches = 0;
let asOneProgram = 0;
const refusals = new Reasons();

/** Batches that a model has predicted, each as one call of TensorFlow or not. */
export function countBatches(count: number, compiled: boolean): void {
  batches += count;
  if (compiled) asOneProgram += count;
}

/** A model runs as JavaScript from now on. */
export function countRefusal(why: string): void {
  refusals.note(why);
}

export function predictionStatistics(): PredictionStatistics {
  return { batches, asOneProgram, refusals: refusals.sorted() };
}

/** For example `run as one program: 120 of 124; op by op: Cube is a layer class of its own (1)`; empty where there were none. */
export function predictionsInWords(): string {
  if (batches === 0) return '';
  const why = listReasons('op by op', refusals.sorted());
  return `run as one program: ${asOneProgram} of ${batches}${why}`;
}
