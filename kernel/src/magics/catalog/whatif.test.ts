import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const only = async (cell: string) => (await record(cell)).calls;

describe('%whatif', () => {
  it('is of the session, or of a run that was measured', async () => {
    expect(await only('%whatif --region FRA,us-east-1,US-CA --devices 8')).toEqual([
      {
        name: 'whatIfSession',
        args: [{ regions: ['FRA', 'us-east-1', 'US-CA'], devices: [8] }],
      },
    ]);
    expect(await only('const run = 1;\n%whatif run --from FRA')).toEqual([
      { name: 'whatIfMeasured', args: [1, { region: 'FRA' }] },
    ]);
  });

  it('passes on hours, precisions, devices and prices', async () => {
    const [asked] = await only(
      'const run = 1, table = 2;\n%whatif run --hours data/hours.csv --at 2026-03-01T03:00Z,2026-03-02T03:00Z --precision table --format fp32 --devices 8,64 --efficiency 0.9 --price 0.25 --currency EUR --boundary machine --pue 1.2 --grid-intensity 50',
    );
    expect(asked?.args[1]).toEqual({
      gridIntensity: 50,
      pue: 1.2,
      hours: 'data/hours.csv',
      at: ['2026-03-01T03:00Z', '2026-03-02T03:00Z'],
      precision: 2,
      format: 'fp32',
      devices: [8, 64],
      efficiency: 0.9,
      pricePerKWh: 0.25,
      currency: 'EUR',
      boundary: 'machine',
    });
  });

  it('refuses places that it does not know, and names the nearest', () => {
    expect(refusal('%whatif --region FRA,Germany')).toContain('Did you mean DEU');
    expect(refusal('%whatif --from us-east-9')).toContain('Did you mean us-east-1');
  });

  it('refuses what is no count, or contradicts itself', () => {
    expect(refusal('%whatif --devices 8,0')).toContain('whole numbers from 1');
    expect(refusal('%whatif --from FRA --grid-intensity 5')).toContain('only one of');
    expect(refusal('%whatif --pue 0.5')).toContain('number >= 1');
  });
});
