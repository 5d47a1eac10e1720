import { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../../errors';
import { attributeProto, type Attributes } from '../proto/attribute';
import { contentKey, type OnnxTensor, tensorProto } from '../proto/tensor';
import { attribute, graphsOf } from './attributes';

/** Protobuf's limit of one message. */
const LARGEST_FILE = 2 ** 31 - 1;

/** What a node has beside its operator. */
export interface MadeNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Attributes;
  readonly domain?: string;
}

/**
 * The main graph of a model that others wrote, to be rewritten: its nodes in their order and its
 * constants, those of `Constant` nodes too.
 */
export class ForeignGraph {
  nodes: onnx.INodeProto[] = [];
  readonly #initializers = new Map<string, onnx.ITensorProto>();
  readonly #names = new Set<string>();
  /** Names of constants that were added, by their content. */
  readonly #added = new Map<string, string>();

  constructor(
    readonly model: onnx.IModelProto,
    /** What the model was loaded from, for errors. */
    readonly source: string,
  ) {
    const graph = this.#graph;
    for (const one of graph.initializer ?? []) this.#initializers.set(one.name ?? '', one);
    for (const node of graph.node ?? []) {
      const constant = constantOf(node);
      const [output = ''] = node.output ?? [];
      if (constant === undefined) this.nodes.push(node);
      else this.#initializers.set(output, { ...constant, name: output });
    }
    collectNames(graph, this.#names);
  }

  get inputs(): readonly string[] {
    return (this.#graph.input ?? [])
      .map(({ name }) => name ?? '')
      .filter((name) => !this.#initializers.has(name));
  }

  get outputs(): readonly string[] {
    return (this.#graph.output ?? []).map(({ name }) => name ?? '');
  }

  /** The version of ONNX's own operators. */
  get opset(): number {
    const own = this.model.opsetImport?.find(({ domain }) => isOwn(domain));
    return Number(own?.version ?? 0);
  }

  setOpset(version: number, domain = ''): void {
    const imports = (this.model.opsetImport ??= []);
    const known = imports.find((one) =>
      domain === '' ? isOwn(one.domain) : one.domain === domain,
    );
    if (known === undefined) imports.push({ domain, version });
    else known.version = version;
  }

  constant(name: string): onnx.ITensorProto | undefined {
    return this.#initializers.get(name);
  }

  get constants(): ReadonlyMap<string, onnx.ITensorProto> {
    return this.#initializers;
  }

  /**
   * Adds a constant, and gives its name: that of one with the same content which was added before, or the
   * one that is wanted, or `name_1`, ... where it is taken.
   */
  addConstant(name: string, tensor: OnnxTensor): string {
    const key = contentKey(tensor);
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const unique = this.unique(name);
    this.#initializers.set(unique, tensorProto(unique, tensor));
    this.#added.set(key, unique);
    return unique;
  }

  /** Takes a constant over from a graph within a node; gives its name in the main graph. */
  adopt(name: string, constant: onnx.ITensorProto): string {
    const unique = this.unique(name);
    this.#initializers.set(unique, { ...constant, name: unique });
    return unique;
  }

  /** `name`, or `name_1`, ... where it is taken. */
  unique(name: string): string {
    let result = name;
    for (let i = 1; this.#names.has(result); i++) result = `${name}_${i}`;
    this.#names.add(result);
    return result;
  }

  /** A node that isn't in the graph yet. */
  make({ op, inputs, outputs, attributes = {}, domain = '' }: MadeNode): onnx.INodeProto {
    if (domain !== '') this.setOpset(1, domain);
    return {
      name: this.unique(`${outputs[0] ?? ''}/${op}`),
      opType: op,
      domain,
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
    };
  }

  /** Who makes each value, and who takes it, as the graph now is. */
  index(): GraphIndex {
    const makers = new Map<string, onnx.INodeProto>();
    const takers = new Map<string, onnx.INodeProto[]>();
    for (const node of this.nodes) {
      for (const output of node.output ?? []) makers.set(output, node);
      for (const input of usedBy(node)) takers.set(input, [...(takers.get(input) ?? []), node]);
    }
    return { makers, takers };
  }

  /**
   * The model's file without what no output needs.
   * @param further Values that are to be outputs too.
   * @throws HalfnoteError `onnx-too-large` beyond protobuf's 2 GB.
   */
  encode(further: readonly string[] = []): Uint8Array {
    const outputs = [...(this.#graph.output ?? []), ...further.map((name) => ({ name }))];
    const inputs = new Set(this.inputs);
    return this.#encode(
      outputs,
      (this.#graph.input ?? []).filter(({ name }) => inputs.has(name ?? '')),
    );
  }

  /** The model with these float32 constants as inputs behind its own. */
  encodeOpen(
    constants: readonly { readonly name: string; readonly shape: readonly number[] }[],
  ): Uint8Array {
    const elemType = onnx.TensorProto.DataType.FLOAT;
    const open = constants.map(({ name, shape }) => ({
      name,
      type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
    }));
    const inputs = new Set(this.inputs);
    const own = (this.#graph.input ?? []).filter(({ name }) => inputs.has(name ?? ''));
    return this.#encode([...(this.#graph.output ?? [])], [...own, ...open]);
  }

  /** A model of what makes these values, which needs no input. */
  encodeAlone(names: readonly string[]): Uint8Array {
    return this.#encode(
      names.map((name) => ({ name })),
      [],
    );
  }

  #encode(output: onnx.IValueInfoProto[], input: onnx.IValueInfoProto[]): Uint8Array {
    const { nodes, used } = needed(
      this.nodes,
      output.map(({ name }) => name ?? ''),
    );
    const given = new Set(input.map(({ name }) => name));
    const constants = [...this.#initializers].filter(
      ([name]) => used.has(name) && !given.has(name),
    );
    const bytes = constants.reduce((sum, [, one]) => sum + (one.rawData?.length ?? 0), 0);
    if (bytes > LARGEST_FILE) {
      throw new HalfnoteError(
        'onnx-too-large',
        `The weights of '${this.source}' take ${bytes} bytes; an ONNX file holds at most ${LARGEST_FILE}.`,
        'Quantize to fewer bits: int8, int4.',
      );
    }
    const initializer = constants.map(([, constant]) => constant);
    return onnx.ModelProto.encode({
      ...this.model,
      // The first that has opset 13.
      irVersion: Math.max(Number(this.model.irVersion ?? 0), 7),
      graph: { ...this.#graph, node: nodes, initializer, input, output },
    }).finish();
  }

  get #graph(): onnx.IGraphProto {
    return this.model.graph ?? {};
  }
}

export interface GraphIndex {
  readonly makers: ReadonlyMap<string, onnx.INodeProto>;
  /** A node that takes a value twice is listed twice. */
  readonly takers: ReadonlyMap<string, readonly onnx.INodeProto[]>;
}

/** The values that a node takes, those that the graphs within it take from outside too. */
export function usedBy(node: onnx.INodeProto): string[] {
  const own = (node.input ?? []).filter((name) => name !== '');
  const within = graphsOf(node).flatMap((graph) => [
    ...(graph.node ?? []).flatMap(usedBy),
    ...(graph.output ?? []).map(({ name }) => name ?? ''),
  ]);
  return [...own, ...within];
}

function needed(
  nodes: readonly onnx.INodeProto[],
  outputs: readonly string[],
): { readonly nodes: onnx.INodeProto[]; readonly used: ReadonlySet<string> } {
  const used = new Set(outputs);
  const kept: onnx.INodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (node.output?.some((name) => used.has(name)) !== true) continue;
    for (const name of usedBy(node)) used.add(name);
    kept.push(node);
  }
  return { nodes: kept.reverse(), used };
}

function isOwn(domain: string | null | undefined): boolean {
  return (domain ?? '') === '' || domain === 'ai.onnx';
}

/** What a `Constant` node holds; undefined of other nodes, and of sparse and text constants. */
export function constantOf(node: onnx.INodeProto): onnx.ITensorProto | undefined {
  if (node.opType !== 'Constant') return undefined;
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  const value = attribute(node, 'value')?.t;
  if (value) return value;
  const float = attribute(node, 'value_float');
  if (float) return { dataType: FLOAT, dims: [], floatData: [float.f ?? 0] };
  const floats = attribute(node, 'value_floats')?.floats;
  if (floats) return { dataType: FLOAT, dims: [floats.length], floatData: floats };
  const int = attribute(node, 'value_int');
  if (int) return { dataType: INT64, dims: [], int64Data: [int.i ?? 0] };
  const ints = attribute(node, 'value_ints')?.ints;
  if (ints) return { dataType: INT64, dims: [ints.length], int64Data: ints };
  return undefined;
}

/** All names, of the graphs within too: a new one may be none of them. */
function collectNames(graph: onnx.IGraphProto, names: Set<string>): void {
  for (const { name } of [...(graph.input ?? []), ...(graph.initializer ?? [])]) {
    names.add(name ?? '');
  }
  for (const node of graph.node ?? []) {
    names.add(node.name ?? '');
    for (const name of [...(node.input ?? []), ...(node.output ?? [])]) names.add(name);
    for (const inner of graphsOf(node)) collectNames(inner, names);
  }
}
