import { describe, expect, it } from 'vitest';
import { measureVariants } from './measure';
import { SimulatedMachine, type SimulatedOptions } from './simulated-machine.fixture';

const RUNS = 1000;
const WATTS = 100;
const RUN_S = 0.02;

type Noise = (random: () => number) => number;

/** Factors with mean 1 and a standard deviation of about `spread`. */
const NOISES = {
  normal:
    (spread: number): Noise =>
    (random) =>
      1 + spread * normal(random),
  'heavy-tailed (t with 3 degrees of freedom)':
    (spread: number): Noise =>
    (random) => {
      const chi = (normal(random) ** 2 - 2 * Math.log(1 - random())) / 3;
      return 1 + (spread * normal(random)) / Math.sqrt(3 * chi);
    },
  'skewed (lognormal)': (spread: number): Noise => {
    const sigma = Math.sqrt(Math.log(1 + spread ** 2));
    return (random) => Math.exp(sigma * normal(random) - sigma ** 2 / 2);
  },
};

interface Case {
  readonly noise: keyof typeof NOISES;
  /** Of a trial as a whole: temperature, the state of memory. */
  readonly perTrial: number;
  readonly perRun: number;
  readonly machine?: SimulatedOptions;
}

const CASES: readonly (readonly [string, Case])[] = [
  ['normal noise', { noise: 'normal', perTrial: 0.04, perRun: 0.2 }],
  ['normal noise that takes many trials', { noise: 'normal', perTrial: 0.12, perRun: 0.1 }],
  [
    'heavy tails',
    { noise: 'heavy-tailed (t with 3 degrees of freedom)', perTrial: 0.08, perRun: 0.3 },
  ],
  ['skewed runs', { noise: 'skewed (lognormal)', perTrial: 0.06, perRun: 0.4 }],
  [
    'a counter of 100 ms steps',
    { noise: 'normal', perTrial: 0.02, perRun: 0.1, machine: { stepS: 0.1, idleW: 20 } },
  ],
  [
    'a counter of 100 ms steps and nothing else that scatters',
    { noise: 'normal', perTrial: 0, perRun: 0.001, machine: { stepS: 0.1, idleW: 20 } },
  ],
  [
    'a counter of 100 ms steps under heavy tails',
    {
      noise: 'heavy-tailed (t with 3 degrees of freedom)',
      perTrial: 0.08,
      perRun: 0.3,
      machine: { stepS: 0.1, idleW: 20 },
    },
  ],
];

describe('the interval of 1,000 measurements of a device whose joules are known', () => {
  it.each(CASES)('covers the truth in 95 ± 2 % of them, with %s', async (name, given) => {
    const { covered, trials } = await measured(given);
    const text = `${name}: covered in ${(covered * 100).toFixed(1)} % with ${trials.toFixed(1)} trials`;
    expect(covered, text).toBeGreaterThanOrEqual(0.93);
    expect(covered, text).toBeLessThanOrEqual(0.97);
  });
});

async function measured({
  noise,
  perTrial,
  perRun,
  machine,
}: Case): Promise<{ covered: number; trials: number }> {
  const [trialNoise, runNoise] = [NOISES[noise](perTrial), NOISES[noise](perRun)];
  let covered = 0;
  let trials = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const random = stream(seed);
    let lastRest = -1;
    let factor = 1;
    const simulated = new SimulatedMachine(machine);
    const run = (): void => {
      if (simulated.rests !== lastRest) {
        lastRest = simulated.rests;
        factor = trialNoise(random);
      }
      simulated.work(RUN_S, WATTS * Math.max(0, factor * runNoise(random)));
    };
    const result = await measureVariants(
      [{ name: 'work', run }],
      { budgetS: 300, seed },
      simulated,
    );
    const energyJ = result.variants[0]?.energyJ;
    if (energyJ && energyJ.low <= WATTS * RUN_S && WATTS * RUN_S <= energyJ.high) covered++;
    trials += result.rounds;
  }
  return { covered: covered / RUNS, trials: trials / RUNS };
}

/** Xorshift on 32 bits: fast, and good enough for noise. */
function stream(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
