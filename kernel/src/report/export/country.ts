import { countryName } from '../../energy/carbon/countries';
import { complainOfRegion, resolveRegion } from '../../energy/carbon/regions';

export interface Country {
  readonly name: string;
  /** ISO 3166-1 alpha-3. */
  readonly code: string;
}

/** The code of a region of grid intensities, without the name that may stand behind it: `FRA (France)`. */
export function codeOf(region: string): string {
  return region.replace(/ \(.*\)$/s, '');
}

/**
 * The country that a region of grid intensities is, or lies in, whether it is a code of a country, a state, a
 * zone or a cloud region. Undefined for groups (`WORLD`, `EU`) and for what isn't a place.
 */
export function countryOf(region: string): Country | undefined {
  const code = codeOf(region);
  if (complainOfRegion(code) !== undefined) return undefined;
  const { country } = resolveRegion(code);
  return country === null ? undefined : { name: countryName(country), code: country };
}
