import { isRead, slotOf, type OpEntry, type Tape, type TensorType } from '../tape';
import { onlyWrites } from '../variable-ops';
import { broadcastTo, sizeOf } from './broadcast';
import { fusedOp, takesNumber, type FusedOp } from './opcodes';

/** Ops of one group: more make registers spill out of the first cache. */
const MOST = 48;
/** Entries between the first and the last of a group: what is farther apart has the loss in between. */
const LONGEST = 256;

/** An op that may be fused. */
export interface Candidate {
  readonly index: number;
  readonly entry: OpEntry;
  readonly op: FusedOp;
  readonly size: number;
  /** Its operands in the order in which they are computed with; a reshaped value is the value itself. */
  readonly operands: readonly Operand[];
}

export interface Operand {
  readonly ref: number;
  /** As its op sees it. */
  readonly type: TensorType;
}

/** The places of entries that run as one op, in order. */
export type Members = readonly number[];

/** What a tape's entries need of each other, looked up often. */
export class TapeIndex {
  /** By value: the place of its entry. */
  readonly entryOf: readonly number[];

  constructor(readonly tape: Tape) {
    const entryOf: number[] = [];
    tape.entries.forEach((entry, index) => {
      const values = entry.kind === 'op' ? entry.outputs.length : 1;
      for (let i = 0; i < values; i++) entryOf[entry.first + i] = index;
    });
    this.entryOf = entryOf;
  }

  typeOf(ref: number): TensorType | undefined {
    if (ref < 0) {
      const known = this.tape.externals[slotOf(ref)];
      return known?.isResource === true && !isRead(ref) ? undefined : known?.type;
    }
    const entry = this.tape.entries[this.entryOf[ref] ?? -1];
    return entry?.kind === 'op' ? entry.outputs[ref - entry.first] : entry?.type;
  }

  /** The value that this one is, but for its shape. */
  unshaped(ref: number): number {
    let value = ref;
    for (;;) {
      const entry = value < 0 ? undefined : this.tape.entries[this.entryOf[value] ?? -1];
      if (entry?.kind !== 'op' || !isReshape(entry)) return value;
      value = entry.refs[0] ?? value;
    }
  }
}

export function isReshape({ name, refs }: OpEntry): boolean {
  return name === 'Reshape' && refs.length === 2;
}

/**
 * Finds chains of elementwise ops on the same number of elements. Each group can run as a whole: nothing
 * outside of it both needs some of its results and is needed by others. All come before the first write.
 */
export function findGroups(
  index: TapeIndex,
  ops: readonly FusedOp[],
  excluded: ReadonlySet<number>,
): Members[] {
  const candidates = candidatesOf(index, ops, excluded);
  const groupOf = new Map<number, Set<number>>();
  const known = new Map<number, readonly number[]>();
  for (const [place, candidate] of candidates) {
    let group = new Set([place]);
    for (const { ref } of candidate.operands) {
      const source = ref < 0 ? undefined : index.entryOf[ref];
      const other = source === undefined ? undefined : groupOf.get(source);
      if (other === undefined || other === group || group.has(source ?? -1)) continue;
      if (candidates.get(source ?? -1)?.size !== candidate.size) continue;
      const both = new Set([...other, ...group]);
      if (both.size <= MOST && isWhole(both)) group = both;
    }
    for (const member of group) groupOf.set(member, group);
  }
  return [...new Set(groupOf.values())]
    .filter((group) => group.size > 1)
    .map((group) => [...group].sort((a, b) => a - b));

  /** Whether no way from the group's inputs leads back into it; false for one that is too long. */
  function isWhole(group: ReadonlySet<number>): boolean {
    const [first, last] = [Math.min(...group), Math.max(...group)];
    if (last - first > LONGEST) return false;
    const floor = closedBelow(first, last);
    const seen = new Set<number>();
    const open: number[] = [];
    const visit = (places: Iterable<number>): boolean => {
      for (const place of places) {
        if (group.has(place)) return false;
        if (place < floor || seen.has(place)) continue;
        seen.add(place);
        open.push(place);
      }
      return true;
    };
    for (const member of group) if (!visit(outside(sources(member), group))) return false;
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const own = groupOf.get(place);
      // What is in the group under test is no group of its own any more.
      if (own !== undefined && !visit(outside(own, new Set([place])))) return false;
      if (!visit(sources(place))) return false;
    }
    return true;
  }

  /** The last place, up to `first`, below which nothing needs what is at it or above: no group is on both sides. */
  function closedBelow(first: number, last: number): number {
    let floor = first;
    for (let place = last; place >= floor; place--) {
      for (const member of groupOf.get(place) ?? []) floor = Math.min(floor, member);
    }
    return floor;
  }

  function sources(place: number): readonly number[] {
    let found = known.get(place);
    if (found === undefined) {
      const candidate = candidates.get(place);
      const entry = index.tape.entries[place];
      const refs =
        candidate?.operands.map(({ ref }) => ref) ?? (entry?.kind === 'op' ? entry.refs : []);
      found = refs.flatMap((ref) => (ref < 0 ? [] : [index.entryOf[ref] ?? -1]));
      known.set(place, found);
    }
    return found;
  }
}

function* outside(places: Iterable<number>, group: ReadonlySet<number>): Iterable<number> {
  for (const place of places) if (!group.has(place)) yield place;
}

/** By place, in order. */
export function candidatesOf(
  index: TapeIndex,
  ops: readonly FusedOp[],
  excluded: ReadonlySet<number>,
): Map<number, Candidate> {
  const found = new Map<number, Candidate>();
  for (const [place, entry] of index.tape.entries.entries()) {
    if (entry.kind !== 'op') continue;
    if (onlyWrites(entry.name)) break;
    const candidate = excluded.has(place) ? undefined : candidateOf(index, ops, entry, place);
    if (candidate !== undefined) found.set(place, candidate);
  }
  return found;
}

function candidateOf(
  index: TapeIndex,
  ops: readonly FusedOp[],
  entry: OpEntry,
  place: number,
): Candidate | undefined {
  const [output] = entry.outputs;
  if (output === undefined) return undefined;
  const size = sizeOf(output.shape);
  if (size === 0) return undefined;
  const operands: Operand[] = [];
  for (const ref of entry.refs) {
    const type = index.typeOf(ref);
    if (type === undefined || broadcastTo(type.shape, output.shape) === undefined) return undefined;
    operands.push({ ref: index.unshaped(ref), type });
  }
  const types = operands.map(({ type }) => type);
  const op = fusedOp(ops, entry, types);
  if (op === undefined) return undefined;
  const [, second] = types;
  const isSecond = second !== undefined && sizeOf(second.shape) === 1;
  if (op.withNumber === 'first' && takesNumber(types) && isSecond) operands.reverse();
  return { index: place, entry, op, size, operands };
}
