import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { co2Data } from '../../energy/carbon/co2-data';
import { countryName } from '../../energy/carbon/countries';
import { gridIntensity } from '../../energy/carbon/grid';
import { regions } from './table';

const codes = [...co2Data().ember.keys()];

/** A row a region: groups first, then countries by their names. */
function source(): string {
  const all = codes.map((code) => gridIntensity(code));
  const byName = all.toSorted(
    (a, b) => Number(a.country !== null) - Number(b.country !== null) || (a.name < b.name ? -1 : 1),
  );
  const rows = byName.map(({ region, name, gramsPerKWh, low, high }) =>
    [region, name, gramsPerKWh, ...(low === high ? [] : [low, high])].join('|'),
  );
  return [
    '/**',
    ' * Yearly mean intensities of electricity by region: code, name, gCO2e/kWh, and the lowest and highest of',
    ' * what the sources say. As `gridIntensity` has them, of Ember (CC-BY-SA-4.0), Electricity Maps (ODbL-1.0)',
    ' * and Our World in Data (CC-BY-4.0); see NOTICE. Made by regions.test.ts: `npx vitest run FILE -u`.',
    ' */',
    `export const REGIONS = \`\n${rows.join('\n')}\n\`;`,
    '',
  ].join('\n');
}

describe('the grids that a page offers', () => {
  it('are those that the kernel knows', async () => {
    await expect(source()).toMatchFileSnapshot(join(__dirname, 'regions.ts'));
  });

  it('are read as they were written', () => {
    const found = regions();
    expect(found.length).toBe(codes.length);
    expect(found.length).toBeGreaterThan(200);
    const { gramsPerKWh, low, high } = gridIntensity('FRA');
    expect(found.find(({ region }) => region === 'FRA')).toEqual({
      ...{ region: 'FRA', name: countryName('FRA'), gramsPerKWh, low, high },
    });
    expect(found.some(({ region }) => region === 'WORLD')).toBe(true);
  });
});
