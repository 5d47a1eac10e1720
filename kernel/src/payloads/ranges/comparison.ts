import * as z from 'zod/mini';
import { percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { gradientRanges, type GradientRanges } from './schema';
import { lostOf, type Lost } from './time';
import { KIND_NAMES, WORRYING } from './verdict';

const run = z.object({ name: z.string(), ranges: gradientRanges });

/** Two recordings side by side, of which layers of one name are compared. */
export const rangeComparison = z.object({ title: z.string(), runs: z.tuple([run, run]) });

export type RangeComparison = z.infer<typeof rangeComparison>;

/** A run with the layers that both have. */
export interface ComparedRun {
  readonly name: string;
  readonly ranges: GradientRanges;
}

/** A layer in both runs, each in its own format at its own loss scales. */
export interface ComparedLayer {
  readonly name: string;
  readonly lost: readonly [Lost, Lost];
  /** By how much more the second has of what is {@link gone}: a fraction. */
  readonly difference: number;
}

export interface Compared {
  readonly runs: readonly [ComparedRun, ComparedRun];
  /** In the first run's order. */
  readonly layers: readonly ComparedLayer[];
}

/** Reads a comparison: of the kind of values that the first run has first, the layers that both runs have. */
export function readComparison({
  runs,
}: {
  readonly runs: readonly ComparedRun[];
}): Compared | undefined {
  const [a, b] = runs;
  const kind = a?.ranges.layers[0]?.kind;
  if (a === undefined || b === undefined || kind === undefined) return undefined;
  const namesOf = ({ ranges }: ComparedRun): string[] =>
    ranges.layers.filter((layer) => layer.kind === kind).map(({ name }) => name);
  const others = new Set(namesOf(b));
  const names = [...new Set(namesOf(a))].filter((name) => others.has(name));
  if (names.length === 0) return undefined;
  const both = [a, b].map(({ name, ranges }) => ({
    name,
    ranges: only(ranges, kind, names),
  })) as [ComparedRun, ComparedRun];
  const lost = both.map(({ ranges }) => names.map((_, index) => lostIn(ranges, index))) as [
    Lost[],
    Lost[],
  ];
  return {
    runs: both,
    layers: names.map((name, index) => {
      const pair = [lost[0][index] ?? NONE, lost[1][index] ?? NONE] as const;
      return { name, lost: pair, difference: gone(pair[1]) - gone(pair[0]) };
    }),
  };
}

const NONE: Lost = { underflow: 0, overflow: 0, zero: 0 };

/**
 * What of a layer is no finite value other than zero: lost, or zero from the beginning. Of one network
 * and one batch the latter is the same in both runs, and the difference is what one of them loses.
 */
export function gone({ underflow, overflow, zero }: Lost): number {
  return underflow + overflow + zero;
}

function lostIn(ranges: GradientRanges, index: number): Lost {
  const format = ranges.formats.find(({ id }) => id === ranges.format);
  return format === undefined ? NONE : lostOf(ranges, index, format);
}

/** A payload of these layers alone, in this order. */
function only(payload: GradientRanges, kind: string, names: readonly string[]): GradientRanges {
  const places = names.map((name) =>
    payload.layers.findIndex((layer) => layer.kind === kind && layer.name === name),
  );
  const pick = <T>(items: readonly T[]): T[] => places.flatMap((place) => items[place] ?? []);
  const { time } = payload;
  return {
    ...payload,
    layers: pick(payload.layers),
    ...(time && { time: { slots: time.slots, layers: pick(time.layers) } }),
  };
}

/** Which run keeps more, and in which layer that is seen most. */
export function comparisonVerdict({ runs: [a, b], layers }: Compared): Verdict {
  const [most] = layers.toSorted((x, y) => Math.abs(y.difference) - Math.abs(x.difference));
  const values = KIND_NAMES[a.ranges.layers[0]?.kind ?? 'gradient'];
  if (most === undefined || Math.abs(most.difference) < WORRYING) {
    return {
      sentence: `${a.name} and ${b.name} keep the same: in no layer do they differ by 1% of the ${values}.`,
      tone: 'good',
    };
  }
  const [inA, inB] = most.lost.map((lost) => percent(gone(lost))) as [string, string];
  const more = (sign: number): number =>
    layers.filter(({ difference }) => sign * difference >= WORRYING).length;
  const counted = [
    [b.name, more(1)],
    [a.name, more(-1)],
  ] as const;
  const words = counted
    .toSorted(([, x], [, y]) => y - x)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} has more of that in ${count} of ${layers.length} layers`);
  return {
    sentence:
      `They differ most in ${most.name}: of its ${values} ${inA} are zero or lost in ${a.name}, ${inB} in ${b.name}. ` +
      `${words.join(', ')}.`,
    tone: 'caution',
  };
}
