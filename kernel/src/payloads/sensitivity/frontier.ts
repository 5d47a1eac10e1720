/** One layer's choices; exactly one of them is taken. */
export interface Choice {
  /** What is limited: bytes, or bits. */
  readonly size: number;
  /** What is to be small, and adds up over layers. */
  readonly cost: number;
}

/** One choice per layer. */
export interface Assignment {
  readonly size: number;
  readonly cost: number;
  /** Per layer, the index of its choice. */
  readonly chosen: readonly number[];
}

export interface Frontier {
  /** By rising size and falling cost; no assignment is better than one of these in both. */
  readonly assignments: readonly Assignment[];
  /** False where the list had to be thinned: then better ones may be between. */
  readonly exact: boolean;
}

interface State {
  readonly size: number;
  readonly cost: number;
  readonly choice: number;
  readonly before: State | undefined;
}

/** What a layer takes more, and what harm is less, from one choice to the next. */
interface Step<T> {
  readonly layer: number;
  readonly to: T;
  readonly size: number;
  readonly gain: number;
}

/** States that are kept per layer. */
const LIMIT = 20_000;

/**
 * All assignments that are best for their size: the multiple-choice knapsack by dynamic programming
 * over Pareto-optimal partial assignments (Nemhauser and Ullmann, 1969). Exact as long as there are
 * at most `limit` of them after each layer; beyond, one per equal part of the sizes' range is kept.
 */
export function paretoFrontier(layers: readonly (readonly Choice[])[], limit = LIMIT): Frontier {
  let states: State[] = [{ size: 0, cost: 0, choice: -1, before: undefined }];
  let exact = true;
  for (const choices of layers) {
    const next = states.flatMap((before) =>
      choices.map(({ size, cost }, choice) => ({
        size: before.size + size,
        cost: before.cost + cost,
        choice,
        before,
      })),
    );
    states = nonDominated(next);
    if (states.length > limit) {
      states = thinned(states, limit);
      exact = false;
    }
  }
  const assignments = states.map((state) => ({
    size: state.size,
    cost: state.cost,
    chosen: trace(state),
  }));
  return { assignments, exact };
}

/**
 * The assignments at the corners of the frontier's lower convex hull, `limit` of them at most: each is best for
 * its size, but between two corners there may be others. In the time of a sort, for more layers and choices
 * than {@link paretoFrontier} goes through.
 */
export function hullFrontier(layers: readonly (readonly Choice[])[], limit: number): Frontier {
  const hulls = layers.map((choices) =>
    convexHull(choices.map((choice, index) => ({ ...choice, index }))),
  );
  const chosen = hulls.map(([first]) => first?.index ?? -1);
  let size = hulls.reduce((sum, [first]) => sum + (first?.size ?? 0), 0);
  let cost = hulls.reduce((sum, [first]) => sum + (first?.cost ?? 0), 0);
  const assignments: Assignment[] = [{ size, cost, chosen: [...chosen] }];
  const steps = stepsAlong(hulls);
  const every = Math.ceil(steps.length / Math.max(1, limit - 1));
  for (const [index, step] of steps.entries()) {
    size += step.size;
    cost -= step.gain;
    chosen[step.layer] = step.to.index;
    if ((index + 1) % every === 0 || index === steps.length - 1)
      assignments.push({ size, cost, chosen: [...chosen] });
  }
  return { assignments, exact: false };
}

/** From each layer's choice to the next along its hull, those that gain most for their size first. */
function stepsAlong<T extends Choice>(hulls: readonly (readonly T[])[]): Step<T>[] {
  return hulls
    .flatMap((hull, layer) =>
      hull.slice(1).map((to, i) => {
        const before = hull[i] ?? to;
        return { layer, to, size: to.size - before.size, gain: before.cost - to.cost };
      }),
    )
    .sort((a, b) => b.gain / b.size - a.gain / a.size);
}

/**
 * A bound that no assignment of at most this size can beat: the least cost when layers may take
 * fractions of two choices (the linear relaxation, greedily along each layer's lower convex hull).
 */
export function relaxedCost(layers: readonly (readonly Choice[])[], size: number): number {
  const hulls = layers.map((choices) => convexHull(choices));
  let left = size - hulls.reduce((sum, [first]) => sum + (first?.size ?? 0), 0);
  let cost = hulls.reduce((sum, [first]) => sum + (first?.cost ?? 0), 0);
  if (left < 0) return Infinity;
  for (const step of stepsAlong(hulls)) {
    const share = Math.min(1, left / step.size);
    cost -= share * step.gain;
    left -= share * step.size;
    if (share < 1) break;
  }
  return cost;
}

function nonDominated<T extends Choice>(states: T[]): T[] {
  states.sort((a, b) => a.size - b.size || a.cost - b.cost);
  let least = Infinity;
  return states.filter(({ cost }) => {
    if (!(cost < least)) return false;
    least = cost;
    return true;
  });
}

function thinned(states: readonly State[], limit: number): State[] {
  const [first] = states;
  const last = states.at(-1);
  if (first === undefined || last === undefined) return [];
  const width = (last.size - first.size) / (limit - 1);
  // The last of each part has its least cost.
  return states.filter((state, i) => {
    const next = states[i + 1];
    if (i === 0 || next === undefined) return true;
    const part = ({ size }: State): number => Math.floor((size - first.size) / width);
    return part(next) !== part(state);
  });
}

function convexHull<T extends Choice>(choices: readonly T[]): T[] {
  const hull: T[] = [];
  for (const choice of nonDominated([...choices])) {
    for (;;) {
      const [a, b] = [hull.at(-2), hull.at(-1)];
      if (a === undefined || b === undefined) break;
      const cross =
        (b.size - a.size) * (choice.cost - a.cost) - (choice.size - a.size) * (b.cost - a.cost);
      if (cross > 0) break;
      hull.pop();
    }
    hull.push(choice);
  }
  return hull;
}

function trace(state: State): number[] {
  const chosen: number[] = [];
  let at = state;
  while (at.before !== undefined) {
    chosen.push(at.choice);
    at = at.before;
  }
  return chosen.reverse();
}

/** Of sizes that are sums of decimals. */
const TOLERANCE = 1e-9;

/** The assignments of at most this size, the best first. */
export function ofAtMost({ assignments }: Frontier, size: number): readonly Assignment[] {
  return assignments.filter((each) => each.size <= size + TOLERANCE).toReversed();
}

/** Undefined where the assignment is the best of its size; else how much less harm another has at best, as a share. */
export function optimalityGap(
  { exact }: Frontier,
  layers: readonly (readonly Choice[])[],
  { size, cost }: Assignment,
): number | undefined {
  if (exact || cost === 0) return undefined;
  return Math.max(0, (cost - relaxedCost(layers, size)) / cost);
}
