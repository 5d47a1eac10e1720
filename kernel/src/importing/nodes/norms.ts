import * as tf from '@tensorflow/tfjs';
import { rmsNormalization } from '../../layers/rms-normalization';
import { flag, type Mapped, type Mapper } from '../mapped';
import { keyOf, type GraphModelNode, type Ref } from '../read-graph';
import type { GraphReader } from '../reader';

/** A value less its mean over the last axis, or as it is, over the root of its mean square. */
interface Core {
  readonly input: Ref;
  readonly epsilon: number;
  readonly isCentered: boolean;
}

/** A core times constants of the channels, plus constants of the channels. */
interface Norm extends Core {
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
}

/**
 * Layer normalization and root mean square normalization over the last axis, as frameworks spell them
 * out: `(x - mean) * rsqrt(variance + epsilon) * gamma + beta`, by a quotient and a root, or as
 * TensorFlow's `batch_normalization` has it, `x * inv + (beta - mean * inv)`.
 */
export const norm: Mapper = (node, graph) => {
  const found = new NormReader(graph).normOf(node);
  return found === undefined ? undefined : normLayer(found, graph);
};

function normLayer(
  { input, epsilon, isCentered, gamma, beta }: Norm,
  graph: GraphReader,
): Mapped | undefined {
  const channels = graph.shape(input).at(-1);
  if (!graph.isFloat(input) || graph.shape(input).length < 2) return undefined;
  if (typeof channels !== 'number') return undefined;
  const weight = (values: Float32Array) => ({
    values: values.length === 1 ? new Float32Array(channels).fill(values[0] ?? 1) : values,
    shape: [channels],
  });
  const weights = [gamma, beta].flatMap((values) => (values === undefined ? [] : [weight(values)]));
  if (weights.some(({ values }) => values.length !== channels)) return undefined;
  if (isCentered) {
    const options = { axis: -1, epsilon, scale: gamma !== undefined, center: beta !== undefined };
    const make = (name: string): tf.layers.Layer =>
      tf.layers.layerNormalization({ name, ...options });
    return { inputs: [input], layers: [{ make, weights }] };
  }
  if (beta !== undefined) return undefined;
  const gain = weight(gamma ?? Float32Array.of(1));
  const make = (name: string): tf.layers.Layer => rmsNormalization({ name, epsilon });
  return { inputs: [input], layers: [{ make, weights: [gain] }] };
}

class NormReader {
  constructor(private readonly graph: GraphReader) {}

  normOf(node: GraphModelNode): Norm | undefined {
    return this.#shifted(node) ?? this.#scaled(node);
  }

  #shifted({ op, inputs }: GraphModelNode): Norm | undefined {
    if (op !== 'Add' && op !== 'AddV2' && op !== 'BiasAdd') return undefined;
    for (const [one, other] of bothWays(inputs)) {
      const inner = this.#maker(one);
      if (inner === undefined) continue;
      const beta = this.#channels(other);
      if (beta !== undefined) {
        const scaled = this.#scaled(inner);
        if (scaled !== undefined) return { ...scaled, beta };
      }
      const found = this.#asTensorFlow(inner, other);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** `x * inv` and `beta - mean * inv`. */
  #asTensorFlow(product: GraphModelNode, rest: Ref): Norm | undefined {
    const difference = this.#maker(rest);
    if (product.op !== 'Mul' || difference?.op !== 'Sub') return undefined;
    const beta = this.#channels(difference.inputs[0]);
    const shift = this.#maker(difference.inputs[1]);
    if (beta === undefined || shift?.op !== 'Mul') return undefined;
    for (const [input, inverse] of bothWays(product.inputs)) {
      for (const [mean, again] of bothWays(shift.inputs)) {
        if (!this.#isSame(inverse, again) || !this.#isMeanOf(mean, input)) continue;
        const root = this.#rootOf(inverse);
        const of = root && this.#spreadOf(root.of);
        if (of?.isCentered === true && this.#isSame(of.input, input)) {
          return { ...of, beta, ...(root?.gamma && { gamma: root.gamma }) };
        }
      }
    }
    return undefined;
  }

  #scaled(node: GraphModelNode): Norm | undefined {
    const core = this.#core(node);
    if (core !== undefined) return core;
    if (node.op !== 'Mul') return undefined;
    for (const [one, other] of bothWays(node.inputs)) {
      const gamma = this.#channels(other);
      const inner = gamma && this.#maker(one);
      const found = inner && this.#core(inner);
      if (gamma && found !== undefined && found.gamma === undefined) return { ...found, gamma };
    }
    return undefined;
  }

  /** What is divided by a root: `d * rsqrt(v)`, `d * (rsqrt(v) * gamma)`, `d / sqrt(v)`. */
  #core({ op, inputs }: GraphModelNode): Norm | undefined {
    if (op === 'RealDiv' || op === 'Div') {
      const root = this.#maker(inputs[1]);
      return root?.op === 'Sqrt' ? this.#over(inputs[0], { of: root.inputs[0] }) : undefined;
    }
    if (op !== 'Mul') return undefined;
    for (const [value, inverse] of bothWays(inputs)) {
      const root = this.#rootOf(inverse);
      const found = root && this.#over(value, root);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #over(value: Ref | undefined, root: Root): Norm | undefined {
    const spread = this.#spreadOf(root.of);
    if (value === undefined || spread === undefined) return undefined;
    const isNormed = spread.isCentered
      ? this.#isDifference(value, spread.input)
      : this.#isSame(value, spread.input);
    return isNormed ? { ...spread, ...(root.gamma && { gamma: root.gamma }) } : undefined;
  }

  /** `rsqrt(v)`, or that times constants. */
  #rootOf(ref: Ref): Root | undefined {
    const node = this.#maker(ref);
    if (node?.op === 'Rsqrt') return { of: node.inputs[0] };
    if (node?.op !== 'Mul') return undefined;
    for (const [one, other] of bothWays(node.inputs)) {
      const inner = this.#maker(one);
      const gamma = this.#channels(other);
      if (inner?.op === 'Rsqrt' && gamma !== undefined) return { of: inner.inputs[0], gamma };
    }
    return undefined;
  }

  /** `mean(square) + epsilon` of what. */
  #spreadOf(ref: Ref | undefined): Core | undefined {
    const node = this.#maker(ref);
    if (node?.op !== 'Add' && node?.op !== 'AddV2') return undefined;
    for (const [one, other] of bothWays(node.inputs)) {
      const constant = this.graph.constant(other);
      const mean = this.#maker(one);
      if (constant?.values.length !== 1 || mean === undefined || !this.#isMean(mean)) continue;
      const squared = this.#squared(mean.inputs[0]);
      if (squared === undefined) continue;
      return { ...squared, epsilon: constant.values[0] ?? 0 };
    }
    return undefined;
  }

  /** What a square is of: a value less its mean, or a value. */
  #squared(ref: Ref | undefined): Omit<Core, 'epsilon'> | undefined {
    const node = this.#maker(ref);
    const [a, b] = node?.inputs ?? [];
    if (node === undefined || a === undefined) return undefined;
    if (node.op === 'SquaredDifference' && b !== undefined) {
      const [input, mean] = this.#isMeanOf(b, a) ? [a, b] : [b, a];
      return this.#isMeanOf(mean, input) ? { input, isCentered: true } : undefined;
    }
    const isSquare =
      node.op === 'Square' ||
      (node.op === 'Mul' && b !== undefined && this.#isSame(a, b)) ||
      (node.op === 'Pow' && this.graph.constant(b)?.values[0] === 2);
    if (!isSquare) return undefined;
    const inner = this.#maker(a);
    const [input] = inner?.inputs ?? [];
    return input !== undefined && this.#isDifference(a, input)
      ? { input, isCentered: true }
      : { input: a, isCentered: false };
  }

  #isDifference(ref: Ref, input: Ref): boolean {
    const node = this.#maker(ref);
    const [a, b] = node?.inputs ?? [];
    if (node?.op !== 'Sub' || a === undefined || b === undefined) return false;
    return this.#isSame(a, input) && this.#isMeanOf(b, input);
  }

  #isMeanOf(ref: Ref, input: Ref): boolean {
    const node = this.#maker(ref);
    const [of] = node?.inputs ?? [];
    return node !== undefined && of !== undefined && this.#isMean(node) && this.#isSame(of, input);
  }

  /** Over the last axis, which stays. */
  #isMean(node: GraphModelNode): boolean {
    const [x, axes] = node.inputs;
    if (node.op !== 'Mean' || x === undefined || !flag(node, 'keepDims')) return false;
    const [axis, ...others] = this.graph.numbers(axes) ?? [];
    const rank = this.graph.shape(x).length;
    return others.length === 0 && (axis === -1 || axis === rank - 1);
  }

  /** A constant of the channels, or one number. */
  #channels(ref: Ref | undefined): Float32Array | undefined {
    const constant = this.graph.constant(ref);
    if (constant?.dtype !== 'float32') return undefined;
    const { shape, values } = constant;
    const isLast = values.length === 1 || shape.at(-1) === values.length;
    return isLast ? Float32Array.from(values) : undefined;
  }

  #maker(ref: Ref | undefined): GraphModelNode | undefined {
    return ref === undefined ? undefined : this.graph.maker(this.graph.resolve(ref));
  }

  #isSame(a: Ref, b: Ref): boolean {
    return keyOf(this.graph.resolve(a)) === keyOf(this.graph.resolve(b));
  }
}

interface Root {
  readonly of: Ref | undefined;
  readonly gamma?: Float32Array;
}

function bothWays([a, b]: readonly Ref[]): readonly (readonly [Ref, Ref])[] {
  return a === undefined || b === undefined
    ? []
    : [
        [a, b],
        [b, a],
      ];
}
