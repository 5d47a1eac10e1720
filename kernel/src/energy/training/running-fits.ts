/** What is needed of a model that trains; a `tf.LayersModel` has it. */
export interface Stoppable {
  stopTraining: boolean;
}

interface Fit {
  readonly model: Stoppable;
  readonly atEnd: (() => Promise<void>)[];
}

/** The last that has begun comes last. */
const running = new Set<Fit>();

/** Runs a `fit` of a model, which {@link stopFits} can end. */
export async function whileFitting<T>(model: Stoppable, run: () => Promise<T>): Promise<T> {
  const fit: Fit = { model, atEnd: [] };
  running.add(fit);
  try {
    return await run();
  } finally {
    running.delete(fit);
    for (const end of fit.atEnd) await end();
  }
}

/**
 * Calls `end`, which must not reject, when the running `fit` of a model has ended by whatever way, before its
 * promise settles; without a model that of the one that has begun last. Outside of any it is not called.
 */
export function whenFitEnds(model: unknown, end: () => Promise<void>): void {
  const fits = [...running];
  (fits.findLast((fit) => fit.model === model) ?? fits.at(-1))?.atEnd.push(end);
}

/** Ends each running `fit` after its batch, as a callback does that sets `stopTraining`. How many there were. */
export function stopFits(): number {
  const models = new Set([...running].map(({ model }) => model));
  const going = [...models].filter(({ stopTraining }) => !stopTraining);
  for (const model of going) model.stopTraining = true;
  return going.length;
}
