/** What tfjs tells the callbacks of a `fit` of it. */
export type FitParameters = Readonly<
  Partial<Record<'epochs' | 'initialEpoch' | 'steps' | 'samples' | 'batchSize', unknown>>
>;

/** The batches of a whole epoch, where `fit` was told so much. */
export function batchesPerEpoch({ steps, samples, batchSize }: FitParameters): number | undefined {
  if (typeof steps === 'number') return steps;
  if (typeof samples !== 'number' || typeof batchSize !== 'number') return undefined;
  return Math.ceil(samples / batchSize);
}
