import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { ABSENT, bytes } from '../../display/units';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { InferenceMemoryResult, NodeMemory } from './inference-result';

const COLUMNS: readonly Column[] = [
  { header: 'Node' },
  { header: 'Operator', align: 'left' },
  { header: 'Weights' },
  { header: 'Output' },
  { header: 'Activations alive' },
];

/** What {@link inferenceMemory} found. Shows itself as a table by node. */
export class InferenceMemory implements Displayable {
  constructor(readonly result: InferenceMemoryResult) {}

  /** What is held while one node runs, or undefined. */
  node(name: string): NodeMemory | undefined {
    return this.result.nodes.find((node) => node.name === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, batchSize, nodes, weightBytes, peakActivationBytes, peakNode, peakBytes } =
      this.result;
    const rows = nodes.map((node) => [
      node.name,
      node.kind,
      size(node.weightBytes),
      size(node.outputBytes),
      size(node.liveBytes),
    ]);
    return staticBundle(
      stacked(
        table(COLUMNS, rows, { caption: `Memory of inference with ${model}: batch ${batchSize}` }),
        notes([
          `At its peak ${size(peakBytes)}, modelled: ${size(weightBytes)} of weights, and ${size(peakActivationBytes)} of activations at ${peakNode}.`,
          'Nodes run in the order of the file; a value lives from the node that makes it to the last that takes it, what the model is given and gives to the end. Types are those of the file.',
          'What kernels need for themselves and pack their weights into is not in it, nor what ONNX Runtime saves where it fuses nodes or writes in place.',
        ]),
      ),
    );
  }
}

function size(value: number): string {
  return value === 0 ? ABSENT : bytes(Math.round(value));
}
