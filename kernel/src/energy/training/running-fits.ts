/** What is needed of a model that trains; a `tf.LayersModel` has it. */
export interface Stoppable {
  stopTraining: boolean;
}

const running = new Set<Stoppable>();

/** Runs a `fit` of a model, which {@link stopFits} can end. */
export async function whileFitting<T>(model: Stoppable, run: () => Promise<T>): Promise<T> {
  const isOuter = !running.has(model);
  running.add(model);
  try {
    return await run();
  } finally {
    if (isOuter) running.delete(model);
  }
}

/** Ends each running `fit` after its batch, as a callback does that sets `stopTraining`. How many there were. */
export function stopFits(): number {
  const going = [...running].filter(({ stopTraining }) => !stopTraining);
  for (const model of going) model.stopTraining = true;
  return going.length;
}
