import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carbonFactor, co2eGrams, softwareCarbonIntensity } from './factor';
import { gridIntensity } from './grid';

/** The data file's text, read without the package's own code. */
function published(code: string): number {
  const entry = createRequire(__filename).resolve('@tgwf/co2/data');
  const file = join(dirname(entry), 'data', 'average-intensities.min.js');
  const found = new RegExp(`"${code}": ?([\\d.]+)`).exec(readFileSync(file, 'utf8'));
  return Number(found?.[1]);
}

describe('gridIntensity', () => {
  it.each(['WORLD', 'FRA', 'USA', 'EU'])('is the published figure for %s', (code) => {
    expect(gridIntensity(code).gramsPerKWh).toBe(published(code));
  });

  it('records where it is from, and takes codes in any case', () => {
    expect(gridIntensity('fra')).toMatchObject({ region: 'FRA', kind: 'average' });
    expect(gridIntensity('fra').source).toMatch(/^Ember yearly data, in @tgwf\/co2 \d+\.\d+\.\d+$/);
  });

  it.each([
    ['FR', 'FRA'],
    ['br', 'BRA'],
    ['CH', 'CHE'],
    ['AT', 'AUT'],
    ['UK', 'GBR'],
    ['EU', 'EU'],
  ])('takes %s for %s', (given, region) => {
    expect(gridIntensity(given)).toEqual(gridIntensity(region));
    expect(gridIntensity(given).region).toBe(region);
  });

  it.each([
    ['FRR', 'FRA'],
    ['WOR', 'WORLD'],
    ['FRX', 'FRA'],
    ['France', 'FRA'],
    ['germany', 'DEU'],
    ['Germani', 'DEU'],
    ['wrold', 'WORLD'],
  ])('refuses %s and names %s first', (region, meant) => {
    expect(() => gridIntensity(region)).toThrow(
      new RegExp(`"${region}".* Did you mean ${meant}[,?]`),
    );
  });

  it('names none where none is alike', () => {
    expect(() => gridIntensity('XYZ')).toThrow(/"XYZ"/);
    expect(() => gridIntensity('XYZ')).not.toThrow(/Did you mean/);
    expect(() => gridIntensity('QQQ')).not.toThrow(/Did you mean/);
  });

  it('takes no word for a region that only JavaScript knows', () => {
    expect(() => gridIntensity('constructor')).toThrow(/No grid intensity/);
  });
});

describe('co2eGrams', () => {
  it('is 473 g for a kilowatt hour of the world, by the figure of 2024', () => {
    expect(co2eGrams(3.6e6, carbonFactor())).toBeCloseTo(473, 0);
  });

  it('multiplies by the PUE', () => {
    expect(co2eGrams(1.8e6, carbonFactor({ gridIntensity: 200, pue: 1.5 }))).toBe(150);
  });

  it('says when the region was assumed', () => {
    expect(carbonFactor().assumed).toBe(true);
    expect(carbonFactor({ region: 'WORLD' }).assumed).toBe(false);
  });

  it.each([
    [{ pue: 0.9 }, 'invalid-pue'],
    [{ pue: NaN }, 'invalid-pue'],
    [{ gridIntensity: -1 }, 'invalid-intensity'],
    [{ region: 'FRA', gridIntensity: 50 }, 'ambiguous-intensity'],
    [{ region: 'XXQ' }, 'unknown-region'],
  ])('refuses %j', (options, code) => {
    expect(() => carbonFactor(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('softwareCarbonIntensity', () => {
  it('is ((E x I) + M) per R', () => {
    const factor = carbonFactor({ gridIntensity: 400 });
    expect(softwareCarbonIntensity(7.2e6, factor, 200, 1000)).toBe(1);
    expect(() => softwareCarbonIntensity(1, factor, 0, 0)).toThrow(/above 0/);
  });
});
