import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const only = async (cell: string) => (await record(cell)).calls;

describe('%gpuhours', () => {
  it('is of a step that was measured', async () => {
    expect(
      await only(
        '%gpuhours --step 0.12 --samples 60000 --batch 128 --epochs 10 --power 65 --region FRA --pue 1.1',
      ),
    ).toEqual([
      {
        name: 'gpuHours',
        args: [
          {
            stepS: 0.12,
            samples: 60000,
            batchSize: 128,
            epochs: 10,
            powerW: 65,
            region: 'FRA',
            pue: 1.1,
          },
        ],
      },
    ]);
  });

  it('is of a model, or of FLOPs', async () => {
    expect(
      await only(
        'const model = 1;\n%gpuhours model --samples 60000 --epochs 10 --peak 312e12 --utilization 0.4',
      ),
    ).toEqual([
      {
        name: 'gpuHours',
        args: [{ model: 1, samples: 60000, epochs: 10, peakFlops: 312e12, utilization: 0.4 }],
      },
    ]);
    expect(
      await only('%gpuhours --flops 3.14e23 --device h100 --devices 8 --rent 2.5 --currency USD'),
    ).toEqual([
      {
        name: 'gpuHours',
        args: [
          { flops: 3.14e23, device: 'h100', devices: 8, pricePerDeviceHour: 2.5, currency: 'USD' },
        ],
      },
    ]);
  });

  it.each([
    ['10h', { budgetHours: 10 }],
    ['1kWh', { budgetJ: 3.6e6 }],
    ['2.5MJ', { budgetJ: 2.5e6 }],
    ['3kg', { budgetCO2eG: 3000 }],
    ['100eur', { budgetMoney: 100, currency: 'EUR' }],
  ])('says what a budget of %s allows', async (budget, asked) => {
    expect(await only(`%gpuhours --step 0.1 --budget ${budget}`)).toEqual([
      { name: 'trainingBudget', args: [{ stepS: 0.1, ...asked }] },
    ]);
  });

  it('takes the currency of a budget beside that of the prices, where they are one', async () => {
    expect(await only('%gpuhours --step 0.1 --budget 100EUR --rent 2 --currency eur')).toEqual([
      {
        name: 'trainingBudget',
        args: [{ stepS: 0.1, pricePerDeviceHour: 2, budgetMoney: 100, currency: 'EUR' }],
      },
    ]);
  });

  it('refuses what it cannot use', () => {
    expect(refusal('%gpuhours --devices 2')).toContain('Give --step');
    expect(refusal('%gpuhours --step 1 --budget 10')).toContain('a number with h, J');
    expect(refusal('%gpuhours --step 1 --budget 10lightyears')).toContain('a number with h, J');
    expect(refusal('%gpuhours --step 1 --budget 10h --steps 3')).toContain(
      '--steps has no meaning with --budget',
    );
    expect(refusal('%gpuhours --step 1 --budget 100EUR --rent 2 --currency USD')).toContain(
      'the budget is in EUR, and the prices are in USD',
    );
    expect(refusal('%gpuhours --flops 1e9 --device h101')).toContain('Did you mean h100');
    expect(refusal('%gpuhours --step 1 --region Germany')).toContain('Did you mean DEU');
    expect(refusal('%gpuhours --step -1')).toContain('number >= 0 (s)');
  });
});
