import { DT } from '../dtypes';
import { ELEMENTWISE, fuse, type FusedGroup, type Fusion } from './fused/fusion';
import type { FusedOp } from './fused/opcodes';
import { constant, graphDef, node, opAttribute, placeholder } from './graph-def';
import { shapeAttribute, typeAttribute } from './graph-def';
import type { OpList } from './op-list';
import { isRead, slotOf, type OpEntry, type Tape, type TensorType } from './tape';
import { onlyWrites, READ } from './variable-ops';

/** Where an argument of a program comes from. */
export type Feed =
  | { readonly kind: 'external'; readonly slot: number }
  | { readonly kind: 'constant'; readonly value: number };

/** A tape as a graph of TensorFlow. */
export interface StepGraph {
  readonly definition: Buffer;
  readonly inputs: readonly string[];
  /** One for each input. */
  readonly feeds: readonly Feed[];
  readonly outputs: readonly string[];
  /** The values of the tape that the outputs are. */
  readonly outputValues: readonly number[];
  /** Nodes that write. */
  readonly controls: readonly string[];
  /** Every result of every op, with the shape that it had. */
  readonly results: readonly {
    readonly name: string;
    readonly op: string;
    readonly type: TensorType;
  }[];
  /** Values that are a variable's present value when the program has run, to the slot of its resource. */
  readonly lazyReads: ReadonlyMap<number, number>;
  /** Slots of the resources that are written. */
  readonly written: ReadonlySet<number>;
}

const BARRIER = 'barrier';
const RESOURCE: TensorType = { shape: [], dtype: DT.resource };

/** What has touched a resource since it was last written. */
interface Uses {
  lastWrite: string | undefined;
  nodes: Set<string>;
}

/**
 * Makes a graph of a tape. Writes come last and in order: all else has to be done before the first of them,
 * so that an error leaves the variables as they were; each waits for whoever uses the value that it
 * replaces, so that it needs no copy. A variable's value is no output, which would be a copy: it is read
 * again when somebody asks. Chains of `fusedOps` become one node each.
 */
export function stepGraph(tape: Tape, ops: OpList, fusedOps: readonly FusedOp[]): StepGraph {
  return new Builder(tape, ops, fusedOps).build();
}

class Builder {
  private readonly nodes: Buffer[] = [];
  private readonly inputs: string[] = [];
  private readonly feeds: Feed[] = [];
  private readonly controls: string[] = [];
  private readonly results: StepGraph['results'][number][] = [];
  /** By value. */
  private readonly names: string[] = [];
  private readonly reads = new Map<number, number>();
  private readonly uses = new Map<number, Uses>();
  private readonly implicitReads = new Map<number, string>();
  private readonly written = new Set<number>();
  private readonly order: WriteOrder;
  private readonly fusion: Fusion;
  private lastWrite: string | undefined;
  private hasBarrier = false;

  constructor(
    private readonly tape: Tape,
    private readonly ops: OpList,
    fusedOps: readonly FusedOp[],
  ) {
    this.order = writeOrder(tape);
    this.fusion = fuse(tape, fusedOps, this.order.delayed);
    for (const [index, { values }] of this.fusion.groupOf) {
      const name = this.nodeName(index);
      for (const [value, i] of values) this.names[value] = i === 0 ? name : `${name}:${i}`;
    }
  }

  build(): StepGraph {
    const { tape } = this;
    tape.externals.forEach(({ isResource, type }, slot) => {
      this.input(`x${slot}`, isResource ? RESOURCE : type, { kind: 'external', slot });
    });
    tape.entries.forEach((entry, index) => {
      if (entry.kind === 'op') {
        const group = this.fusion.groupOf.get(index);
        if (group === undefined) {
          if (!this.fusion.unneeded.has(index)) this.op(entry, index);
        } else if (index === group.members.at(-1)) this.fused(group, index);
        return;
      }
      const name = `v${entry.first}`;
      this.names[entry.first] = name;
      if (entry.varies || entry.data === undefined) {
        this.input(name, entry.type, { kind: 'constant', value: entry.first });
      } else this.nodes.push(constant(name, entry.type, entry.data));
    });
    if (this.hasBarrier) {
      const before = this.order.before.map((index) => `^${this.nodeName(index)}`);
      this.nodes.push(node(BARRIER, 'NoOp', before));
    }
    const lazyReads = this.lazyReads();
    const outputValues = this.living().filter((value) => !lazyReads.has(value));
    return {
      definition: graphDef(this.nodes),
      inputs: this.inputs,
      feeds: this.feeds,
      outputs: outputValues.map((value) => withIndex(this.names[value] ?? '')),
      outputValues,
      controls: this.controls,
      results: this.results,
      lazyReads,
      written: this.written,
    };
  }

  private input(name: string, type: TensorType, feed: Feed): void {
    this.nodes.push(placeholder(name, type));
    this.inputs.push(`${name}:0`);
    this.feeds.push(feed);
  }

  private op(entry: OpEntry, index: number): void {
    const { name: op, refs, outputs, first, attributes } = entry;
    const name = this.nodeName(index);
    const waits = new Set<string>();
    const inputs = refs.map((ref) => this.operand(ref, name));
    outputs.forEach((type, i) => {
      this.names[first + i] = i === 0 ? name : `${name}:${i}`;
      this.results.push({ name: `${name}:${i}`, op, type });
    });
    if (op === READ) {
      this.read(entry, name);
      return;
    }
    if (onlyWrites(op)) {
      for (const ref of refs) {
        if (ref < 0 && !isRead(ref) && this.tape.externals[slotOf(ref)]?.isResource === true) {
          this.write(slotOf(ref), name, waits);
        }
      }
      this.hasBarrier = true;
      waits.add(BARRIER);
      this.controls.push(name);
      this.lastWrite = name;
    } else if (this.order.delayed.has(index)) {
      this.hasBarrier = true;
      waits.add(BARRIER);
      if (this.lastWrite !== undefined) waits.add(this.lastWrite);
    }
    waits.delete(name);
    const all = [...inputs, ...[...waits].map((one) => `^${one}`)];
    const typed = this.ops.withTypes(
      op,
      attributes,
      refs.map((ref) => this.typeOf(ref)),
    );
    this.nodes.push(node(name, op, all, typed.map(opAttribute)));
  }

  private fused({ refs, types, attributes }: FusedGroup, index: number): void {
    const name = this.nodeName(index);
    const inputs = refs.map((ref) => this.operand(ref, name));
    this.nodes.push(node(name, ELEMENTWISE, inputs, attributes.map(opAttribute)));
    types.forEach((type, i) => {
      this.results.push({ name: `${name}:${i}`, op: ELEMENTWISE, type });
    });
  }

  private typeOf(ref: number): number {
    if (ref < 0) {
      const { isResource, type } = this.tape.externals[slotOf(ref)] ?? {
        isResource: true,
        type: RESOURCE,
      };
      return isResource && !isRead(ref) ? DT.resource : type.dtype;
    }
    const entry = this.tape.entries[this.order.entryOf[ref] ?? -1];
    const type = entry?.kind === 'op' ? entry.outputs[ref - entry.first] : entry?.type;
    return type?.dtype ?? DT.float;
  }

  /** The name of an input's tensor, for the node that takes it. */
  private operand(ref: number, user: string): string {
    if (ref >= 0) {
      const resource = this.reads.get(ref);
      if (resource !== undefined) this.usesOf(resource).nodes.add(user);
      return this.names[ref] ?? '';
    }
    const slot = slotOf(ref);
    if (!isRead(ref)) return `x${slot}`;
    let name = this.implicitReads.get(slot);
    if (name === undefined) {
      name = `r${slot}`;
      this.implicitReads.set(slot, name);
      this.pushRead(name, slot);
    }
    this.usesOf(slot).nodes.add(user);
    return name;
  }

  private read({ refs, first }: OpEntry, name: string): void {
    const slot = slotOf(refs[0] ?? 0);
    this.reads.set(first, slot);
    this.pushRead(name, slot);
  }

  /** What a resource holds, of a shape that is known when the graph is made. */
  private pushRead(name: string, slot: number): void {
    const type = this.tape.externals[slot]?.type ?? RESOURCE;
    const raw = `${name}_value`;
    const { lastWrite, nodes } = this.usesOf(slot);
    const wait = lastWrite === undefined ? [] : [`^${lastWrite}`];
    this.nodes.push(
      node(raw, READ, [`x${slot}`, ...wait], [typeAttribute('dtype', type.dtype)]),
      node(
        name,
        'EnsureShape',
        [raw],
        [typeAttribute('T', type.dtype), shapeAttribute(type.shape)],
      ),
    );
    nodes.add(raw).add(name);
  }

  private write(slot: number, name: string, waits: Set<string>): void {
    const uses = this.usesOf(slot);
    for (const user of uses.nodes) waits.add(user);
    if (uses.lastWrite !== undefined) waits.add(uses.lastWrite);
    uses.lastWrite = name;
    uses.nodes = new Set();
    this.written.add(slot);
  }

  private usesOf(slot: number): Uses {
    let uses = this.uses.get(slot);
    if (uses === undefined)
      this.uses.set(slot, (uses = { lastWrite: undefined, nodes: new Set() }));
    return uses;
  }

  /** Reads that no write follows. */
  private lazyReads(): Map<number, number> {
    const present = [...this.reads].filter(([value, slot]) => {
      const last = this.order.lastWriteOf.get(slot);
      return last === undefined || last < (this.order.entryOf[value] ?? 0);
    });
    return new Map(present);
  }

  /** The values of ops whose handles outlive the segment. */
  private living(): number[] {
    return this.tape.entries.flatMap((entry) =>
      entry.kind === 'constant'
        ? []
        : entry.outputs.flatMap((_, i) =>
            this.tape.dead[entry.first + i] === true ? [] : [entry.first + i],
          ),
    );
  }

  private nodeName(index: number): string {
    const group = this.fusion.groupOf.get(index);
    if (group !== undefined) return `f${group.members[0] ?? index}`;
    const entry = this.tape.entries[index];
    return entry?.kind === 'op' && entry.outputs.length === 0
      ? `w${index}`
      : `v${entry?.first ?? index}`;
  }
}

function withIndex(name: string): string {
  return name.includes(':') ? name : `${name}:0`;
}

/** When the writes of a tape come. Entries are named by their place. */
interface WriteOrder {
  /** Ops that nothing else needs and that don't follow a write: with them all but the update is done. */
  readonly before: readonly number[];
  /** Ops on weights alone that make what is written: with the update, one by one, so that few are held. */
  readonly delayed: ReadonlySet<number>;
  readonly lastWriteOf: ReadonlyMap<number, number>;
  /** By value. */
  readonly entryOf: readonly number[];
}

function writeOrder({ entries, externals }: Tape): WriteOrder {
  const entryOf: number[] = [];
  const follows: boolean[] = [];
  const ofWeights: boolean[] = [];
  const needed = new Set<number>();
  const feedsWrite = new Set<number>();
  const lastWriteOf = new Map<number, number>();
  entries.forEach((entry, index) => {
    if (entry.kind === 'constant') {
      entryOf[entry.first] = index;
      ofWeights[index] = true;
      return;
    }
    const { name, refs, outputs, first } = entry;
    outputs.forEach((_, i) => (entryOf[first + i] = index));
    const sources = refs.filter((ref) => ref >= 0).map((ref) => entryOf[ref] ?? -1);
    if (onlyWrites(name)) {
      follows[index] = true;
      for (const source of sources) feedsWrite.add(source);
      for (const ref of refs) {
        const slot = slotOf(ref);
        if (ref < 0 && externals[slot]?.isResource === true) lastWriteOf.set(slot, index);
      }
      return;
    }
    const resource = name === READ ? slotOf(refs[0] ?? 0) : undefined;
    follows[index] =
      sources.some((source) => follows[source] === true) ||
      (resource !== undefined && lastWriteOf.has(resource));
    ofWeights[index] =
      name === READ ||
      refs.every((ref) => (ref < 0 ? isRead(ref) : ofWeights[entryOf[ref] ?? -1] === true));
    if (!follows[index]) for (const source of sources) needed.add(source);
  });
  const ends = entries.flatMap((entry, index) =>
    entry.kind === 'op' && follows[index] !== true && !needed.has(index) ? [index] : [],
  );
  const delayed = new Set(
    ends.filter((index) => ofWeights[index] === true && feedsWrite.has(index) && !isReadAt(index)),
  );
  return {
    before: ends.filter((index) => !delayed.has(index) && !isReadAt(index)),
    delayed,
    lastWriteOf,
    entryOf,
  };

  function isReadAt(index: number): boolean {
    const entry = entries[index];
    return entry?.kind === 'op' && entry.name === READ;
  }
}
