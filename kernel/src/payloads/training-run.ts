import { z } from 'zod';
import { execution } from './schemas';
import { number, quantity } from './wire';

/** Points of a curve of batches that a payload holds: a chart is no wider. */
export const MOST_BATCHES = 400;
/** Epochs that a payload holds, evenly chosen where there were more, always with the last. */
export const MOST_EPOCHS = 500;

/** The averages over an epoch, as `fit` tells them. */
export const trainedEpoch = z.object({
  /** From 1 on. */
  epoch: z.int().min(1),
  /** Steps done by its end. */
  step: z.int().min(0),
  /** `loss`, `acc`, `val_loss`, ... */
  values: z.record(z.string(), number),
});

/**
 * A training, while it runs or after it: how far it is, its losses and metrics, its loss scale, its energy.
 * Steps are optimizer steps of this training, skipped ones included.
 */
export const trainingRun = z.object({
  title: z.string(),
  format: z.string(),
  execution,
  /** `stopped`: before what was planned, by a callback, an interrupt or an error. */
  state: z.enum(['running', 'finished', 'stopped']),
  step: z.int().min(0),
  /** Null where nothing tells how many there will be. */
  steps: z.int().min(0).nullable(),
  /** The epoch that runs, or the last; 0 before the first, and of a loop without epochs. */
  epoch: z.int().min(0),
  epochs: z.int().min(0).nullable(),
  durationS: number,
  remainingS: number.nullable(),
  /** The loss of single batches, `[step, loss]`, evenly chosen. */
  batchLoss: z.array(z.tuple([z.int().min(0), number])).max(MOST_BATCHES),
  trained: z.array(trainedEpoch).max(MOST_EPOCHS),
  /** Null where the loss isn't scaled. */
  lossScale: z
    .object({
      /** The scale at the beginning, at step 0, and its changes. */
      history: z.array(z.object({ step: z.int().min(0), scale: number })),
      steps: z.int().min(0),
      /** The latest skipped steps. */
      skippedAt: z.array(z.int().min(0)),
      skippedSteps: z.int().min(0),
    })
    .nullable(),
  /** Of the user's code since the training began; null where nothing is measured. */
  energyJ: quantity.nullable(),
});

export type TrainingRun = z.infer<typeof trainingRun>;
export type TrainedEpoch = z.infer<typeof trainedEpoch>;
