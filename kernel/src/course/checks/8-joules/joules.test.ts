import { describe, expect, it } from 'vitest';
import { type AnyCheck, runCheck, runCheckAsync } from '../../run-check';
import { JOULES } from '.';

const checkOf = (id: keyof typeof JOULES): AnyCheck => JOULES[id] as unknown as AnyCheck;
const tell = (id: keyof typeof JOULES, fn: unknown) =>
  runCheck(checkOf(id), fn, checkOf(id).cases).failure;

describe('the references of assignment 8', () => {
  it('agree with textbook figures', async () => {
    expect(JOULES['power-energy'].reference([0, 1, 4].map((timeS) => ({ timeS, powerW: 2 })))).toBe(
      8,
    );
    expect(JOULES['counter-energy'].reference([9e6, 1e6, 4e6, 2e6], 10e6)).toBeCloseTo(13, 12);
    const grams = await JOULES['energy-grams'].reference(
      { value: 3.6e6, low: 1.8e6, high: 7.2e6 },
      { value: 100, low: 50, high: 200 },
      1.5,
    );
    expect(grams.value).toBeCloseTo(150, 9);
    expect(grams.low).toBeCloseTo(37.5, 9);
    expect(grams.high).toBeCloseTo(600, 9);
  });

  it('have the interval of the mean that a table of t gives', async () => {
    const { value, low, high } = await JOULES['mean-interval'].reference([10, 12, 9, 13]);
    const half = (3.18245 * Math.sqrt(10 / 3)) / 2;
    expect(value).toBe(11);
    expect(low).toBeCloseTo(11 - half, 4);
    expect(high).toBeCloseTo(11 + half, 4);
  });

  it('tell what holds, what is false, and what trials leave open', async () => {
    const { reference } = JOULES['judge-claim'];
    const trials = [0.5, 0.55, 0.45, 0.52].map((left) => ({ baselineJ: 10, otherJ: 10 * left }));
    for (const [claimed, verdict] of [
      [0.4, 'holds'],
      [0.5, 'open'],
      [0.7, 'false'],
    ] as const)
      expect(await reference(trials, claimed)).toMatchObject({ verdict });
  });
});

describe('assignment 8', () => {
  it('takes a table of t with five digits for as good as t itself', () => {
    const T95: Readonly<Record<number, number>> = { 1: 12.7062, 2: 4.30265, 3: 3.18245 };
    const fromTable = (values: number[]) => {
      const n = values.length;
      const value = values.reduce((a, b) => a + b) / n;
      const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
      const half = n === 1 ? Infinity : (T95[n - 1] ?? NaN) * Math.sqrt(squares / (n - 1) / n);
      return { value, low: value - half, high: value + half };
    };
    expect(tell('mean-interval', fromTable)).toBeUndefined();
  });

  it('wants every step of a counter mended, and names the first that is not', () => {
    const once = (counts: number[], rangeUj: number) => {
      const step = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
      return (step < 0 ? step + rangeUj : step) / 1e6;
    };
    expect(tell('counter-energy', once)?.number).toBe(4);
    expect(tell('counter-energy', once)?.hint?.en).toContain('First and last reading');
  });

  it('keeps a difference below 0', () => {
    const cut = (window: { machineJ: number; durationS: number; idleW: number }) => {
      const idleJ = window.idleW * window.durationS;
      const aboveIdleJ = Math.max(0, window.machineJ - idleJ);
      return { idleJ, aboveIdleJ, ownJ: aboveIdleJ };
    };
    expect(tell('energy-accounts', cut)?.number).toBe(2);
  });

  const told = { energyJ: 1, lowJ: 0.5, highJ: 2, durationS: 0.4, method: 'modelled' };
  it.each([
    ['milliseconds', { durationS: 400 }, 'Is it in seconds'],
    ['a time that was over before the work', { durationS: 0.001 }, 'was the work awaited'],
    ['an interval turned round', { lowJ: 2, highJ: 0.5 }, 'between the ends'],
    ['no interval', { lowJ: undefined }, 'lowJ is missing'],
    ['a method of its own', { method: 'felt' }, 'how the joules came about'],
    ['joules that no machine draws', { highJ: 1e9 }, 'between the ends'],
  ])('refuses of a live measurement %s', async (_, changes, problem) => {
    const check = checkOf('measure-work');
    const outcome = await runCheckAsync(check, () => ({ ...told, ...changes }), check.cases);
    expect(outcome.failure?.difference.problem?.en).toContain(problem);
  });

  it('takes any joules of a live measurement that lie within their interval', async () => {
    const check = checkOf('measure-work');
    for (const energyJ of [0.5, 1.3, 2]) {
      const outcome = await runCheckAsync(check, () => ({ ...told, energyJ }), check.cases);
      expect(outcome.failure).toBeUndefined();
    }
  });
});
