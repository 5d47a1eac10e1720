import type { onnx } from 'onnx-proto';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import {
  float32Tensor,
  int32Tensor,
  int8Tensor,
  type OnnxTensor,
  uint8Tensor,
} from '../../export/onnx/proto/tensor';
import type { CodeScheme } from '../../graph/weight-codes';
import { ACTIVATION_SCALES, type ActivationScale, type AffineParams } from '../../integer/affine';
import type { Range } from '../observers/range';
import { integerSums, type RoundedInput } from './integer-sums';
import type { Product } from './products';
import type { QuantizedValue, ValuePlan } from './value-plan';
import { integerWeights, type IntegerProductWeights } from './weight-codes';

export interface StaticOptions {
  readonly plan: ValuePlan;
  readonly products: readonly Product[];
  readonly ranges: ReadonlyMap<string, Range>;
  readonly schemeOf: (product: Product) => CodeScheme;
  readonly scale: ActivationScale;
}

/** Scale and zero point of what a product takes, by the product's name. */
export type ProductParams = ReadonlyMap<onnx.INodeProto, AffineParams>;

/**
 * Writes the rounding of values and weights between the nodes, as ONNX Runtime's quantizer does: a
 * `QuantizeLinear` and a `DequantizeLinear` after each value, a `DequantizeLinear` after each constant.
 * ONNX Runtime makes integer kernels of what stands between them; others compute the same in float.
 */
export function writeStatic(graph: ForeignGraph, options: StaticOptions): ProductParams {
  return new StaticWriter(graph, options).write();
}

class StaticWriter {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #params: ReadonlyMap<string, AffineParams>;
  readonly #products: ReadonlyMap<onnx.INodeProto, Product>;
  /** What integer nodes take where others take the value as it was. */
  readonly #rounded = new Map<string, string>();
  readonly #inCodes = new Map<string, RoundedInput>();
  /** By the value that is rounded. */
  readonly #sources: ReadonlyMap<string, QuantizedValue>;

  constructor(
    private readonly graph: ForeignGraph,
    private readonly options: StaticOptions,
  ) {
    const { values } = options.plan;
    this.#params = paramsOf(options);
    this.#products = new Map(options.products.map((product) => [product.node, product]));
    this.#sources = new Map([...values.values()].map((value) => [value.from, value]));
  }

  write(): ProductParams {
    const { plan } = this.options;
    const isRounded = ({ name }: QuantizedValue): boolean => this.#params.has(name);
    const folded = new Set([...plan.values.values()].filter(isRounded).map((one) => one.folded));
    const taken = new Map<onnx.INodeProto, AffineParams>();
    for (const input of this.graph.inputs) this.#round(input);
    for (const node of this.graph.nodes) {
      if (folded.has(node)) continue;
      const product = this.#products.get(node);
      const input = this.#params.get(product?.x ?? '');
      const renamed = this.#takeRounded(node);
      if (product === undefined || input === undefined) this.#nodes.push(renamed);
      else {
        taken.set(node, input);
        this.#nodes.push(...this.#withCodes(renamed, product, input));
      }
      const made = node.output ?? [];
      for (const output of made) this.#round(output);
    }
    this.graph.nodes = this.#nodes;
    return taken;
  }

  /**
   * Whether the sums of a dense product are wanted as they are: rounding them for a kernel that gives
   * codes would cost accuracy, and without it ONNX Runtime would multiply in float.
   */
  #givesFloat({ node, op, axis }: Product): boolean {
    const isDense = (op === 'Gemm' || op === 'MatMul') && axis !== undefined;
    return isDense && !this.#sources.has(node.output?.[0] ?? '');
  }

  /** The node with what it takes and gives by the names that these have now. */
  #takeRounded(node: onnx.INodeProto): onnx.INodeProto {
    const isInteger = this.options.plan.integerNodes.has(node);
    const input = (node.input ?? []).map((name) =>
      isInteger ? (this.#rounded.get(name) ?? name) : name,
    );
    const output = (node.output ?? []).map((name) => {
      const value = this.#sources.get(name);
      return value !== undefined && this.#isRenamed(value) ? this.#rawName(value) : name;
    });
    return { ...node, input, output };
  }

  /** Where all take the rounded value, it has the name, and what it was rounded from another. */
  #isRenamed({ name, from, isInteger }: QuantizedValue): boolean {
    return this.#params.has(name) && (isInteger || from !== name);
  }

  readonly #raw = new Map<string, string>();

  #rawName({ name }: QuantizedValue): string {
    const known = this.#raw.get(name) ?? this.graph.unique(`${name}_float`);
    this.#raw.set(name, known);
    return known;
  }

  /** Rounds a value that was just made. */
  #round(made: string): void {
    const value = this.#sources.get(made);
    const params = value === undefined ? undefined : this.#params.get(value.name);
    if (value === undefined || params === undefined) return;
    const isRenamed = this.#isRenamed(value);
    const from = isRenamed ? this.#rawName(value) : made;
    const to = isRenamed ? value.name : this.graph.unique(`${value.name}_rounded`);
    if (!isRenamed) this.#rounded.set(value.name, to);
    const codes = this.graph.unique(`${value.name}_codes`);
    const scale = this.#constant(`${value.name}_scale`, params.scale);
    const zero = this.graph.addConstant(
      `${value.name}_zero_point`,
      uint8Tensor(Uint8Array.of(params.zeroPoint), []),
    );
    this.#inCodes.set(value.name, { codes, zeroPoint: zero, scale: params.scale });
    this.#nodes.push(
      this.graph.make({ op: 'QuantizeLinear', inputs: [from, scale, zero], outputs: [codes] }),
      this.graph.make({ op: 'DequantizeLinear', inputs: [codes, scale, zero], outputs: [to] }),
    );
  }

  /** The product with constants that are codes. */
  #withCodes(node: onnx.INodeProto, product: Product, input: AffineParams): onnx.INodeProto[] {
    const scheme = this.options.schemeOf(product);
    const rounded = this.#inCodes.get(product.x);
    if (rounded !== undefined && this.#givesFloat(product)) {
      return integerSums(this.graph, product, rounded, scheme);
    }
    const coded = integerWeights(product, this.graph, scheme, input.scale);
    const [x = ''] = node.input ?? [];
    const weight = this.#weight(product, coded);
    const bias = this.#bias(product, coded, input);
    return [{ ...node, input: bias === undefined ? [x, weight] : [x, weight, bias] }];
  }

  #weight({ weight, shape, axis = 0 }: Product, coded: IntegerProductWeights): string {
    const { codes, scales } = coded;
    const zeros = int8Tensor(new Int8Array(scales.length), scaleShape(scales));
    return this.#dequantized(weight, int8Tensor(codes, shape), { scales, zeros, axis });
  }

  #bias(
    { bias: name }: Product,
    { bias, scales }: IntegerProductWeights,
    { scale }: AffineParams,
  ): string | undefined {
    if (bias === undefined || name === undefined) return undefined;
    const zeros = int32Tensor(new Int32Array(scales.length), scaleShape(scales));
    const steps = scales.map((one) => scale * one);
    return this.#dequantized(name, int32Tensor(bias, [bias.length]), {
      scales: steps,
      zeros,
      axis: 0,
    });
  }

  #dequantized(
    name: string,
    tensor: OnnxTensor,
    { scales, zeros, axis }: { scales: Float32Array; zeros: OnnxTensor; axis: number },
  ): string {
    const codes = this.graph.addConstant(`${name}_codes`, tensor);
    const shape = scaleShape(scales);
    const scale = this.graph.addConstant(`${name}_scale`, float32Tensor(scales, shape));
    const zero = this.graph.addConstant(`${name}_zero_point`, zeros);
    const output = this.graph.unique(`${name}_rounded`);
    this.#nodes.push(
      this.graph.make({
        op: 'DequantizeLinear',
        inputs: [codes, scale, zero],
        outputs: [output],
        attributes: shape.length === 0 ? {} : { axis },
      }),
    );
    return output;
  }

  #constant(name: string, value: number): string {
    return this.graph.addConstant(name, float32Tensor([value], []));
  }
}

/** Of one scale for all no axis. */
function scaleShape({ length }: Float32Array): readonly number[] {
  return length === 1 ? [] : [length];
}

/** The least scale that PyTorch's observers give: for what is 0 throughout. */
const ONLY_ZERO: AffineParams = { scale: 2 ** -23, zeroPoint: 0 };

/** One scale and zero point for all values of a group; none where a value has no range. */
function paramsOf({ plan, ranges, scale }: StaticOptions): ReadonlyMap<string, AffineParams> {
  const groups = new Map<string, Range>();
  for (const { name, group, limits } of plan.values.values()) {
    const range = ranges.get(name);
    if (range === undefined) continue;
    const min = Math.max(range.min, limits.min);
    const max = Math.min(range.max, limits.max);
    const others = groups.get(group) ?? { min, max };
    groups.set(group, { min: Math.min(min, others.min), max: Math.max(max, others.max) });
  }
  const params = new Map<string, AffineParams>();
  for (const { name, group } of plan.values.values()) {
    const range = groups.get(group);
    if (range === undefined || !ranges.has(name)) continue;
    const { min, max } = range;
    params.set(name, min === 0 && max === 0 ? ONLY_ZERO : ACTIVATION_SCALES[scale](min, max));
  }
  return params;
}
