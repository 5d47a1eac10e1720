import { measureEnergy } from '../../energy/measure';
import type { Method, Quantity } from '../../quantities/quantity';

type Interval = Pick<Quantity, 'low' | 'high'>;

/** What an energy meter says of one window. */
export interface EnergyReading {
  readonly energyJ: number;
  /** Within which the true joules lie, where the meter tells. */
  readonly interval?: Interval | undefined;
  readonly method: Method;
  /** For example `RAPL package-0`. */
  readonly source: string;
  /** Grams of CO2 equivalent, where the meter knows the grid's intensity. */
  readonly co2eG?: number | undefined;
}

/** Runs `work` in a named window and reads its energy; undefined where there is no figure. */
export type EnergyMeter = (
  name: string,
  work: () => void,
) => Promise<EnergyReading | undefined> | EnergyReading | undefined;

/** Counters are refreshed about every 100 ms: a window has to be several times as long. */
const WINDOW_S = 0.3;
const MOST_RUNS = 1_000_000;

/** Energy and CO2e of one run, from a window of as many runs as it takes to be long enough. */
export async function measurePerBatch(
  meter: EnergyMeter,
  name: string,
  run: () => void,
  windowS = WINDOW_S,
): Promise<EnergyReading | undefined> {
  let runs = 0;
  const reading = await meter(name, () => {
    const end = performance.now() + windowS * 1000;
    do {
      run();
      runs++;
    } while (performance.now() < end && runs < MOST_RUNS);
  });
  if (reading === undefined || runs === 0) return undefined;
  const { energyJ, interval, co2eG } = reading;
  return {
    ...reading,
    energyJ: energyJ / runs,
    ...(interval && { interval: { low: interval.low / runs, high: interval.high / runs } }),
    co2eG: co2eG === undefined ? undefined : co2eG / runs,
  };
}

/**
 * The session's own meter. A window's method is that of its least direct part; the source names
 * every part's. A figure that isn't whole is none: what is missing differs from one format to the next.
 */
export const sessionMeter: EnergyMeter = async (name, work) => {
  const { energyJ, interval, co2eG, method, window } = await measureEnergy(name, work);
  const { parts, problems } = window;
  if (parts.length === 0 || problems.length > 0) return undefined;
  return {
    energyJ,
    interval,
    co2eG,
    method,
    source: parts.map((part) => `${part.component}: ${part.source}`).join('; '),
  };
};
