import * as z from 'zod/mini';
import type { WireNumber } from '../../display/numbers';
import { count, execution, figure, number, quantity } from '../wire';

/** Points of a curve of batches that a payload holds: a chart is no wider. */
export const MOST_BATCHES = 400;
/** Epochs that a payload holds, evenly chosen where there were more, always with the last. */
export const MOST_EPOCHS = 500;

/** Measures of an epoch. */
const MOST_MEASURES = 100;

type Values = Readonly<Record<string, WireNumber>>;

/** As `z.record` would have it, of which zod is a tenth larger. */
function areValues(data: unknown): data is Values {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  const values = Object.values(data);
  return values.length <= MOST_MEASURES && values.every((value) => number.safeParse(value).success);
}

/** The averages over an epoch, as `fit` tells them. */
export const trainedEpoch = z.object({
  /** From 1 on. */
  epoch: count,
  /** Steps done by its end. */
  step: count,
  /** `loss`, `acc`, `val_loss`, ... */
  values: z.custom<Values>(areValues, { error: 'must be numbers by their names' }),
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
  step: count,
  /** Null where nothing tells how many there will be. */
  steps: z.nullable(count),
  /** The epoch that runs, or the last; 0 before the first, and of a loop without epochs. */
  epoch: count,
  epochs: z.nullable(count),
  durationS: figure,
  remainingS: z.nullable(figure),
  /** The loss of single batches, `[step, loss]`, evenly chosen. */
  batchLoss: z.array(z.tuple([count, number])).check(z.maxLength(MOST_BATCHES)),
  trained: z.array(trainedEpoch).check(z.maxLength(MOST_EPOCHS)),
  /** Null where the loss isn't scaled. */
  lossScale: z.nullable(
    z.object({
      /** The scale at the beginning, at step 0, and its changes. */
      history: z.array(z.object({ step: count, scale: number })),
      steps: count,
      /** The latest skipped steps. */
      skippedAt: z.array(count),
      skippedSteps: count,
    }),
  ),
  /** Of the user's code since the training began; null where nothing is measured. */
  energyJ: z.nullable(quantity),
});

export type TrainingRun = z.infer<typeof trainingRun>;
