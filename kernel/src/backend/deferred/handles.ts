import { attr } from '../attributes';
import type { RawTensor, TfBinding } from '../binding';
import type { OpAttribute } from '../contract';
import type { TensorType } from './tape';
import { CREATE, DESTROY, mayWrite, READ } from './variable-ops';

/**
 * The first id that stands for a deferred result. Ids of the addon count up from 0: where they ever came
 * as far, nothing would be deferred any more.
 */
export const FIRST_VIRTUAL = 2 ** 30;

interface Resource {
  readonly type: TensorType;
  /** Counts writes. */
  version: number;
  /** Ids that have its value once somebody asks. */
  readonly lazy: Set<number>;
}

interface Read {
  readonly resource: number;
  readonly version: number;
}

/**
 * What is known of each handle: its type, which real handle a virtual one stands for, and which ones hold
 * the present value of a resource variable.
 */
export class Handles {
  private readonly types = new Map<number, TensorType>();
  private readonly real = new Map<number, number>();
  private readonly resources = new Map<number, Resource>();
  private readonly reads = new Map<number, Read>();
  private nextVirtual = FIRST_VIRTUAL;
  private failure: unknown;
  /** Whether the addon's ids have come near those of deferred results. */
  exhausted = false;

  constructor(
    private readonly native: TfBinding,
    private readonly stateful: ReadonlySet<string>,
  ) {}

  /** Runs an op now. Ids of inputs may be virtual; those of the outputs are real. */
  execute(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[] {
    const writes = this.stateful.has(name) && mayWrite(name) ? this.resourcesOf(ids) : [];
    for (const resource of writes) this.materializeReads(resource);
    const results = this.native.executeOp(name, attributes, this.allReal(ids), outputs);
    for (const resource of writes) this.noteWrite(resource);
    if (name === DESTROY) for (const id of ids) this.resources.delete(id);
    this.noteAll(results);
    const [first] = results;
    if (first !== undefined) {
      if (name === READ) this.noteRead(first.id, ids[0] ?? -1);
      else if (name === CREATE) this.noteResource(first.id, attributes);
    }
    return results;
  }

  /** Takes note of handles that the addon has made. */
  noteAll(results: RawTensor[]): RawTensor[] {
    for (const { id, shape, dtype } of results) this.note(id, { shape, dtype });
    return results;
  }

  create(shape: readonly number[], dtype: number, values: unknown): number {
    const id = this.native.createTensor(shape, dtype, values);
    this.note(id, { shape, dtype });
    return id;
  }

  read(id: number): ReturnType<TfBinding['tensorDataSync']> {
    return this.native.tensorDataSync(this.realOf(id));
  }

  /** Deletes a handle, real or virtual. */
  delete(id: number): void {
    const real = id < FIRST_VIRTUAL ? id : this.real.get(id);
    this.forget(id);
    if (real !== undefined) this.native.deleteTensor(real);
  }

  /** Ids up to this one, without it, stand for results that aren't there yet. */
  reserve(end: number): void {
    this.nextVirtual = end;
  }

  get nextReserved(): number {
    return this.nextVirtual;
  }

  /** The result that a virtual id stands for has been made; the id owns it from now on. */
  fulfil(id: number, real: number, type: TensorType): void {
    this.real.set(id, real);
    this.types.set(id, type);
  }

  /** As {@link fulfil}, with a handle that was made here. */
  adopt(id: number, real: number): void {
    const type = this.types.get(real);
    const read = this.reads.get(real);
    this.types.delete(real);
    this.reads.delete(real);
    if (type !== undefined) this.fulfil(id, real, type);
    if (read !== undefined) this.reads.set(id, read);
  }

  /** As {@link fulfil}, for the present value of a resource: it is read when somebody asks. */
  fulfilLazily(id: number, resource: number): void {
    const known = this.resources.get(resource);
    if (known === undefined) throw new Error('a lazy read of no resource');
    this.types.set(id, known.type);
    known.lazy.add(id);
    this.reads.set(id, { resource, version: known.version });
  }

  noteWrite(resource: number): void {
    const known = this.resources.get(resource);
    if (known !== undefined) known.version += 1;
  }

  /** Real handles for ids that were deferred, before their resource changes. */
  materializeReads(resource: number): void {
    for (const id of [...(this.resources.get(resource)?.lazy ?? [])]) this.realOf(id);
  }

  /** The resource whose present value a handle holds. */
  readBy(id: number): number | undefined {
    const read = this.reads.get(id);
    if (read === undefined) return undefined;
    return this.resources.get(read.resource)?.version === read.version ? read.resource : undefined;
  }

  isResource(id: number): boolean {
    return this.resources.has(id);
  }

  /** The type of a tensor's data, or of a resource's value. */
  typeOf(id: number): TensorType | undefined {
    return this.resources.get(id)?.type ?? this.types.get(id);
  }

  /** Why results are lost from now on. */
  noteFailure(error: unknown): void {
    this.failure = error;
  }

  /** @throws Error for a deferred result that was lost by a failure or when its cell was stopped. */
  realOf(id: number): number {
    if (id < FIRST_VIRTUAL) return id;
    const known = this.real.get(id);
    if (known !== undefined) return known;
    const read = this.reads.get(id);
    const resource = read && this.resources.get(read.resource);
    if (read === undefined || resource?.lazy.delete(id) !== true) {
      throw new Error('This tensor was never computed, for what came before it failed.', {
        cause: this.failure,
      });
    }
    const [output] = this.native.executeOp(
      READ,
      [attr.type('dtype', resource.type.dtype)],
      [read.resource],
      1,
    );
    if (output === undefined) throw new Error(`${READ} returned nothing`);
    this.real.set(id, output.id);
    return output.id;
  }

  /** How many ids count as handles though the addon has none for them. */
  get lazyReads(): number {
    let count = 0;
    for (const { lazy } of this.resources.values()) count += lazy.size;
    return count;
  }

  private note(id: number, type: TensorType): void {
    this.types.set(id, type);
    if (id >= FIRST_VIRTUAL - 1) this.exhausted = true;
  }

  private noteRead(id: number, resource: number): void {
    const known = this.resources.get(resource);
    if (known !== undefined) this.reads.set(id, { resource, version: known.version });
  }

  private noteResource(id: number, attributes: readonly OpAttribute[]): void {
    const of = (name: string): unknown => attributes.find((one) => one.name === name)?.value;
    const type = { shape: of('shape') as readonly number[], dtype: of('dtype') as number };
    this.resources.set(id, { type, version: 0, lazy: new Set() });
  }

  private forget(id: number): void {
    const read = this.reads.get(id);
    if (read !== undefined) {
      this.resources.get(read.resource)?.lazy.delete(id);
      this.reads.delete(id);
    }
    this.real.delete(id);
    this.types.delete(id);
    this.resources.delete(id);
  }

  private resourcesOf(ids: readonly number[]): number[] {
    return ids.filter((id) => this.resources.has(id));
  }

  private allReal(ids: readonly number[]): readonly number[] {
    for (const id of ids) if (id >= FIRST_VIRTUAL) return ids.map((one) => this.realOf(one));
    return ids;
  }
}
