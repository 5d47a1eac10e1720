import { REGIONS } from './regions';

/** The yearly mean of a region's electricity, gCO2e/kWh, life cycle included. */
export interface GridRegion {
  /** ISO 3166-1 alpha-3 code, or a group's name: `WORLD`. */
  readonly region: string;
  readonly name: string;
  readonly gramsPerKWh: number;
  /** Lowest and highest of what the sources say. */
  readonly low: number;
  readonly high: number;
}

/** Groups first, then countries by their names. */
export function regions(): readonly GridRegion[] {
  return REGIONS.trim()
    .split('\n')
    .map((row) => {
      const [region = '', name = '', ...figures] = row.split('|');
      const [gramsPerKWh = NaN, low = gramsPerKWh, high = gramsPerKWh] = figures.map(Number);
      return { region, name, gramsPerKWh, low, high };
    });
}
