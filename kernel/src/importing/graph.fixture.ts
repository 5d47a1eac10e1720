import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

type Attributes = Readonly<Record<string, unknown>>;

interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Attributes;
}

const TYPES: Readonly<Record<string, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** A frozen graph, written node by node, as tfjs's converter writes one to model.json. */
export class GraphFixture {
  readonly #nodes: Node[] = [];
  readonly #weights: [string, Tensor][] = [];

  /** `-1` for an open size. */
  input(name: string, shape: readonly number[], dtype = 'float32'): string {
    const dim = shape.map((size) => ({ size: String(size) }));
    return this.node(name, 'Placeholder', [], {
      dtype: type(dtype),
      shape: { shape: { dim } },
    });
  }

  constant(name: string, values: Tensor): string {
    this.#weights.push([name, values]);
    return this.node(name, 'Const', [], { dtype: type(values.dtype) });
  }

  node(name: string, op: string, input: readonly string[], attr: Attributes = {}): string {
    this.#nodes.push({ name, op, input, attr });
    return name;
  }

  /** The graph as tfjs loads it; without `outputs`, what no node reads is one. */
  async model(outputs: readonly string[] = []): Promise<tf.GraphModel> {
    const { data, specs } = await tf.io.encodeWeights(Object.fromEntries(this.#weights));
    for (const [, tensor] of this.#weights) tensor.dispose();
    const inputs = this.#nodes.filter(({ op }) => op === 'Placeholder');
    const named = (names: readonly string[]): object =>
      Object.fromEntries(names.map((name) => [name, { name }]));
    const signature =
      outputs.length === 0
        ? {}
        : { signature: { inputs: named(inputs.map(({ name }) => name)), outputs: named(outputs) } };
    return tf.loadGraphModel(
      tf.io.fromMemory({
        modelTopology: { versions: { producer: 1, minConsumer: 0 }, node: this.#nodes },
        weightSpecs: specs,
        weightData: data,
        ...signature,
      }),
    );
  }
}

export function type(dtype: string): object {
  return { type: TYPES[dtype] };
}

export function ints(...values: readonly number[]): object {
  return { list: { i: values.map(String) } };
}

export function int(value: number): object {
  return { i: String(value) };
}

export function text(value: string): object {
  return { s: Buffer.from(value).toString('base64') };
}

export function texts(...values: readonly string[]): object {
  return { list: { s: values.map((value) => Buffer.from(value).toString('base64')) } };
}

/** Attributes of a convolution. */
export function window(
  stride: number,
  padding: 'SAME' | 'VALID' | 'EXPLICIT',
  dilation = 1,
): Attributes {
  return {
    strides: ints(1, stride, stride, 1),
    dilations: ints(1, dilation, dilation, 1),
    padding: text(padding),
    data_format: text('NHWC'),
  };
}

/** Repeatable noise. */
export function noise(shape: readonly number[], seed: number): Tensor {
  return tf.randomNormal([...shape], 0, 0.5, 'float32', seed);
}
