import { expect, it } from 'vitest';
import { sampleReport } from '../energy/session.fixture';
import { carbonVerdict } from './carbon-verdict';

const report = sampleReport();

it('names the window that took most of the energy, with its share', () => {
  const { sentence } = carbonVerdict(report);
  expect(sentence).toMatch(/^In \[\d\].* took [\d.]+% of the [\d.]+ k?J of your code/);
});

it('is a caution where all is modelled, and a problem where something could not be read', () => {
  const modelled = {
    ...report,
    total: { ...report.total, energyJ: { ...report.total.energyJ, method: 'modelled' as const } },
  };
  expect(carbonVerdict(modelled)).toMatchObject({ tone: 'caution' });
  expect(carbonVerdict({ ...report, complete: false })).toMatchObject({ tone: 'problem' });
  const read = {
    ...modelled.total,
    energyJ: { ...report.total.energyJ, method: 'counter' as const },
  };
  expect(carbonVerdict({ ...report, total: read })).toMatchObject({ tone: 'good' });
});

it('says only the sum where there are no windows, and shares nothing out of nothing', () => {
  expect(carbonVerdict({ ...report, windows: [] }).sentence).toMatch(/^Your code took /);
  const nothing = {
    ...report.total,
    energyJ: { ...report.total.energyJ, value: 0, low: 0, high: 0 },
  };
  expect(carbonVerdict({ ...report, total: nothing }).sentence).toMatch(/^Your code took 0 J/);
});
