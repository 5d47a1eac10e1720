import { HalfnoteError, shown } from '../../errors';
import { mulberry32 } from '../../quantities/mulberry32';
import { counterMeter } from './counter-meter';
import type { Component, Meter } from './meter';

export interface SimulatedOptions {
  readonly component?: Component;
  /** Default: `simulated cpu`, ... */
  readonly source?: string;
  /** Watts at a time in seconds of the monitor's clock, from 0. */
  readonly watts: (atS: number) => number;
  /** The counter moves in steps this long. Default: 1 ms. */
  readonly stepS?: number;
  /** Where the counter begins again. Default: never. */
  readonly rangeJ?: number;
  /** Standard deviation of a step's energy, as a share of it, and the seed that it is drawn with. Default: none. */
  readonly noise?: { readonly relative: number; readonly seed: number };
  /** Whether it tells its power beside its energy, as GPUs do. Default: no. */
  readonly tellsPower?: boolean;
  readonly idle?: Meter['idle'];
  readonly band?: Meter['band'];
  /** Whether the device can be read at a time. Default: always. */
  readonly isThere?: (atS: number) => boolean;
}

/** A meter whose truth is known. */
export interface SimulatedMeter extends Meter {
  /** Joules that the device has drawn from time 0, without steps and noise. */
  trueJoules(atS: number): number;
}

const MICROJOULES_PER_J = 1_000_000n;
/** Power is integrated by the midpoint rule in parts this long. */
const PART_S = 1e-3;
/** Far above any power that is simulated, so that noise is never taken for a fault. */
const MOST_WATTS = 1e6;

/**
 * A device that draws the power it is told to: for tests, courses and benchmarks. It is read by way of a
 * counter, with all that real ones have: steps, a range at which it begins again, noise, times without a
 * reading. Times may only go up.
 * @throws HalfnoteError `invalid-argument` for a step, range or noise that can't be.
 */
export function simulatedMeter(options: SimulatedOptions): SimulatedMeter {
  const { component = 'cpu', stepS = PART_S, rangeJ, noise, isThere = () => true } = options;
  const { source = `simulated ${component}`, tellsPower = false, idle, band } = options;
  positive('stepS', stepS);
  if (rangeJ !== undefined) positive('rangeJ', rangeJ);
  if (noise !== undefined && !(noise.relative >= 0 && noise.relative < 1)) {
    throw invalid('noise.relative', noise.relative, 'from 0 and below 1');
  }
  const parts = Math.max(1, Math.round(stepS / PART_S));
  const normal = gaussian(noise?.seed ?? 0);
  const rangeUj = rangeJ === undefined ? undefined : BigInt(Math.round(rangeJ * 1e6));

  let steps = 0;
  let shownUj = 0;
  const showAt = (atS: number): bigint => {
    // A time on a step's edge must not fall below it by rounding.
    const until = Math.floor(atS / stepS + 1e-9);
    for (; steps < until; steps++) {
      const joules = integral(options.watts, steps * stepS, (steps + 1) * stepS, parts);
      const factor = noise === undefined ? 1 : Math.max(0, 1 + noise.relative * normal());
      shownUj += joules * factor * 1e6;
    }
    const count = BigInt(Math.round(shownUj));
    return rangeUj === undefined ? count : count % rangeUj;
  };

  let nowS = 0;
  const meter = counterMeter({
    component,
    source,
    count: () => {
      if (!isThere(nowS)) throw new Error(`${source} is away at ${nowS} s`);
      return showAt(nowS);
    },
    bounds: { unitsPerJ: MICROJOULES_PER_J, range: rangeUj, mostWatts: MOST_WATTS, slackS: stepS },
  });
  return {
    ...meter,
    note: 'A simulated device: its energy is made up.',
    refreshS: stepS,
    ...(idle === undefined ? {} : { idle }),
    ...(band === undefined ? {} : { band }),
    read: (atS) => {
      nowS = atS;
      const reading = meter.read(atS);
      return tellsPower ? { ...reading, watts: options.watts(atS) } : reading;
    },
    trueJoules: (atS) => integral(options.watts, 0, atS, Math.max(1, Math.ceil(atS / PART_S))),
  };
}

/** By the midpoint rule. */
function integral(
  watts: (atS: number) => number,
  fromS: number,
  toS: number,
  parts: number,
): number {
  const partS = (toS - fromS) / parts;
  let sum = 0;
  for (let part = 0; part < parts; part++) sum += watts(fromS + (part + 0.5) * partS);
  return sum * partS;
}

/** Normal numbers by Box and Muller. */
function gaussian(seed: number): () => number {
  const uniform = mulberry32(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

function positive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw invalid(name, value, 'a finite number above 0');
}

function invalid(name: string, value: unknown, allowed: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    `${name} of a simulated device is ${shown(value)}; it must be ${allowed}.`,
  );
}
