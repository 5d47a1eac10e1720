import type { OpAttribute } from '../contract';

/** Shape and type code of a tensor, or of the value of a resource variable. */
export interface TensorType {
  readonly shape: readonly number[];
  readonly dtype: number;
}

export type ConstantData = Float32Array | Int32Array | Uint8Array;

/** An op that ran. Its outputs are the segment's values `first`, `first + 1`, ... */
export interface OpEntry {
  readonly kind: 'op';
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  /** Where its inputs come from: see {@link external} and {@link readOf}; others are values of the segment. */
  readonly refs: readonly number[];
  readonly outputs: readonly TensorType[];
  readonly first: number;
}

/** A tensor made of JavaScript numbers: the segment's value `first`. */
export interface ConstantEntry {
  readonly kind: 'constant';
  readonly type: TensorType;
  /** Undefined where it is too large to be compared: then it is an input each time. */
  readonly data: ConstantData | undefined;
  /** True: an input, fed anew each time. False: the same each time. */
  readonly varies: boolean;
  readonly first: number;
}

export type Entry = OpEntry | ConstantEntry;

/** A handle from before the segment: a tensor, or a resource with the type of its value. */
export interface External {
  readonly isResource: boolean;
  readonly type: TensorType;
}

/** What ran between two ends of segments, in order. */
export interface Tape {
  readonly entries: readonly Entry[];
  /** In the order in which they were first used. */
  readonly externals: readonly External[];
  /** By value: whether its handle was deleted within the segment. */
  readonly dead: readonly boolean[];
}

/** Input number `slot` from outside of the segment. */
export function external(slot: number): number {
  return -1 - 2 * slot;
}

/** The value that the resource `slot` has when the segment begins. */
export function readOf(slot: number): number {
  return -2 - 2 * slot;
}

/** The slot of a reference that is none to a value of the segment, which are 0 and above. */
export function slotOf(ref: number): number {
  return (-1 - ref) >> 1;
}

export function isRead(ref: number): boolean {
  return ref < 0 && ((-1 - ref) & 1) === 1;
}

export function sameAttributes(a: readonly OpAttribute[], b: readonly OpAttribute[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as OpAttribute, b[i] as OpAttribute];
    if (x.name !== y.name || x.type !== y.type || !sameValue(x.value, y.value)) return false;
  }
  return true;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return Array.isArray(a) && Array.isArray(b) && sameNumbers(a, b);
}

export function sameNumbers(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameNumbers(a.shape, b.shape);
}

/** Bit for bit, so that -0 is not 0 and a NaN is itself. */
export function sameData(a: ConstantData, b: ConstantData): boolean {
  if (a.byteLength !== b.byteLength) return false;
  return bufferOf(a).equals(bufferOf(b));
}

export function bufferOf(data: ConstantData): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** The type of what a reference stands for. */
export function typeOf({ entries, externals }: Tape, ref: number): TensorType {
  if (ref < 0) return (externals[slotOf(ref)] as External).type;
  for (const entry of entries) {
    if (entry.kind === 'constant' && entry.first === ref) return entry.type;
    const type = entry.kind === 'op' ? entry.outputs[ref - entry.first] : undefined;
    if (type !== undefined) return type;
  }
  throw new Error('a value of no op');
}

/** Whether two tapes differ in numbers of constants and in deaths at most. */
export function sameStructure(a: Tape, b: Tape): boolean {
  return (
    a.entries.length === b.entries.length &&
    a.externals.length === b.externals.length &&
    a.externals.every((one, i) => sameExternal(one, b.externals[i] as External)) &&
    a.entries.every((entry, i) => sameEntry(entry, b.entries[i] as Entry))
  );
}

export function sameExternal(a: External, b: External): boolean {
  return a.isResource === b.isResource && sameType(a.type, b.type);
}

function sameEntry(a: Entry, b: Entry): boolean {
  if (a.kind === 'constant') return b.kind === 'constant' && sameType(a.type, b.type);
  return (
    b.kind === 'op' &&
    a.name === b.name &&
    sameNumbers(a.refs, b.refs) &&
    sameAttributes(a.attributes, b.attributes) &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((output, i) => sameType(output, b.outputs[i] as TensorType))
  );
}

/** What holds for both of two tapes of one structure: constants that differ vary, and who outlives either, lives. */
export function common(a: Tape, b: Tape): Tape {
  return {
    externals: a.externals,
    dead: a.dead.map((dead, value) => dead && b.dead[value] === true),
    entries: a.entries.map((entry, i) => {
      const other = b.entries[i];
      if (entry.kind === 'op' || other?.kind !== 'constant') return entry;
      return { ...entry, varies: entry.varies || other.varies || !equalConstants(entry, other) };
    }),
  };
}

/** Whether both have numbers, and the same. */
export function equalConstants(a: ConstantEntry, b: ConstantEntry): boolean {
  return a.data !== undefined && b.data !== undefined && sameData(a.data, b.data);
}

/** Whether the second asks nothing of a program that the first doesn't: no other input, no other output. */
export function covers(general: Tape, tape: Tape): boolean {
  return (
    general.dead.every((dead, value) => !dead || tape.dead[value] === true) &&
    general.entries.every((entry, i) => {
      const other = tape.entries[i];
      if (entry.kind === 'op' || other?.kind !== 'constant') return true;
      return entry.varies || (!other.varies && equalConstants(entry, other));
    })
  );
}
