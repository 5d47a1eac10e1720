import { describe, expect, it } from 'vitest';
import { combined } from '../../quantities/make';
import type { WindowEnergy } from '../window';
import { invalid } from './checks/check';
import { verdictText } from './judge';
import type { Variant } from './machine';
import { measureVariants } from './measure';
import type { TrialsResult } from './result';
import type { TrialsOptions } from './settings';
import { SimulatedMachine, type SimulatedOptions } from './simulated-machine.fixture';

/** Work of `seconds` at `watts`, one run in `every` of which takes more. */
function steady(machine: SimulatedMachine, name: string, seconds: number, watts: number): Variant {
  let runs = 0;
  return {
    name,
    run: () => {
      runs++;
      machine.work(seconds, watts * (1 + 0.02 * Math.sin(runs * 12.9898)));
    },
  };
}

async function measured(
  options: TrialsOptions,
  machineOptions: SimulatedOptions = {},
  watts: readonly number[] = [100],
  seconds = 0.013,
): Promise<{ result: TrialsResult; machine: SimulatedMachine }> {
  const machine = new SimulatedMachine({ idleW: 20, ...machineOptions });
  const variants = watts.map((w, i) => steady(machine, `v${i}`, seconds, w));
  return { result: await measureVariants(variants, options, machine), machine };
}

function concerns({ verdict }: TrialsResult): string[] {
  return verdict.reasons.map(({ concern }) => concern);
}

describe('a measurement with trials', () => {
  it('gives joules and seconds of one run, for the work, the machine, and above idle', async () => {
    const { result } = await measured({ trials: 12 });
    const [figures] = result.variants;
    expect(figures?.energyJ?.value).toBeCloseTo(1.3, 2);
    expect(figures?.machineJ?.value).toBeCloseTo(1.3, 2);
    expect(figures?.dynamicJ?.value).toBeCloseTo(0.013 * 80, 2);
    expect(figures?.durationS.value).toBeCloseTo(0.013, 6);
    expect(result.idleW?.value).toBeCloseTo(20, 6);
    expect(figures).toMatchObject({ trials: 12, energyJ: { samples: 12, complete: true } });
    expect(verdictText(result.verdict)).toBe('VALID');
  });

  it('has each variant once a round, in an order left to chance that a seed repeats', async () => {
    const orderOf = async (seed: number): Promise<string[]> => {
      const { result } = await measured({ trials: 20, seed }, {}, [100, 90, 80]);
      for (let round = 0; round < 20; round++) {
        const names = result.trials.filter((trial) => trial.round === round);
        expect(names.map(({ variant }) => variant).sort()).toEqual(['v0', 'v1', 'v2']);
      }
      return result.trials.map(({ variant }) => variant);
    };
    const first = await orderOf(1);
    expect(await orderOf(1)).toEqual(first);
    expect(await orderOf(2)).not.toEqual(first);
    expect(new Set(Array.from({ length: 20 }, (_, i) => first[3 * i])).size).toBe(3);
  });

  it('ends when every variant is known as well as asked for, after ten rounds at least', async () => {
    const { result, machine } = await measured({ precision: 0.01 }, {}, [100, 50]);
    expect(result).toMatchObject({ endedBy: 'precision', rounds: 10 });
    expect(machine.progress.at(-1)?.reached).toBeLessThanOrEqual(0.01);
    const wild = new SimulatedMachine();
    let i = 0;
    const run = (): void => {
      wild.work(1, 100 * (1 + 0.5 * Math.sin(++i * 78.233)));
    };
    const long = await measureVariants(
      [{ name: 'wild', run }],
      { precision: 0.05, budgetS: 1e4 },
      wild,
    );
    expect(long.endedBy).toBe('precision');
    expect(long.rounds).toBeGreaterThan(20);
  });

  it('keeps to its budget, and says what it did not reach', async () => {
    const { result } = await measured({ precision: 1e-6, budgetS: 30 }, {}, [100, 50]);
    expect(result.endedBy).toBe('budget');
    expect(result.elapsedS).toBeLessThanOrEqual(30);
    expect(concerns(result)).toEqual(['precision not reached']);
    expect(verdictText(result.verdict)).toMatch(
      /^INVALID because precision not reached: ±[\d.]+ % in energy of v0, .*±0\.0001 % was asked for/,
    );
  });

  it('repeats short work until ten steps of the counter fit, and divides', async () => {
    const { result } = await measured({ trials: 10 }, { stepS: 0.1 }, [100], 1e-3);
    for (const { window, runs } of result.trials) {
      expect(window.durationS).toBeGreaterThanOrEqual(1);
      expect(runs).toBeGreaterThanOrEqual(1000);
    }
    const { energyJ } = result.variants[0] ?? {};
    expect(energyJ?.low).toBeLessThan(0.1);
    expect(energyJ?.high).toBeGreaterThan(0.1);
    expect(result.verdict.valid).toBe(true);
  });

  it('says when the budget has no room for enough steps', async () => {
    const enough = await measured({ budgetS: 25 }, { stepS: 0.1 });
    expect(enough.result.verdict.valid).toBe(true);
    const { result } = await measured({ budgetS: 8 }, { stepS: 0.1 });
    expect(concerns(result)).toContain('too few counter steps');
  });

  it('keeps the steps in the interval of long work, which runs once a trial', async () => {
    const short = await measured({ trials: 3 }, { stepS: 1 }, [100], 0.5);
    const long = await measured({ trials: 3 }, { stepS: 1 }, [100], 40);
    expect(short.result.trials.every(({ steady }) => steady)).toBe(true);
    expect(short.result.variants[0]?.energyJ?.systematic.above).toBeCloseTo(0, 9);
    expect(long.result.trials.map(({ runs }) => runs)).toEqual([1, 1, 1]);
    expect(long.result.variants[0]?.energyJ?.systematic.above).toBeGreaterThan(50);
  });

  it("keeps a model's band, which no repetition narrows", async () => {
    const band = { low: 0.6, high: 1.4 };
    const { result } = await measured({ trials: 30 }, { bias: 0.7, band }, [100]);
    const { energyJ, dynamicJ } = result.variants[0] ?? {};
    expect(energyJ?.value).toBeCloseTo(1.3 * 0.7, 2);
    expect(energyJ?.low).toBeLessThan(0.92 * 0.6);
    expect(energyJ?.high).toBeGreaterThan(0.9 * 1.4);
    expect(dynamicJ?.systematic.above).toBeCloseTo(0.4 * 0.7 * 0.013 * 80, 2);
  });

  it('has no interval of joules or watts that begins below nothing', async () => {
    const band = { low: 0, high: 3 };
    const { result } = await measured({ trials: 3 }, { idleW: 99, band });
    expect(result.variants[0]?.dynamicJ?.value).toBeGreaterThan(0);
    for (const quantity of [result.idleW, ...result.variants.map(({ dynamicJ }) => dynamicJ)])
      expect(quantity?.low).toBeGreaterThanOrEqual(0);
  });

  it('tells variants apart that differ, and shows no difference of those that do not', async () => {
    const { result } = await measured({ trials: 10 }, {}, [100, 90, 100]);
    const [lower, same] = result.comparisons;
    expect(lower).toMatchObject({ name: 'v1', baseline: 'v0', energyJ: { verdict: 'lower' } });
    expect(lower?.energyJ?.ratio.value).toBeCloseTo(0.9, 2);
    expect(same?.energyJ?.verdict).toBe('no difference shown');
    expect(same?.durationS.verdict).toBe('no difference shown');
  });

  it('waits for promises, one after the other, and for the device', async () => {
    const machine = new SimulatedMachine();
    let running = 0;
    let waited = 0;
    const run = async (): Promise<void> => {
      expect(++running).toBe(1);
      await Promise.resolve();
      machine.work(0.1, 50);
      running--;
    };
    const synchronize = (): void => {
      waited++;
      machine.work(0.1, 50);
    };
    const result = await measureVariants(
      [{ name: 'a', run, synchronize }],
      { trials: 2, warmUp: 1 },
      machine,
    );
    expect(waited).toBe(3);
    const [trial] = result.trials;
    expect(trial?.durationS).toBeCloseTo(0.1 * ((trial?.runs ?? 0) + 1), 6);
  });

  it('leaves warm-up runs out', async () => {
    const machine = new SimulatedMachine();
    let runs = 0;
    const run = (): void => {
      machine.work(0.5, ++runs <= 7 ? 1000 : 10);
    };
    const result = await measureVariants([{ name: 'a', run }], { trials: 4, warmUp: 7 }, machine);
    expect(result.variants[0]?.energyJ?.value).toBeCloseTo(5, 9);
  });

  it('lets out what the work throws', async () => {
    const machine = new SimulatedMachine();
    const run = (): void => {
      throw new Error('out of memory');
    };
    await expect(measureVariants([{ name: 'a', run }], {}, machine)).rejects.toThrow(
      'out of memory',
    );
  });
});

describe('the verdict', () => {
  it('names the load of others, by processor threads', async () => {
    const { result } = await measured({ trials: 3 }, { others: 0.5, threads: 4 });
    expect(verdictText(result.verdict)).toMatch(
      /^INVALID because load of others: other programs kept 0\.50 of 4 processor threads busy/,
    );
    expect((await measured({ trials: 3 }, { others: 0.3 })).result.verdict.valid).toBe(true);
  });

  it('names others that work more than the work itself on a large machine', async () => {
    const { result } = await measured({ trials: 3 }, { others: 2, threads: 64 });
    expect(concerns(result)).toEqual(['load of others']);
  });

  it('says that fewer than ten rounds are too few, however little they scatter', async () => {
    const { result } = await measured({ budgetS: 8, warmUp: 0, coolDownS: 1.5 });
    expect(result.endedBy).toBe('budget');
    expect(result.rounds).toBeGreaterThan(1);
    expect(result.rounds).toBeLessThan(10);
    const [reason, ...others] = result.verdict.reasons;
    expect(others).toEqual([]);
    expect(reason).toMatchObject({ concern: 'too few trials', severity: 'invalid' });
    expect(reason?.detail).toContain(
      `${result.rounds} of each work fitted into the budget of 8.00 s`,
    );
    const needS = Number(/a budget of ([\d.]+) s or more/.exec(reason?.detail ?? '')?.[1]);
    const again = await measured({ budgetS: needS, warmUp: 0, coolDownS: 1.5 });
    expect(again.result).toMatchObject({ rounds: 10, verdict: { valid: true } });
  });

  it('names trials that the budget left out, however little the others scatter', async () => {
    const { result } = await measured({ trials: 200, budgetS: 10 });
    expect(result.endedBy).toBe('budget');
    expect(verdictText(result.verdict)).toBe(
      `INVALID because too few trials: ${result.rounds} of 200 trials of each work fitted into the budget of 10.0 s. Give a larger budget, or ask for fewer trials`,
    );
    expect((await measured({ trials: 5, budgetS: 10 })).result.verdict.valid).toBe(true);
  });

  it('takes no single trial for a figure that does not scatter', async () => {
    const { result } = await measured({ trials: 1 });
    expect(verdictText(result.verdict)).toBe(
      'INVALID because too few trials: a single one says nothing of their scatter. Ask for 2 at least',
    );
  });

  it('names meters that failed in a trial, and what they said', async () => {
    const onWindow = (window: WindowEnergy, index: number): WindowEnergy =>
      index < 7
        ? window
        : {
            ...window,
            machineJ: { ...window.machineJ, complete: false },
            problems: ['GPU 0 is lost'],
          };
    const { result } = await measured({ trials: 4 }, { onWindow });
    expect(verdictText(result.verdict)).toBe(
      'INVALID because incomplete meters: 2 of 4 trials lack energy (GPU 0 is lost)',
    );
    expect(result.variants[0]?.machineJ?.complete).toBe(false);
  });

  it('names counters that began anew', async () => {
    const onWindow = (window: WindowEnergy): WindowEnergy => ({
      ...window,
      energyJ: combined(1, {}, { method: 'counter', resets: 1 }),
    });
    expect(concerns((await measured({ trials: 2 }, { onWindow })).result)).toEqual([
      'incomplete meters',
    ]);
  });

  it('times work on a machine that tells nothing of energy, and says so', async () => {
    const onWindow = (window: WindowEnergy): WindowEnergy => ({ ...window, parts: [] });
    const { result } = await measured({}, { onWindow });
    expect(concerns(result)).toEqual(['incomplete meters']);
    expect(result).toMatchObject({ endedBy: 'precision', idleW: null });
    expect(result.variants[0]).toMatchObject({ energyJ: null, machineJ: null, dynamicJ: null });
    expect(result.variants[0]?.durationS.value).toBeCloseTo(0.013, 6);
  });

  it('takes over what the checks found, and what they could not know', async () => {
    const watched = {
      findings: [
        invalid('suspend', 'the machine slept for 9.0 s in the meantime.'),
        { concern: 'turbo', severity: 'warning', detail: 'turbo is on.' } as const,
      ],
      unknown: ['steal'] as const,
    };
    const { result } = await measured({ trials: 2 }, { watched });
    expect(result.verdict).toMatchObject({
      valid: false,
      reasons: [{ concern: 'suspend' }],
      warnings: [{ concern: 'turbo' }],
      unknown: ['steal'],
    });
  });
});

describe('the options', () => {
  it.each([
    [{ trials: 0 }, 'trials is 0; it must be "auto" or a whole number from 1'],
    [{ trials: 2.5 }, 'trials is 2.5'],
    [{ precision: 5 }, 'precision is 5; it must be a share such as 0.05'],
    [{ precision: NaN }, 'precision is NaN'],
    [{ budgetS: -1 }, 'budgetS is -1; it must be a number of seconds above 0'],
    [{ warmUp: -1 }, 'warmUp is -1; it must be a whole number from 0'],
    [{ coolDownS: Infinity }, 'coolDownS is Infinity'],
    [{ seed: 0.5 }, 'seed is 0.5; it must be a whole number'],
  ])('%o is refused by name and value', async (options, message) => {
    await expect(measured(options)).rejects.toThrow(message);
  });

  it('without anything to measure is an error', async () => {
    await expect(measureVariants([], {}, new SimulatedMachine())).rejects.toThrow(
      'nothing to measure',
    );
  });
});
