import { HalfnoteError } from '../../errors';
import type { CompareData } from '../../models/data';
import type { Calibration } from '../../models/examples';
import type { Metric } from '../../models/score';
import type { EnergyMeter } from './energy';
import type { NotebookNames } from './next-step';

export interface CompareOptions {
  /** Names of `COMPARE_FORMATS`. The first is the baseline of speed and size. */
  readonly formats: readonly string[];
  readonly data: CompareData;
  /** Samples per batch. Default 256, or all there are. */
  readonly batchSize?: number;
  /** Timed runs per format. Default 20; fewer for slow models. */
  readonly repeats?: number;
  /** Default: accuracy when `y` holds classes, else the loss. */
  readonly metric?: Metric;
  /** Typical inputs: `int8` is then static. Without, it takes each batch's own range. */
  readonly calibrate?: Calibration;
  /** Energy of repeated batches. Default: the session's meter; `false` for none, or one's own. */
  readonly measureEnergy?: EnergyMeter | boolean;
  readonly title?: string;
  /** What the notebook calls the model: the table then proposes the cell that puts it into a format. */
  readonly names?: NotebookNames;
  /**
   * Time and energy by so many trials of each format, alternating at random; `auto`: until the interval is
   * met. Rows then have intervals, and say which differences are shown. Leaves `repeats` out.
   */
  readonly trials?: number | 'auto';
  /** Of trials: half the interval's width as a share of the value. Default 0.05. */
  readonly precision?: number;
  /** Of trials: seconds for all of them. Default 120. */
  readonly budgetS?: number;
}

/** @throws HalfnoteError `invalid-option` unless it is a whole number from 1. */
export function positive(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new HalfnoteError(
    'invalid-option',
    `${name} is ${value}; it must be a whole number from 1 up.`,
  );
}
