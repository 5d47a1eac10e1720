import { layerChoices, type RatedLayer } from './choices';
import {
  hullFrontier,
  ofAtMost,
  optimalityGap,
  paretoFrontier,
  type Assignment,
  type Choice,
  type Frontier,
} from './frontier';
import type { Sensitivity } from './schema';

/** What a budget limits: all bytes of weights, the noise in the outputs, or what the score may lose. */
export type BudgetKind = 'bytes' | 'sqnrDb' | 'drop';

export interface Budget {
  readonly kind: BudgetKind;
  /** Bytes at most, decibels at least, or a drop at most. */
  readonly limit: number;
}

/** Formats for all layers, and what they should do if the layers' harms add up. */
export interface Plan {
  /** By layer, the index of its format among the plans'. */
  readonly chosen: readonly number[];
  /** With what stays in float whatever is chosen, as far as that is known. */
  readonly bytes: number;
  readonly sqnrDb: number;
  /** NaN for a single value a row. */
  readonly kl: number;
  /** NaN without labels. */
  readonly drop: number;
  /** As the search has it. */
  readonly assignment: Assignment;
}

/** States times choices that a page goes through without a pause that one feels. */
const MOST_WORK = 400_000;
const MOST_STATES = 20_000;
/** Of fewer, a search says less than the corners of the frontier's hull. */
const FEWEST_STATES = 200;
const FLOAT_BITS = 32;
export const FLOAT = 'fp32';

/** All plans that are best for their size: what `chooseBits` searches among, in a page. */
export class Plans {
  readonly formats: readonly string[];
  readonly #layers: readonly RatedLayer[];
  readonly #choices: readonly (readonly Choice[])[];
  readonly #frontier: Frontier;
  readonly #fixedBytes: number;

  /** @param withFloat Whether layers may stay in float. */
  constructor(payload: Sensitivity, withFloat: boolean) {
    const { formats, layers, metric, fixedBytes } = payload;
    const more = withFloat ? [undefined] : [];
    this.formats = [...formats.map(({ name }) => name), ...(withFloat ? [FLOAT] : [])];
    this.#layers = layers.map((layer) => ({ ...layer, formats: [...layer.formats, ...more] }));
    const bits = [...formats.map((format) => format.bits), FLOAT_BITS];
    this.#choices = layerChoices(this.#layers, bits, 'bytes', metric);
    const states = Math.floor(MOST_WORK / Math.max(1, layers.length * this.formats.length));
    this.#frontier =
      states < FEWEST_STATES
        ? hullFrontier(this.#choices, FEWEST_STATES)
        : paretoFrontier(this.#choices, Math.min(MOST_STATES, states));
    this.#fixedBytes = fixedBytes ?? 0;
  }

  /** How many there are; 0 where figures are missing. */
  get length(): number {
    return this.#frontier.assignments.length;
  }

  /** By rising bytes and falling harm. */
  at(index: number): Plan | undefined {
    const assignment = this.#frontier.assignments[index];
    return assignment === undefined ? undefined : this.#plan(assignment);
  }

  /** So many of them, evenly chosen, the first and the last among them. */
  some(count: number): readonly Plan[] {
    const last = this.length - 1;
    const shown = Math.min(count, this.length);
    const indices = Array.from({ length: shown }, (_, i) =>
      shown === 1 ? 0 : Math.round((i * last) / (shown - 1)),
    );
    return indices.flatMap((index) => this.at(index) ?? []);
  }

  /** The best that keeps to the budget; undefined where none does. */
  within({ kind, limit }: Budget): Plan | undefined {
    if (kind === 'bytes') {
      const [best] = ofAtMost(this.#frontier, limit - this.#fixedBytes);
      return best && this.#plan(best);
    }
    // As `chooseBits` does by measuring: the smallest that is good enough.
    let [low, high] = [0, this.length - 1];
    const holds = (plan: Plan | undefined): boolean =>
      plan !== undefined && (kind === 'sqnrDb' ? plan.sqnrDb >= limit : plan.drop <= limit + 1e-9);
    if (!holds(this.at(high))) return undefined;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (holds(this.at(middle))) high = middle;
      else low = middle + 1;
    }
    return this.at(high);
  }

  /** All layers in one format. */
  uniform(format: string): Plan | undefined {
    const index = this.formats.indexOf(format);
    if (index < 0) return undefined;
    const size = this.#choices.reduce((sum, choices) => sum + (choices[index]?.size ?? 0), 0);
    const cost = this.#choices.reduce((sum, choices) => sum + (choices[index]?.cost ?? 0), 0);
    return this.#plan({ size, cost, chosen: this.#choices.map(() => index) });
  }

  /** At best so much less harm has another plan of this size, as a share; undefined: none has. */
  gapOf({ assignment }: Plan): number | undefined {
    return optimalityGap(this.#frontier, this.#choices, assignment);
  }

  #plan(assignment: Assignment): Plan {
    const { chosen, size } = assignment;
    const sum = (value: (layer: RatedLayer, index: number) => number): number =>
      this.#layers.reduce((total, layer, i) => total + value(layer, chosen[i] ?? 0), 0);
    const noise = sum(({ formats }, index) => formats[index]?.relativeNoise ?? 0);
    return {
      chosen,
      bytes: size + this.#fixedBytes,
      sqnrDb: -10 * Math.log10(noise),
      kl: sum(({ formats }, index) => formats[index]?.kl ?? 0),
      drop: sum(({ formats }, index) => formats[index]?.drop ?? 0),
      assignment,
    };
  }
}
