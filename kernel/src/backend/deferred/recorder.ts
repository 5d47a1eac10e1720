import type { RawTensor } from '../binding';
import type { OpAttribute } from '../contract';
import { EarlyValues } from './early';
import type { Handles } from './handles';
import { References } from './references';
import type { ConstantData, Entry, External, Tape } from './tape';
import { mayWrite, onlyWrites, READ } from './variable-ops';

/** Constants of up to this many elements are compared; larger ones are inputs each time. */
export const COMPARED = 64;
/** A segment of more calls is no step. */
const LONGEST = 50_000;

/** Notes what runs in a segment. */
export class Recorder {
  private readonly entries: Entry[] = [];
  private readonly values = new Map<number, number>();
  /** By id. */
  private readonly constants = new Set<number>();
  /** By value. */
  private readonly constantValues = new Set<number>();
  private readonly early = new EarlyValues();
  private readonly dead: boolean[] = [];
  private readonly references: References;
  private readonly externals: External[] = [];
  /** Why this can't become a program; undefined while it can. */
  refusal: string | undefined;

  /** @param wholly Keeps all numbers that come from JavaScript, and takes a variable's value as a tensor. */
  constructor(
    private readonly handles: Handles,
    private readonly stateful: ReadonlySet<string>,
    private readonly wholly = false,
  ) {
    this.references = new References(handles, !wholly);
  }

  /** The value of the tape that a handle stands for. */
  valueOf(id: number): number | undefined {
    return this.values.get(id);
  }

  /** By slot, the handles from outside of the segment. */
  get externalIds(): readonly number[] {
    return this.references.ids;
  }

  /** Whether a handle is the result of an op of this segment that waits for others of it. */
  computed(id: number): boolean {
    const value = this.values.get(id);
    return value !== undefined && !this.constants.has(id) && !this.early.has(value);
  }

  /** To be called before an op runs; what it returns is to be called with the ids of its outputs after. */
  op(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
  ): (outputs: readonly RawTensor[]) => void {
    if (this.refusal !== undefined) return this.noteOutputs;
    if (this.stateful.has(name) && name !== READ && !onlyWrites(name)) {
      this.refuse(`${name} has a state`);
      return this.noteOutputs;
    }
    const refs = ids.map((id) => this.values.get(id) ?? this.references.to(id));
    this.describeNew();
    if (this.stateful.has(name) && mayWrite(name)) {
      for (const id of ids) if (this.handles.isResource(id)) this.references.write(id);
    }
    const kept = attributes.map(copied);
    return (outputs) => {
      const first = this.dead.length;
      const types = outputs.map(({ shape, dtype }) => ({ shape: shape.slice(), dtype }));
      this.entries.push({ kind: 'op', name, attributes: kept, refs, outputs: types, first });
      this.early.note(name, refs, first, (value) => this.constantValues.has(value));
      this.noteOutputs(outputs);
      if (this.entries.length > LONGEST) this.refuse(`more than ${LONGEST} calls without an end`);
    };
  }

  constant(id: number, shape: readonly number[], dtype: number, data: unknown): void {
    this.constants.add(id);
    if (this.refusal !== undefined) {
      this.noteValue(id);
      return;
    }
    if (!ArrayBuffer.isView(data)) {
      this.refuse('strings are no numbers');
      return;
    }
    const numbers = data as ConstantData;
    const kept = this.wholly || numbers.length <= COMPARED ? numbers.slice() : undefined;
    this.entries.push({
      kind: 'constant',
      type: { shape: [...shape], dtype },
      data: kept,
      varies: kept === undefined,
      first: this.dead.length,
    });
    this.constantValues.add(this.dead.length);
    this.noteValue(id);
  }

  delete(id: number): void {
    const value = this.values.get(id);
    if (value === undefined) return;
    this.dead[value] = true;
    this.values.delete(id);
  }

  /** What was recorded, or undefined where it can't be replayed. */
  tape(): Tape | undefined {
    const { entries, externals, dead } = this;
    return this.refusal === undefined ? { entries, externals, dead } : undefined;
  }

  /** Forgets what was recorded; that handles were made in this segment is still known. */
  private refuse(why: string): void {
    this.refusal ??= why;
    this.entries.length = 0;
  }

  private readonly noteOutputs = (outputs: readonly RawTensor[]): void => {
    for (const { id } of outputs) this.noteValue(id);
  };

  private noteValue(id: number): void {
    this.values.set(id, this.dead.push(false) - 1);
  }

  /** At first use, for a handle may be gone at the end. */
  private describeNew(): void {
    for (let slot = this.externals.length; slot < this.references.ids.length; slot++) {
      const described = this.references.describe(slot);
      if (described === undefined) this.refuse('a handle of unknown origin');
      else this.externals.push(described);
    }
  }
}

/** What its caller may change is kept as it was. */
function copied({ name, type, value }: OpAttribute): OpAttribute {
  return { name, type, value: Array.isArray(value) ? (value as unknown[]).slice() : value };
}
