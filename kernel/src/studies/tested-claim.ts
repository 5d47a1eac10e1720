import type { HardwareClass } from '../literature/claim';

/** What a claim's figure is in: a ratio, a fraction that is shown as percent, percentage points, or a plain number. */
export type FigureUnit = 'x' | '%' | 'pp' | '';

/** A claim that people repeat, and what has to be measured for it to be true. */
export interface TestedClaim {
  /** For references; that of the `OftenClaimed` entry where it is one: `int8-speed`. */
  readonly id: string;
  /** The claim in a sentence. */
  readonly says: string;
  /** What each trial measures, in words: `seconds in fp32 / seconds in int8`. */
  readonly figure: string;
  /** `%` and `pp` are given as fractions: 0.75 is 75%, 0.01 is 1 pp. */
  readonly unit: FigureUnit;
  /** Figures from `low` to `high` bear the claim out; null: open on that side, as where more than is claimed bears it out too. */
  readonly low: number | null;
  readonly high: number | null;
  /** Of which machines it is said; `any` where it names none. On others it is confirmed or not here, never refuted. */
  readonly of: HardwareClass;
  /** Ids of the literature's claims that bear on it. */
  readonly see: readonly string[];
  /** The study that tests it: `notebooks/research/<study>.ipynb`. */
  readonly study: string;
}
