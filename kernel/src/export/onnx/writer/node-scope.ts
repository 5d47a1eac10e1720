import type { ValueId } from '../../../models/model-graph';
import type { Attributes } from '../proto/attribute';
import { MICROSOFT } from '../proto/builder';
import { int64Tensor, type OnnxTensor } from '../proto/tensor';
import type { NodeCall } from './call';
import type { GraphWriter } from './graph-writer';
import type { Layout } from './layout';

/** The graph as one call sees it: reads its inputs, adds nodes under its name, writes its outputs. */
export class NodeScope {
  constructor(
    readonly writer: GraphWriter,
    readonly call: NodeCall,
  ) {}

  get id(): string {
    return this.call.id;
  }

  inputId(i = 0): ValueId {
    const id = this.call.inputs[i];
    if (id === undefined) throw new Error(`'${this.id}' has no input ${i}`);
    return id;
  }
  outputId(i = 0): ValueId {
    const id = this.call.outputs[i];
    if (id === undefined) throw new Error(`'${this.id}' has no output ${i}`);
    return id;
  }
  inputShape(i = 0): readonly (number | null)[] {
    return this.writer.shape(this.inputId(i));
  }
  outputShape(i = 0): readonly (number | null)[] {
    return this.writer.shape(this.outputId(i));
  }
  /** The layout in which the inputs are at hand. */
  get layout(): Layout {
    return this.writer.layoutOf(this.call.inputs);
  }

  input(layout: Layout = 'model', i = 0): string {
    return this.writer.read(this.inputId(i), layout);
  }
  output(name: string, layout: Layout = 'model', i = 0): void {
    this.writer.write(this.outputId(i), name, layout);
  }

  /** Adds a node with one output, and gives that. */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(type, inputs, 1, attributes)[0] ?? '';
  }
  ops(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
  ): readonly string[] {
    return this.writer.onnx.node(this.id, type, inputs, { attributes, outputs });
  }
  /** As {@link op}, for an operator of ONNX Runtime's own. */
  runtimeOp(type: string, inputs: readonly string[], attributes: Attributes): string {
    const options = { attributes, domain: MICROSOFT };
    return this.writer.onnx.node(this.id, type, inputs, options)[0] ?? '';
  }

  /** A float constant of the call. */
  constant(name: string, values: ArrayLike<number>, shape: readonly number[]): string {
    return this.writer.constant(`${this.id}/${name}`, values, shape);
  }
  scalar(name: string, value: number): string {
    return this.constant(name, [value], []);
  }
  /** A constant of another type. */
  typed(name: string, tensor: OnnxTensor): string {
    return this.writer.onnx.constant(`${this.id}/${name}`, tensor);
  }
  /** Sizes, axes and indices: int64, one axis. */
  indices(name: string, values: readonly number[]): string {
    return this.typed(name, int64Tensor(values));
  }
}
