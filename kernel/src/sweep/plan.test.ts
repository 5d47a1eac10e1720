import { describe, expect, it } from 'vitest';
import { differences, hashOfSources, pointsOf, type SweepPlan } from './plan';

const plan: SweepPlan = {
  schema: 'halfnote-sweep/1',
  createdAt: '2026-01-01T00:00:00.000Z',
  notebook: '../a.ipynb',
  sources: hashOfSources([{ type: 'code', source: 'let a = 1' }]),
  parameters: [
    { name: 'format', values: ['fp32', 'bf16'] },
    { name: 'seed', values: [1, 2, 3] },
  ],
  versions: { halfnote: '1', node: '24' },
  timeoutS: null,
};

describe('the points of a plan', () => {
  it('are each combination, the first parameter slowest', () => {
    const points = pointsOf(plan);
    expect(points.map(({ parameters }) => Object.values(parameters).join(' '))).toEqual([
      'fp32 1',
      'fp32 2',
      'fp32 3',
      'bf16 1',
      'bf16 2',
      'bf16 3',
    ]);
    expect(points.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(points.map(({ key }) => key)).size).toBe(6);
  });

  it('have the same key in a larger plan, and another for other code or versions', () => {
    const [first] = pointsOf(plan);
    const larger = { ...plan, parameters: [...plan.parameters].reverse() };
    expect(pointsOf(larger).find(({ parameters }) => parameters['seed'] === 1)?.key).toBe(
      first?.key,
    );
    const sources = hashOfSources([{ type: 'code', source: 'let a = 2' }]);
    expect(pointsOf({ ...plan, sources })[0]?.key).not.toBe(first?.key);
    expect(pointsOf({ ...plan, versions: { halfnote: '2' } })[0]?.key).not.toBe(first?.key);
  });

  it('are not without end', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const parameters = ['a', 'b'].map((name) => ({ name, values }));
    expect(() => pointsOf({ ...plan, parameters })).toThrow('1000000 points; allowed: 100000');
  });
});

describe('two plans', () => {
  it('are the same sweep whenever they were made, and however long cells may take', () => {
    expect(differences(plan, { ...plan, createdAt: 'later', timeoutS: 3 })).toEqual([]);
  });

  it('are told apart in words', () => {
    const other = {
      ...plan,
      sources: 'x',
      versions: { halfnote: '2', node: '24' },
      parameters: [{ name: 'seed', values: [1] }],
    };
    expect(differences(plan, other)).toEqual([
      'the code of the notebook has changed',
      'the parameters are seed=1, and were format=fp32,bf16 seed=1,2,3',
      'halfnote is 2, and was 1',
    ]);
  });
});
