import { HalfnoteError, shown } from '../../errors';
import type { Quantity } from '../../quantities/quantity';
import { requireWithin } from '../carbon/bounds';
import type { CarbonOptions } from '../carbon/factor';
import { requireCurrency, requirePrice } from '../carbon/money';
import type { HourlyIntensity } from './hours/entry';
import { BOUNDARIES, type Boundary } from './run';

export interface WhatIfOptions extends CarbonOptions {
  /** `attributed` to the work (default), or the whole `machine`. */
  readonly boundary?: Boundary;
  /** Other places: anything that `gridIntensity` takes. */
  readonly regions?: string | readonly string[];
  /** A CSV or JSON file of intensities by hour, or these themselves. */
  readonly hours?: string | readonly HourlyIntensity[];
  /** Starts to look at beside the cleanest and the dirtiest: `2026-03-01T03:00Z`, or `3` where hours of the day are known. */
  readonly at?: string | number | readonly (string | number)[];
  /** Other precisions, as measured: ratios, or a table of `compare`. */
  readonly precision?: PrecisionSource;
  /** The format that the run was in, to find it in a table of `compare`; without it the table's baseline. */
  readonly format?: string;
  /** The same work divided among so many devices like this one. */
  readonly devices?: number | readonly number[];
  /** How much of N devices' work is useful, above 0 to 1. Without it scaling is taken for perfect. */
  readonly efficiency?: number;
  readonly pricePerKWh?: number;
  /** ISO 4217 code; needed with a price. */
  readonly currency?: string;
}

/** How a precision compares with that of the run. */
export interface PrecisionRatio {
  readonly name: string;
  /** Its joules over the run's, above 0. */
  readonly energyRatio: Quantity | number;
  /** Its time over the run's, above 0. */
  readonly durationRatio?: Quantity | number;
  /** Where the ratios were measured. */
  readonly source: string;
}

/** The rows of a precision table that matter here. In a notebook that is not strict all may be missing. */
export interface ComparedFormats {
  readonly baseline: string;
  readonly rows: readonly {
    readonly format: string;
    readonly energyJ?: { readonly value?: number | string; readonly method?: string } | null;
    readonly latencyS?: { readonly median?: number | string } | null;
    /** By trials: of one batch. */
    readonly trials?: {
      readonly count?: number;
      readonly durationS?: Quantity;
      readonly energyJ?: Quantity | null;
    };
  }[];
}

export type PrecisionSource =
  readonly PrecisionRatio[] | ComparedFormats | { readonly payload: ComparedFormats };

export interface Price {
  readonly pricePerKWh: number;
  readonly currency: string;
}

/** @throws HalfnoteError `invalid-price` for a wrong price, or one without its currency. */
export function priceOf({ pricePerKWh, currency }: WhatIfOptions): Price | null {
  if (pricePerKWh === undefined && currency === undefined) return null;
  if (pricePerKWh === undefined || currency === undefined) {
    throw new HalfnoteError(
      'invalid-price',
      `${pricePerKWh === undefined ? `currency ${shown(currency)} is given without pricePerKWh` : `pricePerKWh ${shown(pricePerKWh)} is given without a currency`}.`,
      'Give both, for example { pricePerKWh: 0.3, currency: "EUR" }.',
    );
  }
  requirePrice(pricePerKWh, 'pricePerKWh');
  return { pricePerKWh, currency: requireCurrency(currency) };
}

/** @throws HalfnoteError `invalid-argument` for counts that are no whole numbers from 1. */
export function devicesOf({ devices = [] }: WhatIfOptions): readonly number[] {
  const counts = typeof devices === 'object' ? devices : [devices];
  for (const count of counts) {
    if (Number.isInteger(count) && count >= 1 && count <= 1e6) continue;
    throw new HalfnoteError(
      'invalid-argument',
      `devices is ${shown(count)}; it must be a whole number from 1 to 1000000.`,
    );
  }
  return counts;
}

/** @throws HalfnoteError `invalid-argument` outside (0, 1]. */
export function efficiencyOf({ efficiency = 1 }: WhatIfOptions): number {
  requireWithin(efficiency, {
    name: 'efficiency',
    code: 'invalid-argument',
    min: 0,
    max: 1,
    open: true,
    hint: 'It is the throughput of N devices over N times that of one: 0.9 where a tenth goes to waiting and communication.',
  });
  return efficiency;
}

/** What changes nothing without something else. */
const BELONGS = [
  ['at', 'hours'],
  ['format', 'precision'],
  ['efficiency', 'devices'],
] as const;

/** @throws HalfnoteError `invalid-argument` for what would be left out without a word. */
export function requireUsed(options: WhatIfOptions): void {
  for (const [name, owner] of BELONGS) {
    if (options[name] === undefined || options[owner] !== undefined) continue;
    throw new HalfnoteError(
      'invalid-argument',
      `${name} ${shown(options[name])} is given without ${owner}, and would change nothing.`,
      `Give ${owner} too, or leave ${name} out.`,
    );
  }
}

/** @throws HalfnoteError for another word. */
export function boundaryOf({ boundary = 'attributed' }: WhatIfOptions): Boundary {
  if (BOUNDARIES.includes(boundary)) return boundary;
  throw new HalfnoteError(
    'invalid-argument',
    `boundary is ${shown(boundary)}; it must be ${BOUNDARIES.join(' or ')}.`,
  );
}
