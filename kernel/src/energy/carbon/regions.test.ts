import { describe, expect, it } from 'vitest';
import { codecarbonFile, codecarbonTable } from '../codecarbon.fixture';
import { cloudRegions } from './cloud-regions';
import { co2Data } from './co2-data';
import { gridIntensity } from './grid';
import { complainOfRegion, resolveRegion } from './regions';
import { subdivisions } from './subdivisions';

describe('resolveRegion', () => {
  it.each([
    ['FR', 'FRA'],
    ['br', 'BRA'],
    [' ch ', 'CHE'],
    ['UK', 'GBR'],
    ['EL', 'GRC'],
    ['XK', 'XKX'],
    ['eu', 'EU'],
    ['World', 'WORLD'],
    ['us-cal-ciso', 'US-CAL-CISO'],
    ['us-ca', 'US-CA'],
    ['US-HI', 'US-HI'],
    ['ca-qc', 'CA-QC'],
    ['GB-SCT', 'GB-SCT'],
    ['us-east-1', 'us-east-1'],
    ['US-EAST-1B', 'us-east-1'],
    ['us-central1-a', 'us-central1'],
    ['EastUS2', 'eastus2'],
  ])('takes %s for %s', (given, region) => {
    expect(resolveRegion(given).region).toBe(region);
  });

  it.each([
    ['us-east-1', 'US-MIDA-PJM'],
    ['eu-north-1', 'SE-SE3'],
    ['europe-west1', 'BE'],
    ['us-central1', 'US-MIDW-MISO'],
    ['eastus', 'US-MIDA-PJM'],
    ['francecentral', 'FR'],
    ['US-TX', 'US-TEX-ERCO'],
    ['US-NY', 'US-NY-NYIS'],
    ['CHL', 'CL-SEN'],
  ])('knows that %s is on the grid of %s', (region, zone) => {
    expect(resolveRegion(region).zones[0]).toBe(zone);
  });

  it.each([
    ['FRR', 'FRA'],
    ['WOR', 'WORLD'],
    ['FRX', 'FRA'],
    ['France', 'FRA'],
    ['germany', 'DEU'],
    ['Germani', 'DEU'],
    ['wrold', 'WORLD'],
    ['California', 'US-CA'],
    ['corsica', 'FR-COR'],
    ['us-east-9', 'us-east-1'],
    ['eastuss', 'eastus'],
    ['usa-ca', 'US-CA'],
    ['United Kingdom', 'GBR'],
  ])('refuses %s and names %s first', (region, meant) => {
    expect(() => resolveRegion(region)).toThrow(
      new RegExp(`"${region}".* Did you mean ${meant}[,?]`),
    );
  });

  it('names the country of a part that has no figures', () => {
    expect(() => resolveRegion('DE-BY')).toThrow(/Did you mean .*DEU/);
  });

  it.each(['XYZ', 'QQQ', '', 'constructor', '33', 'us-'])(
    'names none where none is alike: %j',
    (region) => {
      expect(() => resolveRegion(region)).toThrow(/No grid intensity for the region/);
      expect(() => resolveRegion(region)).not.toThrow(/Did you mean/);
    },
  );

  it('says what it takes when it is given no text', () => {
    expect(() => resolveRegion(33 as unknown as string)).toThrow(/region is 33; it must be a code/);
  });

  it('complains for a magic, or is content', () => {
    expect(complainOfRegion('us-east-1')).toBeUndefined();
    expect(complainOfRegion('Frankreich')).toContain('"Frankreich"');
  });
});

describe('the tables', () => {
  it('name zones that the data has, for each state and cloud region', () => {
    const { zones } = co2Data();
    for (const [code, { zones: named }] of [...subdivisions(), ...cloudRegions()]) {
      for (const zone of named) expect([code, zones.has(zone)]).toEqual([code, true]);
    }
  });

  it('have the 50 states and the District of Columbia, each with its name', () => {
    const codes = [...subdivisions().keys()].filter((code) => code.startsWith('US-'));
    expect(codes).toHaveLength(51);
    for (const code of codes) expect(resolveRegion(code).name).not.toBe(code);
  });

  it('put cloud regions on grids like those that their provider publishes', () => {
    const published = codecarbonTable('data/cloud/impact.csv').filter(({ region = '' }) =>
      cloudRegions().has(region),
    );
    expect(published.length).toBeGreaterThan(35);
    for (const { region = '', impact } of published) {
      // Theirs are without what building power stations emits, which is most of it on a clean grid.
      if (Number(impact) < 100) continue;
      const ratio = gridIntensity(region).gramsPerKWh / Number(impact);
      expect(ratio > 0.5 && ratio < 2, `${region}: ${ratio} of ${impact}`).toBe(true);
    }
  });

  it("call the states as the EPA's data does", () => {
    const states = JSON.parse(
      codecarbonFile('data/private_infra/2023/usa_emissions.json'),
    ) as Readonly<Record<string, { readonly regionCode: string }>>;
    const names = Object.entries(states).filter(([, { regionCode }]) =>
      /^[A-Z]{2}$/.test(regionCode),
    );
    for (const [name, { regionCode }] of names) {
      expect(subdivisions().get(`US-${regionCode}`)?.name.toLowerCase()).toBe(name);
    }
    expect(names.length).toBeGreaterThan(50);
  });

  it('give a figure above 0 for every region that can be named', () => {
    const all = [...co2Data().ember.keys(), ...co2Data().zones.keys(), ...cloudRegions().keys()];
    expect(all.length).toBeGreaterThan(600);
    for (const region of all) {
      const { gramsPerKWh, low, high } = gridIntensity(region);
      expect(low).toBeGreaterThan(0);
      expect(low <= gramsPerKWh && gramsPerKWh <= high && high < 3000).toBe(true);
    }
  });
});
