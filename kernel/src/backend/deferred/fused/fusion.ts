import { attr } from '../../attributes';
import type { OpAttribute } from '../../contract';
import { sameNumbers, sameType, type OpEntry, type Tape, type TensorType } from '../tape';
import { broadcastTo } from './broadcast';
import { candidatesOf, findGroups, isReshape, TapeIndex } from './groups';
import type { Candidate, Members } from './groups';
import { bytesOf, type FusedOp } from './opcodes';

/** The op of `kernel/native/fused`. */
export const ELEMENTWISE = 'HalfnoteElementwise';

/** Ops of a tape that run as one. */
export interface FusedGroup {
  readonly members: Members;
  /** What its node takes. */
  readonly refs: readonly number[];
  /** The values that others take, each with the number of the output that it is. */
  readonly values: ReadonlyMap<number, number>;
  readonly types: readonly TensorType[];
  readonly attributes: readonly OpAttribute[];
}

/** What of a tape runs fused. */
export interface Fusion {
  /** By the place of each member. */
  readonly groupOf: ReadonlyMap<number, FusedGroup>;
  /** Reshapes that only fused ops took. */
  readonly unneeded: ReadonlySet<number>;
}

export const NOTHING_FUSED: Fusion = { groupOf: new Map(), unneeded: new Set() };

/**
 * Finds what can run fused.
 *
 * @param ops Those that give the bits of TensorFlow's own.
 * @param excluded Entries whose time is set, by place.
 */
export function fuse(tape: Tape, ops: readonly FusedOp[], excluded: ReadonlySet<number>): Fusion {
  if (ops.length === 0) return NOTHING_FUSED;
  const index = new TapeIndex(tape);
  const groups = findGroups(index, ops, excluded);
  if (groups.length === 0) return NOTHING_FUSED;
  const candidates = candidatesOf(index, ops, excluded);
  const inGroup = new Set(groups.flat());
  const needed = neededValues(tape, inGroup);
  const made = groups.map((members) => {
    const own = new Set(members);
    const group = members.flatMap((place) => candidates.get(place) ?? []);
    return { members, group, inputs: inputsOf(group, own, index) };
  });
  for (const { inputs } of made) for (const { ref } of inputs) if (ref >= 0) needed.add(ref);
  const unneeded = dropReshapes(tape, inGroup, needed);
  const groupOf = new Map<number, FusedGroup>();
  for (const { members, group, inputs } of made) {
    const fused = groupFor(tape, members, group, inputs, needed);
    for (const place of members) groupOf.set(place, fused);
  }
  return { groupOf, unneeded };
}

/** An input of a group: a value, broadcast in one way. */
interface GroupInput {
  readonly ref: number;
  readonly dtype: number;
  readonly repeat: number;
  readonly period: number;
}

function inputFor({ entry }: Candidate, ref: number, type: TensorType): GroupInput {
  const broadcast = broadcastTo(type.shape, entry.outputs[0]?.shape ?? []);
  return { ref, dtype: type.dtype, ...(broadcast ?? { repeat: 1, period: 1 }) };
}

function inputsOf(
  group: readonly Candidate[],
  members: ReadonlySet<number>,
  index: TapeIndex,
): GroupInput[] {
  const inputs: GroupInput[] = [];
  for (const candidate of group) {
    for (const { ref, type } of candidate.operands) {
      if (ref >= 0 && members.has(index.entryOf[ref] ?? -1)) continue;
      const input = inputFor(candidate, ref, type);
      if (!inputs.some((one) => sameInput(one, input))) inputs.push(input);
    }
  }
  return inputs;
}

function sameInput(a: GroupInput, b: GroupInput): boolean {
  return a.ref === b.ref && a.repeat === b.repeat && a.period === b.period;
}

/** What outlives the segment, what ops outside of all groups take, and what nobody takes. */
function neededValues({ entries, dead }: Tape, inGroup: ReadonlySet<number>): Set<number> {
  const taken = new Set<number>();
  const needed = new Set<number>();
  entries.forEach((entry, place) => {
    if (entry.kind !== 'op') return;
    for (const ref of entry.refs) {
      taken.add(ref);
      if (!inGroup.has(place) && !isReshape(entry)) needed.add(ref);
    }
  });
  for (const entry of entries) {
    if (entry.kind !== 'op') continue;
    entry.outputs.forEach((_, i) => {
      const value = entry.first + i;
      if (dead[value] !== true || !taken.has(value)) needed.add(value);
    });
  }
  return needed;
}

/** Finds the reshapes that nobody needs; what the others reshape is needed. */
function dropReshapes(
  { entries }: Tape,
  inGroup: ReadonlySet<number>,
  needed: Set<number>,
): Set<number> {
  const dropped = new Set<number>();
  for (let place = entries.length - 1; place >= 0; place--) {
    const entry = entries[place];
    if (entry?.kind !== 'op' || inGroup.has(place) || !isReshape(entry)) continue;
    if (!needed.has(entry.first)) dropped.add(place);
    else for (const ref of entry.refs) needed.add(ref);
  }
  return dropped;
}

function groupFor(
  { dead }: Tape,
  members: Members,
  group: readonly Candidate[],
  inputs: readonly GroupInput[],
  needed: ReadonlySet<number>,
): FusedGroup {
  const registers = new Map<number, number>();
  const instructions: Instruction[] = [];
  const outputs: Instruction[] = [];
  const values = new Map<number, number>();
  for (const candidate of group) {
    const [a = 0, b = a] = candidate.operands.map(
      ({ ref, type }) =>
        registers.get(ref) ??
        inputs.findIndex((one) => sameInput(one, inputFor(candidate, ref, type))),
    );
    const { first } = candidate.entry;
    const type = onlyType(candidate.entry);
    const register = inputs.length + instructions.length;
    let made: Instruction = { words: [candidate.op.code, a, b], type, register };
    // The same op on the same values, such as a cast for each of those that take it, is done once. A
    // result that outlives the segment has memory of its own.
    const earlier = instructions.find((one) => sameInstruction(one, made));
    if (earlier === undefined || dead[first] !== true) instructions.push(made);
    else made = earlier;
    registers.set(first, made.register);
    if (!needed.has(first)) continue;
    if (!outputs.includes(made)) outputs.push(made);
    values.set(first, outputs.indexOf(made));
  }
  const program = [group[0]?.size ?? 0, inputs.length];
  for (const { repeat, period, dtype } of inputs) program.push(repeat, period, bytesOf(dtype));
  program.push(instructions.length, ...instructions.flatMap(({ words }) => words));
  program.push(outputs.length, ...outputs.map(({ register }) => register));
  const types = outputs.map(({ type }) => type);
  const from = inputs.map(({ dtype }) => dtype);
  return {
    members,
    refs: inputs.map(({ ref }) => ref),
    values,
    types,
    attributes: elementwiseAttributes(program, from, types),
  };
}

interface Instruction {
  /** Op and operands. */
  readonly words: readonly number[];
  readonly type: TensorType;
  readonly register: number;
}

function sameInstruction(a: Instruction, b: Instruction): boolean {
  return sameNumbers(a.words, b.words) && sameType(a.type, b.type);
}

/** The attributes of a fused op: its program, as `TileProgram::Parse` reads it, and its types. */
export function elementwiseAttributes(
  program: readonly number[],
  from: readonly number[],
  to: readonly TensorType[],
): OpAttribute[] {
  return [
    attr.int('program', program),
    attr.int(
      'shapes',
      to.flatMap(({ shape }) => [shape.length, ...shape]),
    ),
    typeList('Tin', from),
    typeList(
      'Tout',
      to.map(({ dtype }) => dtype),
    ),
  ];
}

function onlyType({ outputs }: OpEntry): TensorType {
  return outputs[0] ?? { shape: [], dtype: 0 };
}

function typeList(name: string, codes: readonly number[]): OpAttribute {
  return { ...attr.type(name, 0), value: codes };
}
