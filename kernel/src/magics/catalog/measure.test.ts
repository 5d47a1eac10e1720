import { describe, expect, it } from 'vitest';
import { measureVariants } from '../../energy/trials/measure';
import { SimulatedMachine } from '../../energy/trials/simulated-machine.fixture';
import type { TrialsOptions } from '../../energy/trials/settings';
import { compare } from './compare';
import { measure } from './measure';
import { record, refusal } from '../recorder.fixture';

describe('%%measure', () => {
  it('hands the cell to the library as a function, with its options', async () => {
    const ran: number[] = [];
    const { calls } = await record(
      '%%measure --trials auto --precision 2.5% --budget 2min --warm-up 0 --seed 7\nconst x = 2;\nf(x); // end',
      { f: (n: number) => ran.push(n) },
    );
    expect(calls.map(({ name }) => name)).toEqual(['measureTrials']);
    expect(calls[0]?.args[1]).toEqual({
      trials: 'auto',
      precision: 0.025,
      budgetS: 120,
      warmUp: 0,
      seed: 7,
    });
    expect(ran).toEqual([2]);
  });

  it.each([
    ['--trials 12', { trials: 12 }],
    ['--precision 0.1', { precision: 0.1 }],
    ['--budget 90', { budgetS: 90 }],
    ['--budget 1.5h', { budgetS: 5400 }],
    ['--budget 500ms', { budgetS: 0.5 }],
    ['', {}],
  ])('takes "%s"', async (options, expected) => {
    const { calls } = await record(`%%measure ${options}\nf()`, { f: () => 0 });
    expect(calls[0]?.args[1] ?? {}).toEqual(expected);
  });

  it('awaits what the cell awaits', async () => {
    const ran: string[] = [];
    await record("%%measure\nconst y = await f('a');\nf(y)", {
      f: (text: string) => {
        ran.push(text);
        return Promise.resolve(`${text}!`);
      },
    });
    expect(ran).toEqual(['a', 'a!']);
  });

  const byTrials = compare.examples.filter(({ code }) => code.includes('--trials'));
  it.each([...measure.examples, ...byTrials])(
    'has examples that stand on a slow counter, also of an epoch of seconds: $code',
    async ({ code }) => {
      const machine = new SimulatedMachine({ stepS: 0.1, idleW: 20 });
      const work = (seconds: number) => (): number => (machine.work(seconds, 100), 0);
      const short = { dataSync: work(0.01) };
      const { calls } = await record(code, {
        model: code.startsWith('%compare') ? {} : { predict: work(0.02), fit: work(4) },
        tf: { matMul: () => short },
        ...{ x: 0, y: 0, a: 0, b: 0 },
      });
      const [call] = calls;
      const isCell = call?.name === 'measureTrials';
      const runs = isCell ? [call.args[0] as () => unknown] : [work(0.02), work(0.01)];
      const variants = runs.map((run, i) => ({ name: `v${i}`, run }));
      const options = isCell ? (call.args[1] as TrialsOptions | undefined) : timed(call?.args[1]);
      const { verdict } = await measureVariants(variants, options ?? {}, machine);
      expect(verdict).toMatchObject({ valid: true, reasons: [] });
    },
  );

  it('refuses what cannot be', () => {
    expect(refusal('%%measure\n// nothing')).toContain(
      '%%measure has nothing to measure. Write it on the lines below',
    );
    expect(refusal('%%measure --trials 0\nf()')).toContain(
      '"0" is not allowed. Allowed: auto or an integer >= 1',
    );
    expect(refusal('%%measure --precision 500%\nf()')).toContain('above 0% and below 100%');
    expect(refusal('%%measure --budget 2weeks\nf()')).toContain('a time such as 30s, 2min or 1h');
    expect(refusal('%%measure\nf(')).toContain('"(" in the cell is never closed');
    expect(refusal('%measure f()')).toContain('%%measure');
  });
});

/** What `compare` hands on to trials. */
function timed(options: unknown): TrialsOptions {
  const { trials, precision, budgetS } = options as Required<TrialsOptions>;
  return { trials, precision, budgetS };
}
