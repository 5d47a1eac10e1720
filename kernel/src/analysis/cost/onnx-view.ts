import { notes, stacked, staticBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, si, significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { NodeCost, OnnxCostResult } from './onnx-result';
import { dearestFirst, onnxCostVerdict } from './verdict';

const TRAFFIC = 'Bytes of inference';

const COLUMNS: readonly Column[] = [
  { header: 'Node' },
  { header: 'Operator', align: 'left' },
  { header: 'Parameters' },
  { header: 'MACs' },
  { header: 'FLOPs' },
  { header: 'weights', group: TRAFFIC },
  { header: 'activations', group: TRAFFIC },
  { header: 'FLOP/B' },
];

/** What `modelCost` found of an ONNX model. Shows itself as a table by node. */
export class OnnxCost implements Displayable {
  constructor(readonly result: OnnxCostResult) {}

  /** What one node costs, or undefined. */
  node(name: string): NodeCost | undefined {
    return this.result.nodes.find((node) => node.name === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { result } = this;
    const { model, batchSize, format, nodes, parameters } = result;
    const counted = nodes.reduce((sum, node) => sum + node.parameters, 0);
    const total = row({ ...result, name: 'total', kind: '', parameters: counted });
    return staticBundle(
      stacked(
        verdict(onnxCostVerdict(result, subjectOf(this))),
        worstFirst(COLUMNS, nodes.map(row), dearestFirst(nodes), {
          what: 'nodes',
          order: 'most FLOPs first',
          foot: [total],
          caption: `Cost of ${model}: ${parameters.toLocaleString('en')} parameters; batch ${batchSize}, ${format}`,
        }),
        notes(remarks(result)),
        howFound(methods(result)),
      ),
    );
  }
}

function row(cost: NodeCost): Row {
  const { name, kind, parameters, macs, forwardFlops, weightBytes, activationBytes } = cost;
  return [
    name,
    kind,
    parameters === 0 ? ABSENT : parameters.toLocaleString('en'),
    macs === 0 ? ABSENT : si(macs, '').trimEnd(),
    forwardFlops === 0 ? ABSENT : si(forwardFlops, 'FLOP'),
    size(weightBytes),
    size(activationBytes),
    cost.intensityFlopPerByte === null ? ABSENT : significant(cost.intensityFlopPerByte),
  ];
}

function size(value: number): string {
  return value === 0 ? ABSENT : bytes(Math.round(value));
}

function remarks({ notCounted }: OnnxCostResult): string[] {
  const others = Object.entries(notCounted).map(([op, times]) =>
    times === 1 ? op : `${times} x ${op}`,
  );
  return others.length === 0 ? [] : [`Not counted: ${others.join(', ')}.`];
}

function methods({ format }: OnnxCostResult): string[] {
  return [
    'Multiply-adds (MACs) are counted by the shapes of one run, a multiply-add as two FLOPs: those of Conv, ConvTranspose, Gemm and MatMul without what they add.',
    `Bytes are modelled, the least that one inference moves in ${format}: weights, inputs and outputs of these products once. How many ONNX Runtime moves depends on what it fuses.`,
  ];
}
