import { describe, expect, it } from 'vitest';
import { sampleReport } from '../energy/session.fixture';
import { withinBudget } from './budget';
import { sampleGradientRanges, samplePrecisionTable, sampleTimedRanges } from './samples.fixture';

const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('withinBudget', () => {
  it.each([samplePrecisionTable, sampleGradientRanges, sampleTimedRanges, sampleReport()])(
    'leaves what a session makes as it is',
    (payload) => {
      expect(withinBudget(payload)).toEqual({ data: payload, left: [] });
    },
  );

  it('keeps the first of a list, and says of how many', () => {
    const { data, left } = withinBudget({
      layers: many(1200, { name: 'layer' }),
      lossScale: { history: many(50_000, { step: 1, scale: 2 }), skippedAt: [1, 2] },
    });
    expect(data).toEqual({
      layers: many(1000, { name: 'layer' }),
      lossScale: { history: many(500, { step: 1, scale: 2 }), skippedAt: [1, 2] },
    });
    expect(left).toEqual([
      'Shows the first 1,000 of 1,200 layers.',
      'Shows the first 500 of 50,000 changes of the loss scale.',
    ]);
  });

  it('says once what it leaves out of each of many windows', () => {
    const { data, left } = withinBudget({ windows: many(3, { problems: many(30, 'none') }) });
    expect(data).toEqual({ windows: many(3, { problems: many(20, 'none') }) });
    expect(left).toEqual(['Shows the first 20 of 30 problems of a window.']);
  });

  it('keeps the first measures of an epoch, whose names are free', () => {
    const values = Object.fromEntries(many(1e5, 0.5).map((value, n) => [`measure ${n}`, value]));
    const { data, left } = withinBudget({ trained: [{ epoch: 1, step: 1, values }] });
    const [epoch] = (data as { trained: { values: object }[] }).trained;
    expect(Object.keys(epoch?.values ?? {})).toEqual(Object.keys(values).slice(0, 20));
    expect(left).toEqual(['Shows the first 20 of 100,000 measures of an epoch.']);
  });

  it('leaves out a time axis that is too large, whatever it is large by', () => {
    const { time } = sampleTimedRanges;
    const wide = { ...time, layers: many(2000, time?.layers[0]) };
    const deep = { ...time, slots: many(1e6, 0) };
    for (const large of [wide, deep]) {
      const { data, left } = withinBudget({ ...sampleTimedRanges, time: large });
      expect(data).toEqual({ ...sampleTimedRanges, time: undefined });
      expect(left).toEqual(['Leaves out more than 60,000 counts over time.']);
    }
  });

  it('cuts a text that nobody would read', () => {
    const { data } = withinBudget({ title: 'x'.repeat(1e6) });
    expect(data).toEqual({ title: `${'x'.repeat(999)}…` });
  });

  it('ends in data that is nested without end', () => {
    let nested: unknown = [];
    for (let depth = 0; depth < 1e5; depth++) nested = [nested];
    expect(JSON.stringify(withinBudget(nested).data).length).toBeLessThan(100);
  });

  it.each([undefined, null, 7, true, 'text'])('takes %j', (data) => {
    expect(withinBudget(data)).toEqual({ data, left: [] });
  });
});
