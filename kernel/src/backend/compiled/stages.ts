import { external, slotOf, type Entry, type OpEntry, type Tape } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';

/** A part of a forward pass that is one program. References are those of the pass's tape. */
export interface ProgramStage {
  readonly kind: 'program';
  readonly tape: Tape;
  /** By slot. */
  readonly takes: readonly number[];
  readonly gives: readonly number[];
}

/** An op that runs by itself. */
export interface OpStage {
  readonly kind: 'op';
  readonly entry: OpEntry;
}

export type Stage = ProgramStage | OpStage;

/** A forward pass in stages, one after the other. */
export interface Stages {
  /** What depends on weights alone: the casts of weights to 16 bits above all. */
  readonly ahead: ProgramStage | undefined;
  readonly each: readonly Stage[];
}

/** Ops whose result shares the memory of their input: kept, it would have each update of a weight copy it. */
const SHARES: ReadonlySet<string> = new Set(['ExpandDims', 'Identity', 'Reshape', 'Squeeze']);

/** Cuts a forward pass. The ops are the same ones on the same values. @param alone Ops that are part of no program. */
export function stagesOf(forward: ForwardTape, alone: ReadonlySet<string>): Stages {
  const { tape, results } = forward;
  const ahead = opsOnWeights(forward, alone);
  const phases = phasesOf(
    tape.entries.filter((entry) => !ahead.has(entry)),
    alone,
  );
  const used = (entries: Iterable<Entry>): Set<number> => new Set([...entries].flatMap(refsOf));
  const each: Stage[] = [];
  phases.forEach(({ together, apart }, i) => {
    const after = used([
      ...apart,
      ...phases.slice(i + 1).flatMap((one) => [...one.together, ...one.apart]),
    ]);
    const gives = together
      .flatMap(valuesOf)
      .filter((value) => after.has(value) || results.includes(value));
    if (gives.length > 0) each.push(programStage(tape, together, gives));
    each.push(...apart.map((entry) => ({ kind: 'op', entry }) as const));
  });
  const later = used(phases.flatMap(({ together, apart }) => [...together, ...apart]));
  const prepared = [...ahead].flatMap(valuesOf).filter((value) => later.has(value));
  return {
    ahead: prepared.length === 0 ? undefined : programStage(tape, [...ahead], prepared),
    each,
  };
}

function opsOnWeights(
  { tape, sources, results }: ForwardTape,
  alone: ReadonlySet<string>,
): Set<Entry> {
  const early = new Set<number>();
  const constants = new Set<number>();
  const isAhead = ({ name, refs, first, outputs }: OpEntry): boolean => {
    const isEarly = (ref: number): boolean =>
      ref < 0 ? sources[slotOf(ref)]?.kind === 'weight' : early.has(ref) || constants.has(ref);
    if (alone.has(name) || !refs.every(isEarly)) return false;
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

interface Phase {
  readonly together: OpEntry[];
  readonly apart: OpEntry[];
}

/** Ops by how many that run by themselves have to come before. */
function phasesOf(entries: readonly Entry[], alone: ReadonlySet<string>): Phase[] {
  const phases: Phase[] = [];
  /** By value, the first phase that can use it. */
  const there = new Map<number, number>();
  for (const entry of entries) {
    if (entry.kind === 'constant') continue;
    const at = Math.max(0, ...entry.refs.map((ref) => there.get(ref) ?? 0));
    const isAlone = alone.has(entry.name);
    const phase = (phases[at] ??= { together: [], apart: [] });
    (isAlone ? phase.apart : phase.together).push(entry);
    for (const value of valuesOf(entry)) there.set(value, isAlone ? at + 1 : at);
  }
  return phases;
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
    kind: 'program',
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

function typeOf(
  { entries, externals }: Tape,
  ref: number,
): { shape: readonly number[]; dtype: number } {
  if (ref < 0) return (externals[slotOf(ref)] as Tape['externals'][number]).type;
  for (const entry of entries) {
    if (entry.kind === 'constant' && entry.first === ref) return entry.type;
    const type = entry.kind === 'op' ? entry.outputs[ref - entry.first] : undefined;
    if (type !== undefined) return type;
  }
  throw new Error('a value of no op');
}
