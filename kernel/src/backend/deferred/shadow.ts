import { attr } from '../attributes';
import { bytesPerElement, DT } from '../dtypes';
import type { FunctionBinding } from './functions';
import type { Handles } from './handles';
import type { Pending } from './pending';
import type { Program } from './program';
import { bufferOf, isRead, slotOf, type TensorType } from './tape';
import { isClose } from './tolerance';
import { READ } from './variable-ops';
import type { Outcome } from './xla';

/**
 * Runs a program on copies of the variables that it writes, and the same calls one by one on others: both
 * have to give the same bits, in every result that lives and every variable; where XLA runs the program,
 * the same but for last digits.
 *
 * @param run Runs the program on its inputs.
 * @throws Error that names the result which differs.
 */
export function compareWithEager(
  binding: FunctionBinding,
  handles: Handles,
  pending: Pending,
  program: Program,
  run: (inputs: readonly number[]) => Outcome,
): void {
  const trial = new Trial(binding, handles, pending, program, run);
  try {
    trial.compare();
  } finally {
    trial.free();
  }
}

/** A difference between a program and its ops one by one; never caught by what runs steps. */
export class ShadowMismatch extends Error {
  override readonly name = 'ShadowMismatch';
}

class Trial {
  private readonly owned: number[] = [];
  private readonly variables: number[] = [];
  private exact = true;

  constructor(
    private readonly binding: FunctionBinding,
    private readonly handles: Handles,
    private readonly pending: Pending,
    private readonly program: Program,
    private readonly run: (inputs: readonly number[]) => Outcome,
  ) {}

  compare(): void {
    const { program, pending } = this;
    const ofProgram = this.copies();
    const ofOps = this.copies();
    const inputs = program.feeds.map((feed) =>
      feed.kind === 'constant'
        ? (pending.fed.get(feed.value) ?? -1)
        : (ofProgram.get(feed.slot) ?? this.outside(feed.slot)),
    );
    const { ids, byXla } = this.run(inputs);
    this.exact = !byXla;
    const outputs = this.own(ids);
    const values = this.runOps(ofOps);
    program.outputValues.forEach((value, i) => {
      const type = program.types[value];
      if (type !== undefined) this.same(outputs[i], values[value], type, `result ${value}`);
    });
    for (const [slot, copy] of ofProgram) {
      const type = this.handles.typeOf(this.pending.references.ids[slot] ?? -1);
      if (type === undefined) continue;
      const [mine, theirs] = [copy, ofOps.get(slot) ?? -1].map((id) => this.valueOf(id, type));
      this.same(mine, theirs, type, `variable ${slot}`);
    }
  }

  free(): void {
    for (const id of this.variables) {
      this.binding.executeOp(
        'DestroyResourceOp',
        [attr.bool('ignore_lookup_error', true)],
        [id],
        0,
      );
    }
    for (const id of [...this.owned, ...this.variables]) this.binding.deleteTensor(id);
  }

  /** Variables of their own with the present values of those that the program writes, by slot. */
  private copies(): Map<number, number> {
    return new Map([...this.program.written].map((slot) => [slot, this.copy(slot)]));
  }

  private copy(slot: number): number {
    const id = this.pending.references.ids[slot] ?? -1;
    const type = this.handles.typeOf(id);
    if (type === undefined) throw new Error('a variable of unknown type');
    copies += 1;
    const [variable] = this.binding.executeOp(
      'VarHandleOp',
      [
        attr.string('container', ''),
        attr.string('shared_name', `halfnote-shadow-${process.pid}-${copies}`),
        attr.type('dtype', type.dtype),
        attr.shape('shape', type.shape),
      ],
      [],
      1,
    );
    const [value] = this.own(
      this.binding
        .executeOp('DeepCopy', [attr.type('T', type.dtype)], [this.valueOf(id, type)], 1)
        .map((one) => one.id),
    );
    const made = variable?.id ?? -1;
    this.variables.push(made);
    this.binding.executeOp(
      'AssignVariableOp',
      [attr.type('dtype', type.dtype)],
      [made, value ?? -1],
      0,
    );
    return made;
  }

  private valueOf(resource: number, type: TensorType): number {
    const [read] = this.binding.executeOp(READ, [attr.type('dtype', type.dtype)], [resource], 1);
    return this.own([read?.id ?? -1])[0] ?? -1;
  }

  /** A handle for something from outside of the segment, which stays with it. */
  private outside(slot: number): number {
    return this.handles.realOf(this.pending.references.ids[slot] ?? -1);
  }

  /** The calls one by one, on variables of their own; by value, their results. */
  private runOps(variables: ReadonlyMap<number, number>): number[] {
    const { pending, program } = this;
    const values: number[] = [];
    const first = new Map<number, number>();
    const input = (ref: number): number => {
      if (ref >= 0) return values[ref] ?? -1;
      const slot = slotOf(ref);
      const source = variables.get(slot);
      if (!isRead(ref)) return source ?? this.outside(slot);
      // As the segment found it, which is before any of its writes.
      const type = this.handles.typeOf(pending.references.ids[slot] ?? -1);
      let read = first.get(slot);
      if (read === undefined && type !== undefined) {
        read = this.valueOf(source ?? this.outside(slot), type);
        first.set(slot, read);
      }
      return read ?? -1;
    };
    for (const call of pending.calls) {
      if (call.kind !== 'constant') continue;
      const { id, type, data } = call;
      const fed = pending.fed.get(id - pending.base);
      values[id - pending.base] =
        fed ?? this.own([this.binding.createTensor(type.shape, type.dtype, data.slice())])[0] ?? -1;
    }
    for (const entry of program.tape.entries) {
      if (entry.kind !== 'op') continue;
      const { name, attributes, refs, outputs } = entry;
      const results = this.binding.executeOp(name, attributes, refs.map(input), outputs.length);
      this.own(results.map(({ id }) => id)).forEach((id, i) => (values[entry.first + i] = id));
    }
    return values;
  }

  private same(
    mine: number | undefined,
    theirs: number | undefined,
    type: TensorType,
    what: string,
  ): void {
    const [a, b] = [mine, theirs].map((id) => this.bits(id ?? -1, type));
    if (a === undefined || b === undefined || a.equals(b)) return;
    if (!this.exact && isClose(a, b, type)) return;
    const at = a.findIndex((byte, i) => byte !== b[i]);
    throw new ShadowMismatch(
      `A program of ${this.program.tape.entries.length} calls and its ops one by one differ in ${what}, ` +
        `a tensor of type ${type.dtype} and shape [${type.shape.join(', ')}], from byte ${at} on.`,
    );
  }

  /** The bytes of a handle of any type; undefined for what has none. */
  private bits(id: number, { dtype }: TensorType): Buffer | undefined {
    const width = bytesPerElement(dtype);
    if (width === 0) return undefined;
    if (dtype === DT.float || dtype === DT.int32 || dtype === DT.bool || dtype === DT.complex64) {
      return bufferOf(this.binding.tensorDataSync(id));
    }
    const [copy] = this.own(
      this.binding
        .executeOp('Bitcast', [attr.type('T', dtype), attr.type('type', DT.uint8)], [id], 1)
        .map((one) => one.id),
    );
    const [wide] = this.own(
      this.binding
        .executeOp(
          'Cast',
          [attr.type('SrcT', DT.uint8), attr.type('DstT', DT.int32), attr.bool('Truncate', false)],
          [copy ?? -1],
          1,
        )
        .map((one) => one.id),
    );
    return bufferOf(this.binding.tensorDataSync(wide ?? -1));
  }

  private own(ids: readonly number[]): readonly number[] {
    this.owned.push(...ids);
    return ids;
  }
}

let copies = 0;
