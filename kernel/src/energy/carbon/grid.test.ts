import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gridIntensity } from './grid';

const DATA = join(dirname(createRequire(__filename).resolve('@tgwf/co2/data')), 'data');

/** The data files' text, read without the package's own code. */
function ember(code: string): number {
  const text = readFileSync(join(DATA, 'average-intensities.min.js'), 'utf8');
  return Number(new RegExp(`"${code}": ?([\\d.]+)`).exec(text)?.[1]);
}

function electricityMaps(zone: string, year: number): number {
  const text = readFileSync(join(DATA, 'electricity-maps', `yearly_${year}.js`), 'utf8');
  const found = new RegExp(`"${zone}": \\{ "zone".*?"carbonIntensity": \\{ "value": (\\d+)`).exec(
    text,
  );
  return Number(found?.[1]);
}

describe('gridIntensity', () => {
  it.each(['WORLD', 'FRA', 'USA', 'EU'])('is the figure that Ember published for %s', (code) => {
    expect(gridIntensity(code).gramsPerKWh).toBe(ember(code));
  });

  it('says where it is from, under which licence, and why there is no year', () => {
    const { region, name, kind, year, yearReason, source, licence } = gridIntensity('fra');
    expect({ region, name, kind, year }).toEqual({
      region: 'FRA',
      name: 'France',
      kind: 'average',
      year: null,
    });
    expect(source).toMatch(/^Ember yearly data, in @tgwf\/co2 \d+\.\d+\.\d+$/);
    expect(yearReason).toMatch(/latest year without naming it$/);
    expect(licence).toBe('CC-BY-SA-4.0, Ember');
  });

  it('carries what the sources of a country differ by, each with its year', () => {
    const { gramsPerKWh, low, high, spreadOf, alternatives } = gridIntensity('FRA');
    const newest = electricityMaps('FR', 2025);
    expect({ low, high, spreadOf }).toEqual({ low: newest, high: 56.039, spreadOf: 'sources' });
    expect(gramsPerKWh).toBeGreaterThan(low);
    expect(
      alternatives.map(({ gramsPerKWh: grams, year, licence }) => [grams, year, licence]),
    ).toEqual([
      [newest, 2025, 'ODbL-1.0, © Electricity Maps'],
      [56.039, 2023, 'CC-BY-4.0, Our World in Data'],
    ]);
  });

  it('is of the newest year for a zone, and spread as its last years are', () => {
    const { gramsPerKWh, low, high, spreadOf, zone, year, country } = gridIntensity('us-cal-ciso');
    const years = [2023, 2024, 2025].map((each) => electricityMaps('US-CAL-CISO', each));
    expect(gramsPerKWh).toBe(years[2]);
    expect([low, high]).toEqual([Math.min(...years), Math.max(...years)]);
    expect({ spreadOf, zone, year, country }).toEqual({
      spreadOf: 'years',
      zone: 'US-CAL-CISO',
      year: 2025,
      country: 'USA',
    });
  });

  it('is of the main zone of a state, and spread over all that serve it', () => {
    const { region, name, zone, gramsPerKWh, low, high, spreadOf } = gridIntensity('US-CA');
    expect({ region, name, zone, spreadOf }).toEqual({
      region: 'US-CA',
      name: 'California',
      zone: 'US-CAL-CISO',
      spreadOf: 'zones',
    });
    const zones = ['CISO', 'LDWP', 'BANC', 'IID', 'TIDC'].map((each) =>
      electricityMaps(`US-CAL-${each}`, 2025),
    );
    expect([gramsPerKWh, low, high]).toEqual([zones[0], Math.min(...zones), Math.max(...zones)]);
  });

  it('is that of the country for a cloud region on its grid, else of the zone', () => {
    expect(gridIntensity('europe-west9')).toMatchObject({
      gramsPerKWh: ember('FRA'),
      region: 'europe-west9',
      country: 'FRA',
    });
    expect(gridIntensity('us-east-1')).toMatchObject({
      gramsPerKWh: electricityMaps('US-MIDA-PJM', 2025),
      zone: 'US-MIDA-PJM',
      year: 2025,
    });
  });

  it('takes no zero for clean electricity where a source has no data', () => {
    expect(ember('CAF')).toBe(0);
    expect(gridIntensity('CAF').gramsPerKWh).toBe(electricityMaps('CF', 2025));
  });

  it('says when one figure is all there is', () => {
    expect(gridIntensity('WORLD')).toMatchObject({ spreadOf: 'none', alternatives: [] });
  });
});
