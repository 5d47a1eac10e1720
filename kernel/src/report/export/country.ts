import { alpha3Of, countryName } from '../../energy/carbon/countries';

export interface Country {
  readonly name: string;
  /** ISO 3166-1 alpha-3. */
  readonly code: string;
}

/**
 * The country that a region of grid intensities lies in, by its ISO 3166-1 code or by the one that a zone
 * begins with (`US-CAL-CISO`). Undefined for groups (`WORLD`, `EU`) and for what isn't a place.
 */
export function countryOf(region: string): Country | undefined {
  const code = alpha3Of(/^([A-Z]{2})-/.exec(region)?.[1] ?? region);
  return code === undefined ? undefined : { name: countryName(code), code };
}
