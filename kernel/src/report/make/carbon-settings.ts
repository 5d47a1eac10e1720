import type { Report } from '../schema';

/** How joules become grams in a report, as the user stated it. */
export interface CarbonSettings {
  /** A country, group, state, zone or cloud region. */
  readonly region?: string | undefined;
  /** Instead of a region's: gCO2e/kWh. */
  readonly gridIntensity?: number | undefined;
  readonly pue?: number | undefined;
  /** Water usage effectiveness of the site: litres a kWh. */
  readonly wue?: number | undefined;
  /** Making the machine, spread evenly over the years that it serves. */
  readonly embodied?: EmbodiedSettings | undefined;
}

export interface EmbodiedSettings {
  readonly deviceKgCO2e: number;
  readonly lifetimeYears: number;
}

type Settings = Report['settings'];

/** As they stand in the report's settings: null for what wasn't stated. */
export function writtenCarbon({
  region,
  gridIntensity,
  pue,
  wue,
  embodied,
}: CarbonSettings): Settings {
  return {
    region: region ?? null,
    gridIntensityGPerKWh: gridIntensity ?? null,
    pue: pue ?? null,
    wueLPerKWh: wue ?? null,
    embodiedKgCO2e: embodied?.deviceKgCO2e ?? null,
    lifetimeYears: embodied?.lifetimeYears ?? null,
  };
}

/** The inverse of {@link writtenCarbon}. */
export function readCarbon(settings: Settings): CarbonSettings {
  const number = (name: string): number | undefined => {
    const value = settings[name];
    return typeof value === 'number' ? value : undefined;
  };
  const region = settings['region'];
  const [deviceKgCO2e, lifetimeYears] = [number('embodiedKgCO2e'), number('lifetimeYears')];
  return {
    region: typeof region === 'string' ? region : undefined,
    gridIntensity: number('gridIntensityGPerKWh'),
    pue: number('pue'),
    wue: number('wueLPerKWh'),
    embodied:
      deviceKgCO2e === undefined || lifetimeYears === undefined
        ? undefined
        : { deviceKgCO2e, lifetimeYears },
  };
}
