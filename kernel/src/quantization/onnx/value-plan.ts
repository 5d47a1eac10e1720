import type { onnx } from 'onnx-proto';
import { isStandard, textOf } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph, GraphIndex } from '../../export/onnx/foreign/foreign-graph';
import type { ActivationScale } from '../../integer/affine';
import type { Range } from '../observers/range';
import type { Product } from './products';
import { valuesOf } from './weight-codes';

/** Operators that only move values: codes go through them as they are. */
const MOVES = [
  'Expand',
  'Flatten',
  'Gather',
  'MaxPool',
  'Pad',
  'Reshape',
  'Resize',
  'Slice',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
];
/** Operators that ONNX Runtime computes of codes, to codes with a scale of their own. */
const JOINS = ['Add', 'AveragePool', 'Concat', 'GlobalAveragePool', 'Mul'];

/** A value that is quantized. */
export interface QuantizedValue {
  readonly name: string;
  /**
   * The value that is rounded: another one where an activation after it is left out, since the range of
   * the codes does what it did.
   */
  readonly from: string;
  /** The activation that is left out. */
  readonly folded: onnx.INodeProto | undefined;
  /** All values of one group share a scale: what goes from one to the other moves codes. */
  readonly group: string;
  /** Whether its maker computes in integers, so that all that take it take what its codes stand for. */
  readonly isInteger: boolean;
  /** What an activation before it leaves of its range. */
  readonly limits: Range;
}

/** Values to quantize so that products, and what lies between them, can run in integers. */
export interface ValuePlan {
  readonly values: ReadonlyMap<string, QuantizedValue>;
  /** The nodes that take codes. */
  readonly integerNodes: ReadonlySet<onnx.INodeProto>;
}

const ANY: Range = { min: -Infinity, max: Infinity };

/**
 * What products take is quantized, and what convolutions give, since ONNX Runtime's kernels give codes.
 * Behind these, values are quantized only where they come from codes and go to codes: rounding all
 * others would cost accuracy and gain nothing.
 */
export function planValues(
  graph: ForeignGraph,
  products: readonly Product[],
  scale: ActivationScale,
): ValuePlan {
  return new Planner(graph, products, scale).plan();
}

class Planner {
  readonly #index: GraphIndex;
  readonly #needed = new Set<string>();
  readonly #products = new Map<onnx.INodeProto, Product>();
  readonly #leaders = new Map<string, string>();
  readonly #made = new Map<string, boolean>();

  constructor(
    private readonly graph: ForeignGraph,
    products: readonly Product[],
    private readonly scale: ActivationScale,
  ) {
    this.#index = graph.index();
    for (const product of products) this.#products.set(product.node, product);
  }

  plan(): ValuePlan {
    for (const { node, op, x } of this.#products.values()) {
      this.#need(x);
      const [output = ''] = node.output ?? [];
      if (op === 'Conv' || op === 'ConvTranspose') this.#need(this.#activated(output));
    }
    const integerNodes = new Set<onnx.INodeProto>(this.#products.keys());
    for (const node of this.graph.nodes) {
      if (!this.#isBetween(node)) continue;
      integerNodes.add(node);
      if (this.#isMove(node)) this.#share([dataOf(node), ...(node.output ?? [])]);
    }
    const values = [...this.#needed].map((name) => [name, this.#value(name)] as const);
    return { values: new Map(values), integerNodes };
  }

  /** Whether a node takes codes and gives codes. */
  #isBetween(node: onnx.INodeProto): boolean {
    const gives = (node.output ?? []).some((name) => this.#needed.has(this.#activated(name)));
    const takes = this.#isMove(node)
      ? this.#needed.has(dataOf(node))
      : this.#isJoin(node) && (node.input ?? []).every((name) => this.#needed.has(name));
    return gives && takes;
  }

  /** Quantizes a value, and those that its maker makes it of where they are in codes already. */
  #need(name: string): void {
    if (this.#needed.has(name) || this.graph.constant(name) !== undefined) return;
    this.#needed.add(name);
    const maker = this.#index.makers.get(this.#before(name) ?? name);
    if (maker === undefined) return;
    if (this.#isMove(maker)) this.#need(dataOf(maker));
    else if (this.#isJoin(maker) && this.#comesOfCodes(name)) {
      for (const input of maker.input ?? []) this.#need(input);
    }
  }

  /** Whether a value is made in integers, as far as the nodes go. */
  #comesOfCodes(name: string): boolean {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const maker = this.#index.makers.get(this.#before(name) ?? name);
    const found = maker !== undefined && this.#makesCodes(maker);
    this.#made.set(name, found);
    return found;
  }

  #makesCodes(maker: onnx.INodeProto): boolean {
    const product = this.#products.get(maker);
    if (product !== undefined) return product.op === 'Conv' || product.op === 'ConvTranspose';
    if (this.#isMove(maker)) return this.#comesOfCodes(dataOf(maker));
    return this.#isJoin(maker) && (maker.input ?? []).every((one) => this.#comesOfCodes(one));
  }

  #isInteger(name: string): boolean {
    const maker = this.#index.makers.get(this.#before(name) ?? name);
    if (maker === undefined) return false;
    return this.#products.has(maker) || this.#isBetween(maker);
  }

  #value(name: string): QuantizedValue {
    const before = this.#before(name);
    return {
      name,
      from: before ?? name,
      folded: before === undefined ? undefined : this.#index.makers.get(name),
      group: this.#leader(name),
      isInteger: this.#isInteger(name),
      limits: this.#limits(this.#index.makers.get(name)) ?? ANY,
    };
  }

  /** What an activation makes of a value that nothing else takes; else the value itself. */
  #activated(name: string): string {
    const [taker, ...others] = this.#index.takers.get(name) ?? [];
    const isAlone = others.length === 0 && !this.graph.outputs.includes(name);
    const isFolded = isAlone && taker !== undefined && this.#folds(taker);
    return isFolded ? (taker.output?.[0] ?? name) : name;
  }

  /** The value before an activation that can be left out after it. */
  #before(name: string): string | undefined {
    const maker = this.#index.makers.get(name);
    const [input = ''] = maker?.input ?? [];
    if (maker === undefined || !this.#folds(maker) || !this.#index.makers.has(input)) {
      return undefined;
    }
    return this.#activated(input) === name ? input : undefined;
  }

  /**
   * Whether codes from 0 on do what an activation does. The largest code of a power of two lies above the
   * range that it was chosen for, so that it is no upper limit.
   */
  #folds(node: onnx.INodeProto): boolean {
    const limits = this.#limits(node);
    return limits?.min === 0 && (limits.max === Infinity || this.scale === 'range');
  }

  /** The range that an activation leaves; undefined of other nodes. */
  #limits(node: onnx.INodeProto | undefined): Range | undefined {
    if (node === undefined || !isStandard(node)) return undefined;
    if (node.opType === 'Relu') return { min: 0, max: Infinity };
    if (node.opType !== 'Clip') return undefined;
    const [min, max] = [1, 2].map((i) => {
      const name = node.input?.[i] ?? '';
      return name === '' ? [] : valuesOf(this.graph.constant(name));
    });
    const isGiven = [1, 2].every((i) => {
      const name = node.input?.[i] ?? '';
      return name === '' || this.graph.constant(name) !== undefined;
    });
    return isGiven ? { min: min?.[0] ?? -Infinity, max: max?.[0] ?? Infinity } : undefined;
  }

  #isJoin(node: onnx.INodeProto): boolean {
    return isStandard(node) && JOINS.includes(node.opType ?? '');
  }

  #isMove(node: onnx.INodeProto): boolean {
    const op = node.opType ?? '';
    if (!isStandard(node) || !MOVES.includes(op)) return false;
    if (this.graph.constant(dataOf(node)) !== undefined) return false;
    if (op === 'MaxPool') return (node.output ?? []).filter(Boolean).length === 1;
    if (op === 'Resize') return textOf(node, 'mode', 'nearest') !== 'cubic';
    if (op !== 'Pad' || textOf(node, 'mode', 'constant') !== 'constant') return true;
    const value = node.input?.[2] ?? '';
    const constant = this.graph.constant(value);
    return value === '' || (constant !== undefined && valuesOf(constant)[0] === 0);
  }

  /** A value that an activation is left out after has a range of its own: it isn't among the names. */
  #share(names: readonly string[]): void {
    const all = names.filter((name) => this.#needed.has(name));
    for (const name of all) {
      const [first, other] = [this.#leader(all[0] ?? name), this.#leader(name)];
      if (other !== first) this.#leaders.set(other, first);
    }
  }

  #leader(name: string): string {
    const next = this.#leaders.get(name);
    return next === undefined ? name : this.#leader(next);
  }
}

function dataOf(node: onnx.INodeProto): string {
  return node.input?.[0] ?? '';
}
