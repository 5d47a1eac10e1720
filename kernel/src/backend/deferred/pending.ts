import type { RawTensor } from '../binding';
import type { OpAttribute } from '../contract';
import { EarlyValues } from './early';
import type { Handles } from './handles';
import type { Program } from './program';
import { References } from './references';
import {
  sameAttributes,
  sameData,
  sameExternal,
  sameNumbers,
  type ConstantData,
  type ConstantEntry,
  type Entry,
  type External,
  type OpEntry,
  type TensorType,
} from './tape';
import { mayWrite } from './variable-ops';

/** A call that waits, with the ids that its caller knows. */
export type PendingCall =
  | {
      readonly kind: 'op';
      readonly name: string;
      readonly attributes: readonly OpAttribute[];
      readonly ids: readonly number[];
      readonly outputs: readonly TensorType[];
      /** The id of its first output; the others follow. */
      readonly first: number;
    }
  | {
      readonly kind: 'constant';
      readonly type: TensorType;
      readonly data: ConstantData;
      readonly id: number;
    }
  | { readonly kind: 'delete'; readonly id: number };

/**
 * The calls of a segment so far, none of which has run: as long as each equals the next one on the tape of
 * at least one program. Results get the ids that follow `base`, by value.
 */
export class Pending {
  readonly base: number;
  readonly calls: PendingCall[] = [];
  readonly references: References;
  /** Ids of before the segment, and of values of it, that are deleted. */
  readonly deleted = new Set<number>();
  /** Real handles of constants that are inputs, by value. */
  readonly fed = new Map<number, number>();
  /** What was deleted ahead of its call, with the resource whose value it had. */
  readonly gone = new Map<number, number | undefined>();
  private readonly constants = new Map<number, ConstantData>();
  private readonly early = new EarlyValues();
  private at = 0;
  private checkedSlots = 0;

  constructor(
    private readonly handles: Handles,
    private readonly stateful: ReadonlySet<string>,
    private candidates: readonly Program[],
  ) {
    this.base = handles.nextReserved;
    this.references = new References(handles);
  }

  /** Whether an id stands for a value of this segment. */
  made(id: number): boolean {
    return id >= this.base;
  }

  get length(): number {
    return this.at;
  }

  /** The program that came closest. */
  get nearest(): Program | undefined {
    return this.candidates[0];
  }

  /** The outputs' ids if the call is the next one of a program; undefined, with nothing noted, if not. */
  op(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[] | undefined {
    const { base, references } = this;
    const refs = ids.map((id) => (id >= base ? id - base : references.to(id)));
    let entry: OpEntry | undefined;
    const keeps = (program: Program): boolean => {
      const next = program.tape.entries[this.at];
      if (!isCall(next, name, attributes, refs, outputs)) return false;
      if (!this.fitsNewSlots(program)) return false;
      entry = next;
      return true;
    };
    if (!this.narrow(keeps) || entry === undefined) return undefined;
    this.checkedSlots = references.ids.length;
    if (this.stateful.has(name) && mayWrite(name)) {
      for (const id of ids) if (this.handles.isResource(id)) references.write(id);
    }
    const first = base + entry.first;
    this.handles.reserve(first + outputs);
    // The tape's own attributes: the caller may use its array again.
    const call = { name, attributes: entry.attributes, ids: ids.slice(), outputs: entry.outputs };
    this.calls.push({ kind: 'op', ...call, first });
    this.early.note(name, refs, entry.first, (value) => this.constants.has(base + value));
    this.at += 1;
    return entry.outputs.map(({ shape, dtype }, i) => ({
      id: first + i,
      shape: shape.slice(),
      dtype,
    }));
  }

  /** The constant's id if it is the next entry of a program; undefined if not. */
  constant(shape: readonly number[], dtype: number, data: ConstantData): number | undefined {
    const isNext = ({ tape }: Program): boolean => {
      const next = tape.entries[this.at];
      if (next?.kind !== 'constant') return false;
      if (next.type.dtype !== dtype || !sameNumbers(next.type.shape, shape)) return false;
      return next.varies || next.data === undefined || sameData(next.data, data);
    };
    if (!this.narrow(isNext)) return undefined;
    const kept = this.candidates.map(({ tape }) => tape.entries[this.at] as ConstantEntry);
    const isInput = kept.some(({ varies }) => varies);
    // The tape's own where it is the same, for the caller may write into the one it gave.
    const given = kept.find(({ varies }) => !varies)?.data;
    const value = kept[0]?.first ?? 0;
    const id = this.base + value;
    this.handles.reserve(id + 1);
    const type = { shape: [...shape], dtype };
    // A copy, for the caller may fill its array anew before the segment ends.
    if (isInput) this.fed.set(value, this.handles.create(shape, dtype, data.slice()));
    this.calls.push({ kind: 'constant', type, data: given ?? data, id });
    this.constants.set(id, given ?? data);
    this.at += 1;
    return id;
  }

  /** What a value of this segment holds, in an array of the reader's own; undefined if it waits for the rest. */
  numbersOf(id: number): ReturnType<Handles['read']> | undefined {
    const data = this.constants.get(id);
    if (data !== undefined) {
      const fed = this.fed.get(id - this.base);
      return fed === undefined ? data.slice() : this.handles.read(fed);
    }
    if (!this.early.has(id - this.base)) return undefined;
    const [handle, made] = this.ahead(id);
    try {
      return this.handles.read(handle);
    } finally {
      for (const one of made) this.handles.delete(one);
    }
  }

  /** A handle of what an early value will be, and those that were made on the way to it. */
  private ahead(id: number): [handle: number, made: readonly number[]] {
    if (id < this.base) return [id, []];
    const call = this.calls.find((one) =>
      one.kind === 'op' ? one.first === id : one.kind === 'constant' && one.id === id,
    );
    if (call?.kind === 'constant') {
      const fed = this.fed.get(id - this.base);
      if (fed !== undefined) return [fed, []];
      const made = this.handles.create(call.type.shape, call.type.dtype, call.data.slice());
      return [made, [made]];
    }
    if (call?.kind !== 'op') throw new Error('a value that no call of the segment gives');
    const inputs = call.ids.map((one) => this.ahead(one));
    const [result] = this.handles.execute(
      call.name,
      call.attributes,
      inputs.map(([handle]) => handle),
      1,
    );
    if (result === undefined) throw new Error(`${call.name} returned nothing`);
    return [result.id, [result.id, ...inputs.flatMap(([, made]) => made)]];
  }

  delete(id: number): void {
    this.deleted.add(id);
    this.calls.push({ kind: 'delete', id });
  }

  /** Deletes a handle of before the segment, ahead of its call. */
  deleteNow(id: number): void {
    const resource = this.handles.readBy(id);
    this.handles.delete(id);
    this.gone.set(id, resource);
  }

  /** The program that was called to its end and whose results are kept as its tape has it. */
  complete(): Program | undefined {
    return this.candidates.find(
      (program) => program.tape.entries.length === this.at && this.outlivesNothing(program),
    );
  }

  /** In words, what came in place of what would have been next. */
  unexpected(came: string): string {
    const next = this.nearest?.tape.entries[this.at];
    if (next === undefined) return `${came} after its end`;
    const wanted = next.kind === 'op' ? next.name : 'a constant';
    if (wanted !== came) return `${came} in place of ${wanted}`;
    return next.kind === 'op' ? `${came} of other inputs` : 'another constant';
  }

  /** Constants are there however long they are kept. */
  private outlivesNothing({ tape, types }: Program): boolean {
    return tape.dead.every(
      (isDead, value) =>
        !isDead || types[value] === undefined || this.deleted.has(this.base + value),
    );
  }

  private narrow(keeps: (program: Program) => boolean): boolean {
    const [only] = this.candidates;
    if (this.candidates.length === 1 && only !== undefined) return keeps(only);
    const kept = this.candidates.filter(keeps);
    if (kept.length === 0) return false;
    this.candidates = kept;
    return true;
  }

  private fitsNewSlots({ tape }: Program): boolean {
    const { ids } = this.references;
    for (let slot = this.checkedSlots; slot < ids.length; slot++) {
      const described = this.references.describe(slot);
      const wanted: External | undefined = tape.externals[slot];
      if (described === undefined || wanted === undefined) return false;
      if (!sameExternal(described, wanted)) return false;
    }
    return true;
  }
}

function isCall(
  entry: Entry | undefined,
  name: string,
  attributes: readonly OpAttribute[],
  refs: readonly number[],
  outputs: number,
): entry is OpEntry {
  return (
    entry?.kind === 'op' &&
    entry.name === name &&
    entry.outputs.length === outputs &&
    sameNumbers(entry.refs, refs) &&
    sameAttributes(entry.attributes, attributes)
  );
}
