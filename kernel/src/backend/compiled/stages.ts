import { external, slotOf, typeOf, type Entry, type OpEntry, type Tape } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';

/** A part of a forward pass that is one program. References are those of the pass's tape. */
export interface ProgramStage {
  readonly tape: Tape;
  /** By slot. */
  readonly takes: readonly number[];
  readonly gives: readonly number[];
}

/** A forward pass in two programs. */
export interface Stages {
  /** What depends on weights and constants alone: the casts of weights to 16 bits above all. */
  readonly ahead: ProgramStage | undefined;
  readonly pass: ProgramStage;
}

/** Ops whose result shares the memory of their input: kept, it would have each update of a weight copy it. */
const SHARES: ReadonlySet<string> = new Set(['ExpandDims', 'Identity', 'Reshape', 'Squeeze']);

/** Cuts a forward pass. The ops are the same ones on the same values. */
export function stagesOf(forward: ForwardTape): Stages {
  const { tape, results } = forward;
  const ahead = opsOnWeights(forward);
  const rest = tape.entries.filter((entry) => entry.kind === 'op' && !ahead.has(entry));
  const used = new Set(rest.flatMap(refsOf));
  const prepared = [...ahead].flatMap(valuesOf).filter((value) => used.has(value));
  return {
    ahead: prepared.length === 0 ? undefined : programStage(tape, [...ahead], prepared),
    pass: programStage(tape, rest, results),
  };
}

function opsOnWeights({ tape, sources, results }: ForwardTape): Set<Entry> {
  const early = new Set<number>();
  const constants = new Set<number>();
  const isAhead = ({ name, refs, first, outputs }: OpEntry): boolean => {
    const isEarly = (ref: number): boolean =>
      ref < 0 ? sources[slotOf(ref)]?.kind !== 'input' : early.has(ref) || constants.has(ref);
    if (!refs.every(isEarly)) return false;
    if (SHARES.has(name) && !refs.some((ref) => early.has(ref))) return false;
    return outputs.every((_, i) => !results.includes(first + i));
  };
  const found = new Set<Entry>();
  for (const entry of tape.entries) {
    if (entry.kind === 'constant') constants.add(entry.first);
    else if (isAhead(entry)) {
      found.add(entry);
      for (const value of valuesOf(entry)) early.add(value);
    }
  }
  return found;
}

/** Some ops as a tape of their own, with the constants that they use. */
function programStage(tape: Tape, ops: readonly Entry[], gives: readonly number[]): ProgramStage {
  const inside = new Set(ops.flatMap(valuesOf));
  const refs = new Set(ops.flatMap(refsOf));
  const constants = tape.entries.filter(
    ({ kind, first }) => kind === 'constant' && refs.has(first),
  );
  for (const { first } of constants) inside.add(first);
  const takes: number[] = [];
  const moved = (ref: number): number => {
    if (inside.has(ref)) return ref;
    const known = takes.indexOf(ref);
    return external(known >= 0 ? known : takes.push(ref) - 1);
  };
  const entries = [
    ...constants,
    ...ops.map((entry) =>
      entry.kind === 'op' ? { ...entry, refs: entry.refs.map(moved) } : entry,
    ),
  ];
  return {
    tape: {
      entries,
      externals: takes.map((ref) => ({ isResource: false, type: typeOf(tape, ref) })),
      dead: tape.dead.map((_, value) => !gives.includes(value)),
    },
    takes,
    gives,
  };
}

function refsOf(entry: Entry): readonly number[] {
  return entry.kind === 'op' ? entry.refs : [];
}

function valuesOf(entry: Entry): number[] {
  return entry.kind === 'op' ? entry.outputs.map((_, i) => entry.first + i) : [];
}
