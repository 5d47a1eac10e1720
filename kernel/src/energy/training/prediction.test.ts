import { describe, expect, it } from 'vitest';
import { combined } from '../../quantities/make';
import { figure } from '../window.fixture';
import { predictTotal, type EpochEnergy } from './prediction';
import { TrainingEnergy } from './training-energy';

function epoch(index: number, joules: number, more: Partial<EpochEnergy> = {}): EpochEnergy {
  return {
    epoch: index,
    durationS: 2,
    energyJ: figure(joules, 0),
    machineJ: figure(joules * 3, 0),
    samples: 1000,
    batches: 10,
    warmUpS: 0,
    isCut: false,
    ...more,
  };
}

/** Normal scatter around 1, seeded. */
function scatter(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('the prediction of a run', () => {
  it('is what was spent and as much again for each epoch that is left', () => {
    const total = predictTotal([epoch(1, 10)], 10);
    expect(total?.value).toBeCloseTo(100, 10);
    expect(total?.low).toBeLessThan(95);
    expect(total?.high).toBeGreaterThan(105);
  });

  it('takes no epoch that was cut for a whole one', () => {
    const epochs = [epoch(1, 10), epoch(2, 10), epoch(3, 2, { isCut: true })];
    expect(predictTotal(epochs, 10)?.value).toBeCloseTo(22 + 7 * 10, 10);
    expect(predictTotal([epoch(1, 2, { isCut: true })], 10)).toBeUndefined();
    const energy = new TrainingEnergy(epochs, 10, true);
    expect(energy.perEpochJ?.value).toBe(10);
    expect(energy.predictedJ?.value).toBe(22);
    expect(energy.line).toMatch(/^epoch 3 of 10, cut short: 10\.00 J an epoch, .* 22\.00 J so far/);
    expect(String(energy)).toContain('3 (cut short)');
    expect(new TrainingEnergy(epochs.slice(2), 10, true).line).toMatch(
      /^epoch 1 of 10, cut short,/,
    );
  });

  it('is never below 0, whatever the meter may be off by', () => {
    const unsure = combined(10, { systematic: { below: 12, above: 12 } }, { method: 'modelled' });
    const epochs = [1, 2].map((n) => epoch(n, 10, { energyJ: unsure }));
    for (const total of [2, 3, 50]) expect(predictTotal(epochs, total)?.low).toBe(0);
    const energy = new TrainingEnergy(epochs, 50);
    for (const figures of [energy.perEpochJ, energy.perSampleJ, energy.spentJ])
      expect(figures?.low).toBe(0);
  });

  it('narrows as epochs end, and is exact when all have', () => {
    const widths = [1, 3, 6, 9].map((n) => {
      const total = predictTotal(
        Array.from({ length: n }, (_, index) => epoch(index + 1, 10)),
        10,
      );
      return (total?.high ?? NaN) - (total?.low ?? NaN);
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    const all = Array.from({ length: 10 }, (_, index) => epoch(index + 1, 10));
    expect(predictTotal(all, 10)).toMatchObject({ value: 100, low: 100, high: 100 });
    expect(predictTotal([], 10)).toBeUndefined();
  });

  it('leaves the warm-up of the first batch out of later epochs', () => {
    // 4 of 14 J, and of 2.8 s 0.8 s, went into warming up.
    const total = predictTotal([epoch(1, 14, { durationS: 2.8, warmUpS: 0.8 })], 10);
    expect(total?.value).toBeCloseTo(14 + 9 * 10, 10);
  });

  it("carries the meter's band in full", () => {
    const total = predictTotal([epoch(1, 10, { energyJ: figure(10, 0.4) })], 10);
    expect(total?.systematic.above).toBeCloseTo(40, 10);
  });

  it('never holds less than what was spent', () => {
    const wild = [1, 30, 2].map((joules, index) =>
      epoch(index + 1, joules, { energyJ: figure(joules, 0.7) }),
    );
    const total = predictTotal(wild, 1000);
    const spent = wild.reduce((sum, { energyJ }) => sum + energyJ.low, 0);
    expect(total?.low).toBeGreaterThanOrEqual(spent - 1e-9);
    expect(total?.high).toBeGreaterThan(11 * 1000);
  });

  it.each([1, 2, 4])(
    'after %i epochs holds the true total in 95 % of runs or more that scatter as assumed',
    (seen) => {
      const normal = scatter(seen);
      const runs = 2000;
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const joules = Array.from({ length: 20 }, () => 10 * (1 + 0.05 * normal()));
        const measured = joules.slice(0, seen).map((value, index) => epoch(index + 1, value));
        const total = predictTotal(measured, joules.length);
        const truth = joules.reduce((sum, value) => sum + value, 0);
        if (total !== undefined && total.low <= truth && truth <= total.high) covered += 1;
      }
      expect(covered / runs).toBeGreaterThan(0.93);
      expect(covered / runs).toBeLessThan(0.999);
    },
  );
});

describe('the energy of training', () => {
  const epochs = [epoch(1, 12), epoch(2, 10)];

  it('is told by epoch and by sample', () => {
    const energy = new TrainingEnergy(epochs, 10);
    expect(energy.perEpochJ?.value).toBe(11);
    expect(energy.perSampleJ?.value).toBeCloseTo(0.011, 12);
    expect(energy.spentJ.value).toBe(22);
    expect(energy.line).toMatch(
      /^epoch 2 of 10: [\d.]+ J an epoch, [\d.]+ mJ a sample, [\d.]+ J \([\d.]+–[\d.]+\) in all predicted, estimated$/,
    );
  });

  it('predicts nothing where the number of epochs is not known, or all have ended', () => {
    expect(new TrainingEnergy(epochs).predictedJ).toBeUndefined();
    expect(new TrainingEnergy(epochs).line).toMatch(/^epoch 2: .* so far, estimated$/);
    expect(new TrainingEnergy(epochs, 2).line).toContain('22.00 J so far');
    expect(new TrainingEnergy([], 2).line).toContain('first epoch is under way');
  });

  it('is a table of its epochs, the last of many', () => {
    const many = Array.from({ length: 50 }, (_, index) => epoch(index + 1, 10));
    const text = new TrainingEnergy(many, 50).toString();
    expect(text).toContain('The last 20 epochs; 30 came before.');
    expect(text).toMatch(/^50 +2\.00 s +10\.00 J/m);
  });
});
