import { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../../errors';
import { attributeProto, type Attributes } from './attribute';
import { ELEMENT_TYPES, type ElementType } from './element-type';
import { contentKey, type OnnxTensor, tensorProto } from './tensor';

/** A size, the name of an open one (`batch`), or null where nothing is known. */
export type Dimension = number | string | null;

export interface NodeOptions {
  readonly attributes?: Attributes;
  /** How many outputs the node has; 1 unless given. */
  readonly outputs?: number;
  /** Of the operator; ONNX's own unless given. */
  readonly domain?: string;
}

/** What the file says of itself. */
export interface ModelInfo {
  readonly opset: number;
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const MICROSOFT = 'com.microsoft';

/** The first IR version that has the operators of each set that we write. */
const IR_VERSIONS: Readonly<Record<number, number>> = { 21: 10, 22: 10, 23: 11 };
/** What is written unless another is asked for: the first with blocks and 4-bit integers. */
export const DEFAULT_OPSET = 21;
export const OPSETS = Object.keys(IR_VERSIONS).map(Number);

/** Protobuf's limit of one message. */
const LARGEST_FILE = 2 ** 31 - 1;

/** Collects the nodes and constants of one graph, in order, and writes it as a protobuf. */
export class OnnxBuilder {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #shared = new Map<string, string>();
  readonly #inputs: onnx.IValueInfoProto[] = [];
  readonly #outputs: onnx.IValueInfoProto[] = [];
  readonly #infos = new Map<string, onnx.IValueInfoProto>();
  readonly #names: Set<string>;
  readonly #domains = new Set<string>();
  /** What outputs were called before they were outputs. */
  readonly #renamed = new Map<string, string>();

  /** With `outer`, the builder of the graph that this one is an attribute of. */
  constructor(readonly outer?: OnnxBuilder) {
    this.#names = outer === undefined ? new Set() : outer.#names;
  }

  /** Adds a node called `name`; its outputs are called after it. Absent inputs are ''. */
  node(
    name: string,
    op: string,
    inputs: readonly string[],
    options: NodeOptions = {},
  ): readonly string[] {
    const unique = this.unique(`${name}/${op}`);
    const outputs = Array.from({ length: options.outputs ?? 1 }, (_, i) => `${unique}_output_${i}`);
    for (const output of outputs) this.#names.add(output);
    const domain = options.domain ?? '';
    this.#useDomain(domain);
    this.#nodes.push({
      name: unique,
      opType: op,
      domain,
      input: trimmed(inputs).map((input) => this.#renamed.get(input) ?? input),
      output: outputs,
      attribute: Object.entries(options.attributes ?? {}).map(([key, value]) =>
        attributeProto(key, value),
      ),
    });
    return outputs;
  }

  /** A constant. What has the same content shares one name, as the weights of a layer's second call do. */
  constant(name: string, tensor: OnnxTensor): string {
    if (this.outer !== undefined) return this.outer.constant(name, tensor);
    const key = contentKey(tensor);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const unique = this.unique(name);
    this.#initializers.set(unique, tensor);
    this.#shared.set(key, unique);
    return unique;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    this.#names.add(name);
    this.#inputs.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes a value an output called `name`, or `name_1`, ... where an input has that name. */
  output(name: string, made: string, type: ElementType, shape: readonly Dimension[]): void {
    const value = this.#renamed.get(made) ?? made;
    const isOutput = this.#outputs.some((output) => output.name === value);
    const isMade = this.#nodes.some((node) => node.output?.includes(value));
    const unique = this.unique(name);
    if (isMade && !isOutput) this.#rename(value, unique);
    else {
      this.#nodes.push({
        name: `${unique}/Identity`,
        opType: 'Identity',
        input: [value],
        output: [unique],
      });
    }
    this.#outputs.push(valueInfo(unique, type, shape));
  }

  /** Says what a value between nodes is. */
  describe(name: string, type: ElementType, shape: readonly Dimension[]): void {
    this.#infos.set(name, valueInfo(name, type, shape));
  }

  /** `name`, or `name_1`, ... where it is taken. */
  unique(name: string): string {
    let result = name;
    for (let i = 1; this.#names.has(result); i++) result = `${name}_${i}`;
    this.#names.add(result);
    return result;
  }

  /** Of all constants. */
  get constantBytes(): number {
    return [...this.#initializers.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** The graph alone, to be an attribute. */
  graph(name: string): onnx.IGraphProto {
    const outer = new Set([...this.#inputs, ...this.#outputs].map((info) => info.name));
    return {
      name,
      node: this.#nodes,
      initializer: [...this.#initializers].map(([key, tensor]) => tensorProto(key, tensor)),
      input: this.#inputs,
      output: this.#outputs,
      valueInfo: [...this.#infos.values()].filter((info) => !outer.has(info.name)),
    };
  }

  /**
   * The whole model as the bytes of a file.
   * @throws HalfnoteError `onnx-too-large` beyond protobuf's 2 GB.
   */
  finish(name: string, info: ModelInfo): Uint8Array {
    const weights = this.constantBytes;
    if (weights > LARGEST_FILE) {
      throw new HalfnoteError(
        'onnx-too-large',
        `The weights of '${name}' take ${weights} bytes; an ONNX file holds at most ${LARGEST_FILE}.`,
        'Export in a smaller format: fp16, int8 or int4.',
      );
    }
    const model = onnx.ModelProto.create({
      irVersion: IR_VERSIONS[info.opset] ?? 10,
      opsetImport: [
        { domain: '', version: info.opset },
        ...[...this.#domains].map((domain) => ({ domain, version: 1 })),
      ],
      producerName: 'halfnote',
      producerVersion: info.producerVersion,
      modelVersion: 1,
      graph: this.graph(name),
      metadataProps: Object.entries(info.metadata).map(([key, value]) => ({ key, value })),
    });
    return onnx.ModelProto.encode(model).finish();
  }

  #useDomain(domain: string): void {
    if (domain === '') return;
    if (this.outer === undefined) this.#domains.add(domain);
    else this.outer.#useDomain(domain);
  }

  #rename(from: string, to: string): void {
    const renamed = (names: string[] | null | undefined): string[] =>
      (names ?? []).map((name) => (name === from ? to : name));
    for (const node of this.#nodes) {
      node.input = renamed(node.input);
      node.output = renamed(node.output);
    }
    this.#infos.delete(from);
    this.#renamed.set(from, to);
  }
}

/** Without absent inputs at the end, which need no place. */
function trimmed(inputs: readonly string[]): string[] {
  let end = inputs.length;
  while (end > 0 && inputs[end - 1] === '') end--;
  return inputs.slice(0, end);
}

function valueInfo(
  name: string,
  type: ElementType,
  shape: readonly Dimension[],
): onnx.IValueInfoProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: ELEMENT_TYPES[type],
        shape: {
          dim: shape.map((size) => {
            if (typeof size === 'number') return { dimValue: size };
            return typeof size === 'string' ? { dimParam: size } : {};
          }),
        },
      },
    },
  };
}
