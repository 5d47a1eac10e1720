import { describe, expect, it } from 'vitest';
import { gridIntensity } from '../../energy/carbon/grid';
import { MAGICS } from '../table';
import { record, refusal } from '../recorder.fixture';

const only = async (cell: string) => (await record(cell)).calls;

describe('%carbon', () => {
  it('completes regions that the library has', () => {
    const region = MAGICS.find('carbon')?.options.find(({ name }) => name === '--region');
    expect(region?.values).toContain('WORLD');
    for (const code of region?.values ?? [])
      expect(gridIntensity(code).gramsPerKWh).toBeGreaterThan(0);
  });

  it('reports on the session', async () => {
    expect(await only('%carbon')).toEqual([{ name: 'carbonReport', args: [] }]);
    expect(await only('%carbon report --region FRA --pue 1.2')).toEqual([
      { name: 'carbonReport', args: [{ region: 'FRA', pue: 1.2 }] },
    ]);
    expect(await only('%carbon --grid-intensity 50')).toEqual([
      { name: 'carbonReport', args: [{ gridIntensity: 50 }] },
    ]);
  });

  it('reports after each cell, or no more', async () => {
    expect(await only('%carbon on --region FRA')).toEqual([
      { name: 'setCarbon', args: [true, { region: 'FRA' }] },
    ]);
    expect(await only('%carbon off')).toEqual([{ name: 'setCarbon', args: [false] }]);
  });

  it('refuses a grid for reports that end', () => {
    expect(refusal('%carbon off --region DEU')).toContain('--region has no meaning with off');
    expect(refusal('%carbon off --pue 1.2 --grid-intensity 0')).toContain(
      '--pue and --grid-intensity have no meaning with off',
    );
  });

  it('reports on one cell', async () => {
    const calls = await only('%%carbon --pue 1.2 --region "DEU"\n0;');
    expect(calls).toEqual([{ name: 'carbonCell', args: [{ region: 'DEU', pue: 1.2 }] }]);
  });

  it('takes states and cloud regions', async () => {
    for (const region of ['US-CA', 'us-east-1', 'europe-west1-b', 'FR', 'eu']) {
      const [call] = await only(`%carbon report --region ${region}`);
      expect(call?.args).toEqual([{ region }]);
      expect(gridIntensity(region).gramsPerKWh).toBeGreaterThan(0);
    }
  });

  it('begins the session anew', async () => {
    expect(await only('%carbon reset')).toEqual([{ name: 'resetEnergy', args: [] }]);
    expect(refusal('%carbon reset --region FRA')).toContain('--region has no meaning with reset');
  });

  it('tells of the journal', async () => {
    expect(await only('%carbon journal')).toEqual([{ name: 'energyJournal', args: [] }]);
    expect(refusal('%carbon journal --pue 1.2')).toContain('--pue has no meaning with journal');
    expect(refusal('%carbon journal 5 kJ')).toContain('"5 kJ" has no meaning with journal');
  });

  it('sets a budget, with or without a blank before its unit, and lifts it', async () => {
    expect(await only('%carbon budget 5 kJ')).toEqual([
      { name: 'setEnergyBudget', args: ['5 kJ'] },
    ]);
    expect(await only('%carbon budget 2.5Wh --stop')).toEqual([
      { name: 'setEnergyBudget', args: ['2.5Wh', { stop: true }] },
    ]);
    expect(await only('%carbon budget 20 g --stop')).toEqual([
      { name: 'setEnergyBudget', args: ['20 g', { stop: true }] },
    ]);
    expect(await only('%carbon budget off')).toEqual([{ name: 'setEnergyBudget', args: ['off'] }]);
  });

  it('refuses a budget without a figure or a unit, and figures elsewhere', () => {
    expect(refusal('%carbon budget')).toContain('%carbon budget takes an amount');
    expect(refusal('%carbon budget 5')).toContain(
      'J, kJ, MJ, GJ, Wh, kWh, MWh, or g, kg, t of CO2e',
    );
    expect(refusal('%carbon budget 5 calories')).toContain(
      'Allowed: J, kJ, MJ, GJ, Wh, kWh, MWh, g, kg, t',
    );
    expect(refusal('%carbon budget off --stop')).toContain('--stop has no meaning');
    expect(refusal('%carbon on 5 kJ')).toContain('"5 kJ" has no meaning with on');
    expect(refusal('%carbon --stop')).toContain('--stop has no meaning');
  });

  it('refuses a second %%carbon in a cell, and names its line', () => {
    expect(refusal('%%carbon\n%%carbon --pue 1.2\nf()')).toMatch(
      /line 2: %%carbon stands in this cell twice/,
    );
  });

  it('refuses what is no country, no factor, or contradicts itself', () => {
    expect(refusal('%carbon --region 33')).toContain('such as FRA');
    expect(refusal('%carbon --pue 0.5')).toContain('number >= 1');
    expect(refusal('%carbon --grid-intensity -3')).toContain('number >= 0 (gCO2e/kWh)');
    expect(refusal('%carbon --region FRA --grid-intensity 50')).toContain('only one of');
    expect(refusal('%%carbon on\nf()')).toContain('Write %carbon on');
  });
});
