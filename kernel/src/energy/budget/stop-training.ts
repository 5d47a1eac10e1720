import { host } from '../../host';
import { stopFits } from '../training/running-fits';

/** By which the kernel process asks the cell process to end what trains. */
export const STOP_TRAINING = 'energy.stop';

/** Ends each running `fit`, and says so where there is one. */
export function stopTraining(): void {
  const stopped = stopFits();
  if (stopped === 0) return;
  const fits = stopped === 1 ? 'model.fit ends' : `${stopped} fits end`;
  console.log(`The energy budget is spent: ${fits} after this batch. The weights are kept.`);
}

/**
 * To be called in each process that trains: the budget is the kernel process's, and outlives the cell process
 * in which it was set.
 */
export function hearStopTraining(): void {
  host()?.onNotify(STOP_TRAINING, stopTraining);
}
