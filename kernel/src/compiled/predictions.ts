/** How predictions have run so far, in batches. */
export interface PredictionStatistics {
  readonly batches: number;
  /** Of these, how many were one call of TensorFlow. */
  readonly asOneProgram: number;
  /** Why models run as JavaScript, and how many. */
  readonly refusals: ReadonlyMap<string, number>;
}

let batches = 0;
let asOneProgram = 0;
const refusals = new Map<string, number>();

export function countBatch(compiled: boolean): void {
  batches += 1;
  if (compiled) asOneProgram += 1;
}

export function countRefusal(why: string): void {
  refusals.set(why, (refusals.get(why) ?? 0) + 1);
}

export function predictionStatistics(): PredictionStatistics {
  return { batches, asOneProgram, refusals };
}

/** For example `96 of 100 batches as one program; op by op: Cube is a layer class of its own (1)`. */
export function predictionsInWords(): string {
  const why = [...refusals].map(([reason, count]) => `${reason} (${count})`).join(', ');
  return `${asOneProgram} of ${batches} batches as one program${why === '' ? '' : `; op by op: ${why}`}`;
}
