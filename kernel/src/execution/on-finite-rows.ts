import type { Tensor } from '@tensorflow/tfjs';
import { blockSizeOf } from '../export/onnx/int4/block-size';
import type { QuantizedGraph } from '../graph/quantized-graph';
import { finiteRows, withLost } from '../integer/finite-rows';

/** Whether what a graph computes is rounded to integers somewhere: weight-only products are in float. */
export function roundsActivations({ nodes, activations }: QuantizedGraph): boolean {
  return (
    activations.size > 0 ||
    nodes.some(
      ({ op }) =>
        op.kind === 'linear' &&
        (op.input !== 'float' ||
          op.activations !== undefined ||
          // `MatMulNBits` rounds to int8 within.
          (op.geometry.kind === 'dense' && blockSizeOf(op.weights) !== undefined)),
    )
  );
}

/**
 * Runs a graph on the rows that integers can hold; the outputs of the others are NaN. Without that each
 * engine would make something else of them: zeros, whatever bits a cast leaves, or the ends of a range.
 */
export function onFiniteRows(
  inputs: readonly Tensor[],
  run: (inputs: readonly Tensor[]) => Tensor[],
): Tensor[] {
  const checked = inputs.map((x) => (x.dtype === 'float32' ? finiteRows(x, 1) : { x }));
  const lost = union(checked.flatMap((rows) => ('lost' in rows && rows.lost ? [rows.lost] : [])));
  try {
    return run(checked.map(({ x }) => x)).map((output) => withLost(output, lost, 1));
  } finally {
    checked.forEach(({ x }, i) => {
      if (x !== inputs[i]) x.dispose();
    });
  }
}

function union([first, ...others]: readonly (readonly boolean[])[]):
  readonly boolean[] | undefined {
  return first?.map((isLost, row) => isLost || others.some((list) => list[row] === true));
}
