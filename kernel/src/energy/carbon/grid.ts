import { resolveRegion } from './regions';
import { recentYears, sourcesOf } from './sources';
import type { IntensitySource } from './sources';

/** Average carbon intensity of a region's electricity, life cycle included, with where it is from. */
export interface GridIntensity extends IntensitySource {
  /** From the lowest to the highest of what `spreadOf` names; both are `gramsPerKWh` where nothing does. */
  readonly low: number;
  readonly high: number;
  /**
   * Whose figures `low` and `high` are: `sources` that know the region; `zones` that serve it; `years` of the
   * one source that knows it; `none`: one figure is all there is, and how far it may be off isn't known.
   */
  readonly spreadOf: 'sources' | 'zones' | 'years' | 'none';
  /** As it was resolved: `FRA`, `WORLD`, `US-CA`, `us-east-1`; or `given`. */
  readonly region: string;
  /** In English. */
  readonly name: string;
  /** ISO 3166-1 alpha-3 of the country; null for groups and given figures. */
  readonly country: string | null;
  readonly kind: 'average';
  /** What else is known of the region, by other sources, zones or years. */
  readonly alternatives: readonly IntensitySource[];
}

/** Taken when no region is given: never a guess from the network. */
export const DEFAULT_REGION = 'WORLD';

/**
 * The average intensity of a region's grid in gCO2e/kWh: of countries and groups by Ember, of zones by
 * Electricity Maps, each with what others say.
 * @param region see {@link resolveRegion}; in any case.
 * @throws HalfnoteError `unknown-region` that names the nearest ones.
 */
export function gridIntensity(region: string = DEFAULT_REGION): GridIntensity {
  const resolved = resolveRegion(region);
  const sources = sourcesOf(resolved);
  const [main] = sources;
  // `resolveRegion` lets nothing through that no source knows.
  if (main === undefined) throw new Error(`No source knows ${resolved.region}.`);
  const years = sources.length > 1 || main.zone === undefined ? [] : recentYears(main.zone);
  const figures = sources.length > 1 ? sources : [main, ...years.slice(1)];
  const grams = figures.map(({ gramsPerKWh }) => gramsPerKWh);
  return {
    ...main,
    low: Math.min(...grams),
    high: Math.max(...grams),
    spreadOf: spreadOf(sources, resolved.whole, years),
    region: resolved.region,
    name: resolved.name,
    country: resolved.country,
    kind: 'average',
    alternatives: figures.slice(1),
  };
}

function spreadOf(
  sources: readonly IntensitySource[],
  whole: boolean,
  years: readonly IntensitySource[],
): GridIntensity['spreadOf'] {
  if (sources.length > 1) return whole ? 'sources' : 'zones';
  return years.length > 1 ? 'years' : 'none';
}

/** An intensity that the user states, in gCO2e/kWh. */
export function givenIntensity(gramsPerKWh: number): GridIntensity {
  return {
    gramsPerKWh,
    low: gramsPerKWh,
    high: gramsPerKWh,
    spreadOf: 'none',
    region: 'given',
    name: 'given',
    country: null,
    year: null,
    yearReason: 'the figure was given without one',
    source: 'given by the user',
    licence: null,
    kind: 'average',
    alternatives: [],
  };
}
