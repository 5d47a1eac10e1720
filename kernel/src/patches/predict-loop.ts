import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { rowsAtOnce } from '../models/rows-at-once';
import { ModelRun } from './model-run';
import { methodPatch, type Patch } from './patch';

export type Rows = Tensor | Tensor[];

/** Predicts rows in batches; `run` is tfjs's own loop over them. */
export type PredictRows = (
  model: tf.LayersModel,
  rows: Rows,
  batchSize: number,
  run: (rows: Rows, batchSize: number) => Rows,
) => Rows;

let predictRows: PredictRows | undefined;

/** Sets what predicts in the place of tfjs's loop; undefined: that loop. */
export function setPredictRows(next: PredictRows | undefined): void {
  predictRows = next;
}

/** How many rows tfjs takes at a time where nobody says. */
const BATCH_SIZE = 32;

export const predictLoop: Patch = methodPatch(
  {
    target: 'LayersModel.prototype',
    member: 'predictLoop',
    why: 'Layers are told which model calls them, and one that predicts again runs as one program.',
  },
  () => tf.LayersModel.prototype,
  (original) =>
    function (this: tf.LayersModel, ...args: [Rows, number?, boolean?]): Rows {
      const [rows, wanted = BATCH_SIZE, verbose = false] = args;
      const batchSize = Math.min(wanted, rowsAtOnce(this.inputs, this.layers));
      const run = (...of: unknown[]): Rows =>
        ModelRun.of(this, () => original.apply(this, of) as Rows);
      if (verbose || predictRows === undefined) return run(rows, batchSize, verbose);
      return predictRows(this, rows, batchSize, run);
    },
);
