import { HalfnoteError, shown } from '../../errors';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { requireEnergy, requireWithin } from '../carbon/bounds';

/** What was measured: a window of the monitor, what `measureEnergy` gives, or joules. */
export type Measured = Quantity | MeasuredRun | { readonly window: MeasuredRun };

export interface MeasuredRun {
  readonly name?: string;
  /** Attributed to the work. A bare number has no interval, which is then said. */
  readonly energyJ: Quantity | number;
  /** The whole machine meanwhile. */
  readonly machineJ?: Quantity | number;
  readonly durationS?: Quantity | number;
}

/** Whose joules count: of the work alone, or of the whole machine while it ran. */
export const BOUNDARIES = ['attributed', 'machine'] as const;
export type Boundary = (typeof BOUNDARIES)[number];

export interface Run {
  readonly name: string;
  readonly energyJ: Quantity;
  readonly durationS: Quantity | null;
  /** The joules came without an interval. */
  readonly bare: boolean;
}

/** @throws HalfnoteError `invalid-argument` for what has no joules, `invalid-energy` for wrong ones. */
export function runOf(measured: Measured, boundary: Boundary): Run {
  const given: unknown = measured;
  if (typeof given !== 'object' || given === null) throw noRun(given);
  if (isQuantity(given)) {
    return { name: 'the run', energyJ: checked(given), durationS: null, bare: false };
  }
  const { name, energyJ, machineJ, durationS } = windowIn(given);
  const joules = boundary === 'machine' ? machineJ : energyJ;
  if (joules === undefined) throw noRun(given, boundary);
  return {
    name: typeof name === 'string' && name !== '' ? name : 'the run',
    energyJ: checked(joules),
    durationS: durationS === undefined ? null : seconds(durationS),
    bare: !isQuantity(joules),
  };
}

/** What `measureEnergy` gives holds its window, with all that is known of the joules. */
function windowIn(given: object): Partial<MeasuredRun> {
  const window: unknown = 'window' in given ? given.window : undefined;
  return typeof window === 'object' && window !== null ? window : given;
}

function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'object' && value !== null && 'value' in value && 'systematic' in value;
}

function checked(joules: Quantity | number): Quantity {
  requireEnergy(isQuantity(joules) ? joules.value : joules);
  return isQuantity(joules) ? joules : exact(joules, { method: 'estimated' });
}

function seconds(durationS: Quantity | number): Quantity {
  const value = isQuantity(durationS) ? durationS.value : durationS;
  requireWithin(value, {
    name: 'durationS',
    code: 'invalid-argument',
    min: 0,
    max: Infinity,
    unit: 'seconds',
    hint: 'Leave it out where it is not known.',
  });
  return isQuantity(durationS) ? durationS : exact(value, { method: 'counter' });
}

function noRun(given: unknown, boundary: Boundary = 'attributed'): HalfnoteError {
  const field = boundary === 'machine' ? 'machineJ' : 'energyJ';
  return new HalfnoteError(
    'invalid-argument',
    `whatIf takes a measured run with ${field}, not ${shown(given)}.`,
    'Give what measureEnergy(name, work) gives, a window of the monitor, or { energyJ, durationS }.',
  );
}
