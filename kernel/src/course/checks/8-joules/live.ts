import { METHODS } from '../../../quantities/quantity';
import { holds } from '../../comparisons';
import { defineCheck } from '../../definition';
import type { Text } from '../../text';

/** What a student's function tells of work that it has measured. */
export interface Measured {
  readonly energyJ: number;
  readonly lowJ: number;
  readonly highJ: number;
  readonly durationS: number;
  readonly method: string;
}

type Measure = (work: () => void | Promise<void>, seconds: number) => Promise<Measured>;

/** More than any single machine draws. */
const MOST_W = 100_000;
/** A busy machine lets work wait, but not that long. */
const MOST_S = 60;

/** Work that keeps a thread busy for that long. */
export function busyFor(seconds: number): () => void {
  return () => {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end);
  };
}

type Problem = { readonly expected: string; readonly problem: Text } | undefined;

/** Joules of a live measurement are nobody's to foretell; their shape and their bounds are. */
function problemOf(got: unknown, [, seconds]: readonly unknown[]): Problem {
  const { energyJ, lowJ, highJ, durationS, method } = (got ?? {}) as Partial<Measured>;
  const numbers = { energyJ, lowJ, highJ, durationS };
  for (const [name, value] of Object.entries(numbers)) {
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    return {
      expected: `{ ${name}: number }`,
      problem: { en: `${name} is missing, or no number.`, zh: `缺少 ${name}，或它不是数。` },
    };
  }
  const [least, most] = [seconds as number, durationS as number];
  if (most < 0.99 * least || most > MOST_S)
    return {
      expected: `durationS >= ${least}`,
      problem: {
        en: `The work takes at least ${least} s, and durationS is ${most}. Is it in seconds, and was the work awaited?`,
        zh: `这项工作至少需要 ${least} s，而 durationS 是 ${most}。单位是秒吗？等待工作完成了吗？`,
      },
    };
  const [low, value, high] = [lowJ as number, energyJ as number, highJ as number];
  if (!(low >= 0 && low <= value && value <= high && high <= MOST_W * most))
    return {
      expected: '0 <= lowJ <= energyJ <= highJ',
      problem: {
        en: 'The energy has to lie between the ends of its interval, in joules.',
        zh: '能量必须位于区间两端之间，单位是焦耳。',
      },
    };
  if (!METHODS.includes(method as never))
    return {
      expected: METHODS.join(' | '),
      problem: {
        en: 'method tells how the joules came about: it is what the measurement says of itself.',
        zh: 'method 说明焦耳数的来历：照测量结果自己所说的填写。',
      },
    };
  return undefined;
}

/** Right in shape, with the time of a stopwatch. */
const timed: Measure = async (work) => {
  const begin = performance.now();
  await work();
  const durationS = (performance.now() - begin) / 1000;
  return { energyJ: 1, lowJ: 0, highJ: 2, durationS, method: 'modelled' };
};

/** The function that measures on the student's own machine. */
export const LIVE = {
  'measure-work': defineCheck({
    what: { en: 'the joules of work, measured now', zh: '当场测得的一项工作的焦耳数' },
    reference: timed,
    comparison: holds(problemOf),
    cases: [0.1, 0.3].map((seconds) => ({
      args: () => [busyFor(seconds), seconds] as [() => void, number],
      call: `measureWork(busy for ${seconds} s)`,
      hint: {
        en: 'Wait for measureEnergy(name, work), and hand on its energyJ, the ends of its interval, its durationS and its method.',
        zh: '等待 measureEnergy(name, work) 完成，再返回它的 energyJ、interval 的两端、durationS 和 method。',
      },
    })),
  }),
} as const;
