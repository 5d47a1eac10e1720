import { percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import { wilsonInterval } from '../../quantities/proportion';

/** Samples whose class both predict, and those that are predicted another one. */
export interface Decisions {
  readonly samples: number;
  readonly different: number;
}

interface Compared {
  readonly codes: number;
  readonly different: number;
  /** In codes. */
  readonly largest: number;
  /** Undefined of outputs that are no classes. */
  readonly decisions: Decisions | undefined;
}

/** Steps of a code that rounding may differ by where the sums before it differ in their last digits. */
const ROUNDING = 1;
/** From this share of samples on another class is no accident of rounding. */
const MANY = 0.01;

/** Whether the integer model computes what was trained. */
export function qatComparisonVerdict({ codes, different, largest, decisions }: Compared): Verdict {
  if (codes === 0) return { sentence: 'No value of the model is rounded.', tone: 'caution' };
  if (!Number.isFinite(largest)) {
    return { sentence: 'The integer model gives values that are no numbers.', tone: 'problem' };
  }
  const classes = decisions === undefined ? '' : `; ${decisionText(decisions)}`;
  const changed = decisions?.different ?? 0;
  const least = decisions === undefined ? 0 : sharesOf(decisions)[0];
  return {
    sentence:
      different === 0
        ? `All of ${counted(codes, 'code')} are those of the simulation${classes}.`
        : `${different.toLocaleString('en')} of ${counted(codes, 'code')} (${percent(different / codes)}) ${different === 1 ? 'differs' : 'differ'} from the simulation, by ${largest} at most${classes}.`,
    tone: least > MANY ? 'problem' : largest > ROUNDING || changed > 0 ? 'caution' : 'good',
  };
}

function decisionText(decisions: Decisions): string {
  const { samples, different } = decisions;
  const [low, high] = sharesOf(decisions).map(percent);
  return `another class is predicted for ${different.toLocaleString('en')} of ${counted(samples, 'sample')} (95% interval ${low} to ${high})`;
}

function sharesOf({ samples, different }: Decisions): readonly [low: number, high: number] {
  return wilsonInterval(different, samples);
}

/** Rows of two outputs whose largest values are in other places; undefined for fewer than two places. */
export function decisionsOf(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  classes: number,
): Decisions | undefined {
  const samples = a.length / classes;
  if (classes < 2 || samples < 1 || !Number.isInteger(samples)) return undefined;
  const largest = (values: ArrayLike<number>, row: number): number => {
    let best = row * classes;
    for (let i = best; i < (row + 1) * classes; i++)
      if ((values[i] ?? NaN) > (values[best] ?? NaN)) best = i;
    return best;
  };
  const rows = Array.from({ length: samples }, (_, row) => row);
  return { samples, different: rows.filter((row) => largest(a, row) !== largest(b, row)).length };
}
