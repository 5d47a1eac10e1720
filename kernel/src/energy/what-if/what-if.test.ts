import { describe, expect, it } from 'vitest';
import { combined, exact } from '../../quantities/make';
import { JUPYTER_DISPLAY } from '../../host';
import { measureEnergy } from '../measure';
import { whatIf, whatIfSession } from './what-if';

const KWH = 3.6e6;
const energyJ = combined(
  KWH,
  { statistical: { below: 0.05 * KWH, above: 0.05 * KWH } },
  { method: 'counter', samples: 5 },
);
const run = { name: 'training', energyJ, durationS: 7200 };

describe('whatIf', () => {
  it('moves the run to another grid, where the joules cancel in the comparison', () => {
    const { scenarios } = whatIf(run, { gridIntensity: 100, regions: ['fra', 'us-east-1'] }).result;
    const [base, france, virginia] = scenarios;
    expect(base?.co2eG.value).toBeCloseTo(100, 9);
    expect(base?.co2eG.low).toBeCloseTo(95, 9);
    expect(france?.co2eG.value).toBeCloseTo(44.18, 9);
    expect(france?.ofBase?.value).toBeCloseTo(0.4418, 9);
    // 31 to 56.039 g/kWh by source, and nothing of the 5 % of the joules.
    expect(france?.ofBase?.low).toBeCloseTo(0.31, 9);
    expect(france?.ofBase?.high).toBeCloseTo(0.56039, 9);
    expect(virginia?.name).toBe('us-east-1, AWS, PJM Interconnection');
    expect(virginia?.energyJ).toBe(energyJ);
  });

  it('says when the hours are too few for the run, instead of nothing', () => {
    const hours = [0, 1].map((h) => ({ time: `2026-03-01T0${h}:00Z`, gramsPerKWh: 100 }));
    const long = { ...run, durationS: 5 * 3600 };
    const { scenarios, assumptions } = whatIf(long, { hours }).result;
    expect(scenarios.map(({ kind }) => kind)).toEqual(['base']);
    expect(assumptions.join('\n')).toMatch(
      /No other hour: hours goes from 2026-03-01T00:00Z to 2026-03-01T02:00Z, and covers the 5.* of the run from none/,
    );
    expect(whatIf(run, { hours }).result.assumptions.join('\n')).not.toContain('No other hour');
  });

  it('finds the cleanest and the dirtiest start for as long as the run takes', () => {
    const grams = [300, 100, 100, 500, 600];
    const hours = grams.map((gramsPerKWh, i) => ({ time: `2026-03-01T0${i}:00Z`, gramsPerKWh }));
    const found = whatIf(run, { gridIntensity: 200, hours, at: ['2026-03-01T00:30Z'] });
    expect(
      found.result.scenarios.map(({ name, co2eG }) => [name, Number(co2eG.value.toFixed(6))]),
    ).toEqual([
      ['As measured, given', 200],
      ['Start at 2026-03-01T01:00Z, the cleanest', 100],
      ['Start at 2026-03-01T03:00Z, the dirtiest', 550],
      ['Start at random, the mean', 287.5],
      ['Start at 2026-03-01T00:30Z', 150],
    ]);
    expect(() => whatIf(run, { hours, at: ['2026-03-01T04:00Z'] })).toThrow(
      /no figure for a run of 2 h 0 min.*\n.*from 2026-03-01T00:00Z to 2026-03-01T05:00Z/,
    );
    expect(() => whatIf(run, { hours, at: [3] })).toThrow(/no figure for a run/);
  });

  it('takes a ratio that was measured for another precision, with its interval', () => {
    const energyRatio = combined(
      0.6,
      { statistical: { below: 0.06, above: 0.06 } },
      { method: 'counter', samples: 3 },
    );
    const { scenarios } = whatIf(run, {
      gridIntensity: 100,
      precision: [{ name: 'bf16', energyRatio, durationRatio: 0.5, source: 'here' }],
    }).result;
    expect(scenarios[1]).toMatchObject({ name: 'bf16', ofBase: energyRatio });
    expect(scenarios[1]?.energyJ.value).toBeCloseTo(0.6 * KWH, 3);
    expect(scenarios[1]?.energyJ.statistical.below).toBeCloseTo(
      Math.hypot(0.6 * 0.05, 0.06) * KWH,
      3,
    );
    expect(scenarios[1]?.durationS?.value).toBe(3600);
  });

  it('takes the ratios of a precision table, and claims nothing for formats that are simulated', () => {
    const row = (format: string, joules: number | null, median: number | null) => ({
      format,
      energyJ: joules === null ? null : { value: joules, method: 'modelled' },
      latencyS: median === null ? null : { median },
    });
    const payload = {
      baseline: 'fp32',
      rows: [row('fp32', 4, 0.2), row('bf16', 1, 0.1), row('fp8', null, null)],
    };
    const { scenarios, assumptions } = whatIf(run, { precision: { payload } }).result;
    expect(scenarios.map(({ name }) => name).slice(1)).toEqual(['bf16']);
    expect(scenarios[1]?.ofBase).toMatchObject({ value: 0.25, method: 'modelled' });
    expect(scenarios[1]?.durationS?.value).toBe(3600);
    expect(assumptions.at(-1)).toMatch(/^No scenario for fp8: simulated here/);
    expect(whatIf(run, { precision: payload, format: 'bf16' }).result.scenarios[1]).toMatchObject({
      name: 'fp32',
      ofBase: { value: 4 },
    });
    expect(() => whatIf(run, { precision: payload, format: 'fp8' })).toThrow(
      /no energy of 'fp8'.*\n.*fp32, bf16/,
    );
  });

  it('takes the interval of a table that was measured by trials, where the model cancels', () => {
    const joules = (value: number) =>
      combined(
        value,
        {
          statistical: { below: 0.03 * value, above: 0.03 * value },
          systematic: { below: 0.5 * value, above: 0.5 * value },
        },
        { method: 'modelled', samples: 6 },
      );
    const row = (format: string, value: number) => ({
      format,
      energyJ: { value, method: 'modelled' },
      latencyS: null,
      trials: { count: 6, energyJ: joules(value) },
    });
    const payload = { baseline: 'fp32', rows: [row('fp32', 4), row('bf16', 3)] };
    const whole = whatIf(run, { precision: { payload } });
    const ofBase = whole.result.scenarios[1]?.ofBase;
    expect(ofBase).toMatchObject({ value: 0.75, method: 'modelled', samples: 6 });
    expect(ofBase?.low).toBeCloseTo(0.75 * (1 - 0.03 * Math.SQRT2), 9);
    expect(String(whole)).toContain('by trials of a batch: 6 here, 6 of fp32');
  });

  it('divides the work among devices, and says that scaling is taken for perfect', () => {
    const perfect = whatIf(run, { gridIntensity: 100, devices: 8 });
    expect(perfect.result.scenarios[1]?.energyJ.value).toBeCloseTo(KWH, 3);
    expect(perfect.result.scenarios[1]?.durationS?.value).toBe(900);
    expect(perfect.result.scenarios[1]?.energyJ.method).toBe('modelled');
    expect(String(perfect)).toContain('Scaling is taken for perfect');
    const real = whatIf(run, { gridIntensity: 100, devices: [1, 8], efficiency: 0.8 });
    expect(real.result.scenarios.map(({ ofBase }) => ofBase?.value)).toEqual([undefined, 1, 1.25]);
    expect(real.result.scenarios[2]?.durationS?.value).toBeCloseTo(1125, 9);
  });

  it('prices the building’s electricity', () => {
    const { scenarios } = whatIf(run, { pue: 1.5, pricePerKWh: 0.2, currency: 'EUR' }).result;
    expect(scenarios[0]?.cost?.amount.value).toBeCloseTo(0.3, 9);
  });

  it('can be of the whole machine, and of joules alone', () => {
    const machineJ = exact(2 * KWH, { method: 'counter' });
    expect(whatIf({ ...run, machineJ }, { boundary: 'machine' }).result.scenarios[0]?.energyJ).toBe(
      machineJ,
    );
    expect(whatIf(energyJ).result.scenarios[0]?.durationS).toBeNull();
  });

  it('prints every assumption, each once, with its number in the table', () => {
    const bundle = whatIf(run, { region: 'FRA', regions: ['DEU', 'SWE'], devices: 2 })[
      JUPYTER_DISPLAY
    ]();
    const text = String(bundle['text/plain']);
    const numbers = [...text.matchAll(/^\[(\d+)\]/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    for (const number of numbers) expect(text.split(`[${number}]`).length).toBeGreaterThan(2);
    expect(text.match(/Another place/g)).toHaveLength(1);
    expect(String(bundle['text/html'])).toContain('<th scope="row"');
  });

  it('takes what measureEnergy gives, with the interval of its window', async () => {
    const measured = await measureEnergy('training', () => 3);
    const [base] = whatIf(measured, { gridIntensity: 100 }).result.scenarios;
    expect(base?.energyJ).toBe(measured.window.energyJ);
    expect(base?.durationS?.value).toBe(measured.durationS);
  });

  it('is of the session so far, whose joules grow', async () => {
    const first = (await whatIfSession({ regions: 'FRA' })).result;
    const second = (await whatIfSession()).result;
    expect(first.run).toBe('the session so far');
    expect(first.scenarios).toHaveLength(2);
    const [before, after] = [first, second].map(({ scenarios }) => scenarios[0]?.energyJ.value);
    expect(after).toBeGreaterThanOrEqual(before ?? Infinity);
  });

  it('says that no difference is shown where the sources of two grids overlap', () => {
    const text = String(whatIf(run, { region: 'FRA', regions: ['francecentral', 'POL'] }));
    expect(text).toMatch(/francecentral.* no difference shown \(0\.5–1\.9\)/);
    expect(text).toMatch(/POL, Poland.* ×1\d/);
  });

  it('says when nothing is known of how sure a figure is', () => {
    const text = String(whatIf({ energyJ: 3 }));
    expect(text).toContain('bare number');
    expect(text).toContain('world average');
  });

  it.each([
    [undefined, {}, 'invalid-argument'],
    [{ durationS: 3 }, {}, 'invalid-argument'],
    [{ energyJ: -3 }, {}, 'invalid-energy'],
    [{ energyJ: NaN }, {}, 'invalid-energy'],
    [{ energyJ: 3, durationS: -1 }, {}, 'invalid-argument'],
    [run, { boundary: 'machine' }, 'invalid-argument'],
    [run, { boundary: 'house' }, 'invalid-argument'],
    [run, { regions: ['FRX'] }, 'unknown-region'],
    [run, { devices: 0 }, 'invalid-argument'],
    [run, { devices: 1.5 }, 'invalid-argument'],
    [run, { efficiency: 1.1 }, 'invalid-argument'],
    [run, { efficiency: 0.9 }, 'invalid-argument'],
    [run, { at: 3 }, 'invalid-argument'],
    [run, { format: 'fp32' }, 'invalid-argument'],
    [run, { pricePerKWh: 0.3 }, 'invalid-price'],
    [run, { currency: 'EUR' }, 'invalid-price'],
    [run, { precision: [{ name: 'bf16', energyRatio: 0, source: 'x' }] }, 'invalid-argument'],
    [run, { precision: [{ name: 'bf16', energyRatio: 0.5 }] }, 'invalid-argument'],
    [run, { precision: 'bf16' }, 'invalid-argument'],
    [run, { regions: 'FRX' }, 'unknown-region'],
  ])('refuses what is no run, place, count, ratio or price: case %#', (measured, options, code) => {
    expect(() => whatIf(measured as never, options as never)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
