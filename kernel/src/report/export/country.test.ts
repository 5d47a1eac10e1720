import { describe, expect, it } from 'vitest';
import { countryOf } from './country';

describe('the country of a region', () => {
  it('is found for each kind of region that lies in one, with its name behind it or not', () => {
    const countries = ['FRA', 'FRA (France)', 'US-CAL-CISO', 'US-CA (California)', 'europe-north1'];
    expect(countries.map((region) => countryOf(region)?.code)).toEqual([
      'FRA',
      'FRA',
      'USA',
      'USA',
      'FIN',
    ]);
  });

  it('is none for groups, given figures and what nobody knows', () => {
    for (const region of ['WORLD', 'EU (Europe)', 'given', '', 'Atlantis'])
      expect(countryOf(region)).toBeUndefined();
  });
});
