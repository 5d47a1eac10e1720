import { LARGEST_ROW } from '../../../integer/finite-rows';
import { float32Tensor, int64Tensor } from '../proto/tensor';
import type { OnnxBuilder } from '../proto/builder';
import { range } from './layout';

/**
 * Keeps rows that aren't finite out of a graph that rounds what it computes to integers, as
 * `integer/finite-rows` does: `DynamicQuantizeLinear` would make the range of the whole batch useless,
 * and `MatMulNBits` numbers of NaN.
 */
export class OnnxFiniteRows {
  /** `[batch]`: NaN for each row that is lost, else 0. */
  #lost: string | undefined;

  constructor(private readonly onnx: OnnxBuilder) {}

  /** An input of the graph with zeros for the rows that are lost. */
  input(id: string, name: string, rank: number): string {
    const axes = this.#indices(id, range(1, rank));
    const [sizes = ''] = this.onnx.node(id, 'Abs', [name]);
    const attributes = { keepdims: 1 };
    const [sums = ''] = this.onnx.node(id, 'ReduceSum', [sizes, axes], { attributes });
    const limit = this.#scalar('largest_row', LARGEST_ROW);
    const [isFinite = ''] = this.onnx.node(id, 'LessOrEqual', [sums, limit]);
    const zero = this.#scalar('zero', 0);
    const [marks = ''] = this.onnx.node(id, 'Where', [isFinite, zero, this.#scalar('nan', NaN)]);
    const [lost = ''] = this.onnx.node(id, 'Squeeze', [marks, axes]);
    this.#lost = this.#lost === undefined ? lost : this.onnx.node(id, 'Add', [this.#lost, lost])[0];
    return this.onnx.node(id, 'Where', [isFinite, name, zero])[0] ?? '';
  }

  /** An output of the graph with NaN in the rows that are lost. */
  output(id: string, name: string, rank: number): string {
    if (this.#lost === undefined) return name;
    const axes = this.#indices(id, range(1, rank));
    const [lost = ''] = this.onnx.node(id, 'Unsqueeze', [this.#lost, axes]);
    return this.onnx.node(id, 'Add', [name, lost])[0] ?? '';
  }

  #scalar(name: string, value: number): string {
    return this.onnx.constant(name, float32Tensor([value], []));
  }

  #indices(id: string, axes: readonly number[]): string {
    return this.onnx.constant(`${id}/row_axes`, int64Tensor(axes));
  }
}
