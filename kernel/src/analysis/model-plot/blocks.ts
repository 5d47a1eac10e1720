import type { PlottedNode } from '../../payloads/graph/schema';

type Linked = Pick<PlottedNode, 'kind' | 'inputs'>;

/** Layers of the longest block that is looked for. */
const LONGEST = 64;
/** Fewer layers in all are read as they are. */
const LEAST_COVERED = 6;

/**
 * The nodes in groups: each time that a sequence of at least two layers repeats, with the same classes and
 * the same connections, is a group, all other nodes are one each.
 * @param nodes In the order of execution.
 */
export function repeatedBlocks(nodes: readonly Linked[]): number[][] {
  const groups: number[][] = [];
  let at = 0;
  while (at < nodes.length) {
    const { period, covered } = longestRun(nodes, at);
    if (covered < LEAST_COVERED) {
      groups.push([at]);
      at += 1;
      continue;
    }
    for (let start = at; start < at + covered; start += period)
      groups.push(Array.from({ length: period }, (_, i) => start + i));
    at += covered;
  }
  return groups;
}

/** What repeats from `start` on: the period that covers most nodes, the shortest of several. */
function longestRun(
  nodes: readonly Linked[],
  start: number,
): { readonly period: number; readonly covered: number } {
  let best = { period: 1, covered: 0 };
  for (let period = 2; period <= LONGEST && start + 2 * period <= nodes.length; period++) {
    let same = 0;
    while (alike(nodes, start + same, period)) same += 1;
    const covered = same < period ? 0 : (Math.floor(same / period) + 1) * period;
    if (covered > best.covered) best = { period, covered };
  }
  return best;
}

/** Whether the node a period later is of the same class, and reads what lies as far back. */
function alike(nodes: readonly Linked[], place: number, period: number): boolean {
  const [one, other] = [nodes[place], nodes[place + period]];
  if (one === undefined || other === undefined || one.kind !== other.kind) return false;
  if (one.inputs.length !== other.inputs.length) return false;
  return one.inputs.every((input, i) => {
    const [back, later] = [place - input, place + period - (other.inputs[i] ?? 0)];
    return back === later || (back > period && later > period);
  });
}
