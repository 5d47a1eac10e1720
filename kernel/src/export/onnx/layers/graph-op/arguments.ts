import type { GraphOp } from '../../../../layers/graph-op';
import type { GraphOpArgument } from '../../../../layers/graph-op-definition';
import { float32Tensor, int32Tensor } from '../../proto/tensor';
import type { LayerScope } from '../../writer/layer-scope';

/** A TensorFlow op that is being written: its arguments in TensorFlow's order, whatever they come from. */
export class OpScope {
  readonly op: string;
  readonly #attributes: Readonly<Record<string, unknown>>;
  readonly #arguments: readonly GraphOpArgument[];

  constructor(readonly layer: LayerScope) {
    const { definition } = layer.layer as GraphOp;
    this.op = definition.op;
    this.#attributes = definition.attributes;
    this.#arguments = definition.arguments;
  }

  get count(): number {
    return this.#arguments.length;
  }

  /** The ONNX value of an argument. */
  value(i: number): string {
    const argument = this.#argument(i);
    if (argument.from === 'input') return this.layer.input('model', this.#placeOf(i, 'input'));
    if (argument.from === 'constant') {
      const { values, shape, dtype } = argument;
      if (dtype === 'float32') return this.layer.constant(`argument${i}`, values, shape);
      const ints = int32Tensor(Int32Array.from(values), shape);
      const name = this.layer.typed(`argument${i}`, ints);
      return dtype === 'int32' ? name : this.layer.op('Cast', [name], { to: BOOL });
    }
    const weight = this.layer.weights()[this.#placeOf(i, 'weight')];
    const { data, shape } = weight ?? { data: new Float32Array(), shape: [] };
    return argument.dtype === 'int32'
      ? this.layer.typed(`argument${i}`, int32Tensor(Int32Array.from(data), shape))
      : this.layer.constant(`argument${i}`, data, shape);
  }

  /** An argument that says how the op runs. @throws HalfnoteError `onnx-unsupported` for one that varies. */
  numbers(i: number, what: string): readonly number[] {
    const argument = this.#argument(i);
    if (argument.from === 'constant') return argument.values;
    if (argument.from === 'weight') {
      return Array.from(this.layer.weights()[this.#placeOf(i, 'weight')]?.data ?? []);
    }
    throw this.unsupported(`its ${what} depend on the inputs`);
  }

  /** The shape of an argument, with the batch. */
  shape(i: number): readonly (number | null)[] {
    const argument = this.#argument(i);
    return argument.from === 'input'
      ? this.layer.inputShape(this.#placeOf(i, 'input'))
      : argument.shape;
  }

  flag(name: string): boolean {
    return this.#attribute(name, 'b') === true;
  }
  number(name: string, otherwise: number): number {
    return Number(this.#attribute(name, 'i') ?? this.#attribute(name, 'f') ?? otherwise);
  }
  integers(name: string): readonly number[] {
    const list = this.#attribute(name, 'list') as { readonly i?: readonly unknown[] } | undefined;
    return (list?.i ?? []).map(Number);
  }
  text(name: string): string {
    const value = this.#attribute(name, 's');
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
  }

  unsupported(what: string): Error {
    return this.layer.config.unsupported(
      `it is TensorFlow's ${this.op}, and ${what}`,
      'Take the model up to the node before it: layersModelOf(model, { outputs: [...] }).',
    );
  }

  #attribute(name: string, kind: string): unknown {
    const value = this.#attributes[name] as Readonly<Record<string, unknown>> | undefined;
    return value?.[kind];
  }

  #argument(i: number): GraphOpArgument {
    const argument = this.#arguments[i];
    if (argument === undefined) throw this.unsupported(`it has no argument ${i + 1}`);
    return argument;
  }

  /** Which of the layer's inputs, or weights, an argument is. */
  #placeOf(i: number, from: GraphOpArgument['from']): number {
    return this.#arguments.slice(0, i).filter((argument) => argument.from === from).length;
  }
}

/** ONNX's code of the type. */
const BOOL = 9;

/** A list of floats, as `Resize` and others take one. */
export function floats(scope: OpScope, name: string, values: readonly number[]): string {
  return scope.layer.typed(name, float32Tensor(values, [values.length]));
}
