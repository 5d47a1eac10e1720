import type { Quantity } from '../../quantities/quantity';
import type { Spent } from './spent';

export interface GpuHoursResult extends Spent {
  readonly unit: 'step' | 'sample' | 'training';
  /** Steps or samples, of all epochs. */
  readonly units: number;
  /** Of the whole training; null where the work is known by a measured step. */
  readonly flops: number | null;
  readonly devices: number;
  readonly assumptions: readonly string[];
}

/** What fits, and what that takes. */
export interface TrainingBudgetResult extends Spent {
  readonly budget: { readonly kind: string; readonly value: number; readonly unit: string };
  readonly unit: 'step' | 'sample';
  readonly units: Quantity;
  /** Whole units that fit even if all is as dear as its interval allows. */
  readonly sureUnits: number;
  /** Null where the batch size isn't known. */
  readonly samples: Quantity | null;
  /** Null where the samples of an epoch aren't known. */
  readonly epochs: Quantity | null;
  readonly epochSamples: number | null;
  readonly devices: number;
  readonly assumptions: readonly string[];
}
