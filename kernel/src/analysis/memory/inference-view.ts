import { stacked, staticBundle } from '../../display/fallback';
import type { Column } from '../../display/table';
import { ABSENT, bytes } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { InferenceMemoryResult, NodeMemory } from './inference-result';
import { inferenceMemoryVerdict } from './verdict';

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
    const { model, batchSize, nodes } = this.result;
    const held = nodes.map((node) => node.liveBytes + node.weightBytes);
    const rank = nodes.map((_, i) => i).sort((a, b) => (held[b] ?? 0) - (held[a] ?? 0));
    const rows = nodes.map((node) => [
      node.name,
      node.kind,
      size(node.weightBytes),
      size(node.outputBytes),
      size(node.liveBytes),
    ]);
    return staticBundle(
      stacked(
        verdict(inferenceMemoryVerdict(this.result, subjectOf(this))),
        worstFirst(COLUMNS, rows, rank, {
          what: 'nodes',
          order: 'most memory first',
          caption: `Memory of inference with ${model}: batch ${batchSize}`,
        }),
        howFound([
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
