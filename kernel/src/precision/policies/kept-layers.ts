import type { Policy } from '../policy';
import { isPattern, matches, parseKeep, type Keep, type KeepRule } from './keep';

/** The layers that a regime keeps in a policy of their own, and what is known of them so far. */
export class KeptLayers {
  readonly rules: readonly KeepRule[];
  /** Rules that have met a layer. */
  readonly met = new Set<KeepRule>();
  /** Models that were looked through. */
  readonly checked = new WeakSet();
  private readonly byPath = new Map<string, KeepRule | undefined>();
  private readonly byVariable = new WeakMap<object, Policy>();

  constructor(keep: Keep | undefined) {
    this.rules = parseKeep(keep);
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  /** Paths of the layers that ran, in their order. */
  get seen(): string[] {
    return [...this.byPath.keys()];
  }

  get unmet(): KeepRule[] {
    return this.rules.filter((rule) => !this.met.has(rule));
  }

  /**
   * The rule of a layer, or of the nearest model or wrapper around it: one that names it goes before a
   * pattern, a later pattern before an earlier.
   */
  ruleFor(path: string): KeepRule | undefined {
    if (!this.byPath.has(path)) this.byPath.set(path, this.findRule(path));
    return this.byPath.get(path);
  }

  private findRule(path: string): KeepRule | undefined {
    const fitting = this.rules.filter(({ pattern }) => matches(pattern, path));
    for (const rule of fitting) this.met.add(rule);
    const own = fitting.findLast(({ pattern }) => !isPattern(pattern)) ?? fitting.at(-1);
    const end = path.lastIndexOf('/');
    return own ?? (end < 0 ? undefined : this.ruleFor(path.slice(0, end)));
  }

  /** Says which policy a weight belongs to, for what its updates are rounded to. */
  own(variable: object, policy: Policy): void {
    this.byVariable.set(variable, policy);
  }

  policyOf(variable: object): Policy | undefined {
    return this.byVariable.get(variable);
  }

  toString(): string {
    return this.rules.map(({ text }) => text).join(',');
  }
}
