import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scheduleFrom, schedules, type ScheduleConfig } from './schedule';

/** Made by test/pytorch/generate_optimizers.py. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/pytorch/optimizers.json'), 'utf8'),
) as {
  readonly schedules: readonly { readonly config: ScheduleConfig; readonly rates: number[] }[];
};

describe('learning-rate schedules', () => {
  it.each(fixture.schedules.map((entry) => [JSON.stringify(entry.config), entry] as const))(
    '%s has the rates of PyTorch',
    (_title, { config, rates }) => {
      const schedule = scheduleFrom(config);
      rates.forEach((rate, step) => {
        expect(schedule.at(step)).toBeCloseTo(rate, 12);
      });
      expect(new Set(rates).size).toBeGreaterThan(3);
    },
  );

  it('are made again from their config', () => {
    const made = [
      schedules.constant(0.1),
      schedules.step({ initial: 1, stepSize: 3 }),
      schedules.exponential({ initial: 1, decayRate: 0.5, decaySteps: 4, staircase: true }),
      schedules.polynomial({ initial: 1, decaySteps: 9 }),
      schedules.cosine({ initial: 1, decaySteps: 9, warmupSteps: 3 }),
    ];
    for (const schedule of made) {
      const config = JSON.parse(JSON.stringify(schedule.config)) as ScheduleConfig;
      const again = scheduleFrom(config);
      for (const step of [0, 1, 2, 5, 20]) expect(again.at(step)).toBe(schedule.at(step));
    }
  });

  it('refuse what makes no sense', () => {
    expect(() => schedules.step({ initial: 1, stepSize: 0 })).toThrow(/stepSize .* is 0/);
    expect(() => schedules.constant(NaN)).toThrow(/rate .* is NaN/);
    expect(() => scheduleFrom({ schedule: 'sawtooth' as 'step' })).toThrow(
      expect.objectContaining({ code: 'unknown-schedule' }),
    );
  });
});
