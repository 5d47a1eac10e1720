import * as tf from '@tensorflow/tfjs';
import { batchesPerEpoch, type FitParameters } from '../energy/training/fit-parameters';
import { whenFitEnds, type Stoppable } from '../energy/training/running-fits';
import { host } from '../host';
import { modelOfUser } from '../precision/policies/models';
import { CellEnergy } from './cell-energy';
import { noteRun } from './history';
import { RecordedRun, type Planned, type Values } from './recorded-run';
import { ShownRun } from './shown-run';
import { underPolicy } from './under-policy';

/** `fit` keeps the event loop to itself otherwise, and an output is sent in a turn of it. */
const YIELD_MS = 125;

/**
 * Shows a `fit` in its cell. tfjs makes one for each `fit` that isn't told `verbose: 0`; in a plain script
 * it does nothing, and the bar of tfjs-node is there.
 */
export class FitCallback extends tf.Callback {
  #run: RecordedRun | undefined;
  #shown: ShownRun | undefined;
  #energy: CellEnergy | undefined;
  #yieldedAt = performance.now();

  override onTrainBegin(): Promise<void> {
    if (host() === undefined) return Promise.resolve();
    const run = (this.#run = new RecordedRun(this.#planned()));
    this.#shown = new ShownRun(run);
    this.#energy = new CellEnergy();
    noteRun(this.#parameters, run, this.#shown);
    // One that fails or is interrupted doesn't come to onTrainEnd.
    whenFitEnds(this.model, () => this.#end());
    return Promise.resolve();
  }

  override onEpochBegin(epoch: number): Promise<void> {
    this.#run?.beginEpoch(epoch + 1);
    return Promise.resolve();
  }

  override async onBatchEnd(_batch: number, logs?: tf.Logs): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    // The next to read it is tfjs-node's bar, in any case.
    const { loss } = await valuesOf({ loss: logs?.['loss'] });
    run.advance(loss);
    if (performance.now() - this.#yieldedAt >= YIELD_MS) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#yieldedAt = performance.now();
    }
    if (this.#shown?.isDue !== true) return;
    this.#energy?.refresh();
    run.energyJ = this.#energy?.energyJ;
    this.#shown.draw();
  }

  override async onEpochEnd(_epoch: number, logs: tf.Logs = {}): Promise<void> {
    this.#run?.endEpoch(await valuesOf(logs));
  }

  override onTrainEnd(): Promise<void> {
    const { stopTraining } = this.model as unknown as Stoppable;
    this.#run?.end(!stopTraining);
    return this.#end();
  }

  /** However training ends; again where it has ended already. */
  async #end(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    run.end(false);
    await this.#energy?.ask();
    run.energyJ = this.#energy?.energyJ;
    this.#shown?.draw();
  }

  #planned(): Planned {
    const { epochs, initialEpoch } = this.#parameters;
    return {
      ...underPolicy(),
      title: `Training of ${modelOfUser(this.model).name}`,
      epochs: asNumber(epochs),
      firstEpoch: asNumber(initialEpoch),
      stepsPerEpoch: batchesPerEpoch(this.#parameters),
    };
  }

  get #parameters(): FitParameters {
    return this.params;
  }
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Some are tensors still, which belong to the history. */
async function valuesOf(logs: Readonly<Record<string, unknown>>): Promise<Values> {
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(logs)) {
    const read = value instanceof tf.Tensor ? (await value.data())[0] : value;
    if (typeof read === 'number') values[name] = read;
  }
  return values;
}
