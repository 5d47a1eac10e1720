import type { Tensor } from '@tensorflow/tfjs';
import type { Known, Probe } from './probe';
import { type GraphModelNode, keyOf, type Ref } from './read-graph';

/** Ops that hand their input on at inference. */
const IDENTITIES = new Set([
  'Identity',
  'IdentityN',
  'StopGradient',
  'Snapshot',
  'EnsureShape',
  'PlaceholderWithDefault',
]);
/** They tell of a value its shape, which layers know: reading it so is no use of it. */
const OF_SHAPES = new Set(['Shape', 'ShapeN', 'Rank', 'Size']);

export type Sizes = readonly (number | null)[];

/** A constant's values, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** The nodes of a graph and what is known of their values, as those ask who turn nodes into layers. */
export class GraphReader {
  readonly #nodes: ReadonlyMap<string, GraphModelNode>;
  readonly #inputs: ReadonlySet<string>;
  readonly #uses = new Map<string, number>();
  readonly #indices = new Map<string, Set<number>>();

  constructor(
    nodes: readonly GraphModelNode[],
    outputs: readonly Ref[],
    private readonly probe: Probe,
  ) {
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#inputs = new Set(probe.inputs.map(({ name }) => name));
    for (const node of nodes) {
      if (IDENTITIES.has(node.op)) continue;
      for (const input of node.inputs) this.#note(this.resolve(input), !OF_SHAPES.has(node.op));
    }
    for (const output of outputs) this.#note(this.resolve(output), true);
  }

  /** What makes a value; undefined for an input of the graph. */
  maker({ node }: Ref): GraphModelNode | undefined {
    return this.#inputs.has(node) ? undefined : this.#nodes.get(node);
  }

  /** The value that is handed on as this one. */
  resolve(ref: Ref): Ref {
    let found = ref;
    for (;;) {
      const node = this.maker(found);
      if (node === undefined) return found;
      const isSame = IDENTITIES.has(node.op) || this.#isNoCast(node);
      const input = isSame ? node.inputs[found.index] : undefined;
      if (input === undefined) return found;
      found = input;
    }
  }

  known(ref: Ref): Known {
    const known = this.probe.values.get(keyOf(this.resolve(ref)));
    if (known === undefined) throw new Error(`nothing is known of '${keyOf(ref)}'`);
    return known;
  }

  shape(ref: Ref): Sizes {
    return this.known(ref).shape;
  }

  isFloat(ref: Ref): boolean {
    return this.known(ref).dtype === 'float32';
  }

  /** The values of what doesn't depend on the inputs; undefined for all else. */
  constant(ref: Ref | undefined): Constant | undefined {
    const tensor = ref === undefined ? undefined : this.known(ref).constant;
    return tensor === undefined ? undefined : valuesOf(tensor);
  }

  /** The numbers of a constant, as for axes and sizes. */
  numbers(ref: Ref | undefined): readonly number[] | undefined {
    const constant = this.constant(ref);
    return constant === undefined ? undefined : Array.from(constant.values);
  }

  /** The node that makes a value, where nothing else reads that: it can be taken over. */
  taken(ref: Ref): GraphModelNode | undefined {
    const value = this.resolve(ref);
    return this.#uses.get(keyOf(value)) === 1 && value.index === 0 ? this.maker(value) : undefined;
  }

  /** Which of a node's outputs are read, in order. */
  indices(node: GraphModelNode): readonly number[] {
    return [...(this.#indices.get(node.name) ?? [0])].sort((a, b) => a - b);
  }

  #note(ref: Ref, isUse: boolean): void {
    const key = keyOf(ref);
    if (isUse) this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
    const indices = this.#indices.get(ref.node) ?? new Set();
    this.#indices.set(ref.node, indices.add(ref.index));
  }

  #isNoCast({ op, name, inputs: [input] }: GraphModelNode): boolean {
    if (op !== 'Cast' || input === undefined) return false;
    const [from, to] = [keyOf(input), name].map((key) => this.probe.values.get(key));
    return from !== undefined && from.dtype === to?.dtype;
  }
}

function valuesOf(tensor: Tensor): Constant {
  const { shape, dtype } = tensor;
  return { shape, dtype, values: tensor.dataSync() };
}
