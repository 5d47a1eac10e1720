import {
  code,
  type Fallback,
  fold,
  legend,
  paragraph,
  stacked,
  staticBundle,
  table,
} from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, percent, si } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { causeNumbers } from '../../precision/explain/operations';
import { describePolicy } from '../../precision/policy';
import type { ExplainedNode, OnnxExplanationResult } from './onnx-result';
import { onnxExplanationVerdict, withoutKernelFirst } from './verdict';

const NOW = 'Now, in ONNX Runtime';
const THEN = 'Under the policy';

const SHARED: readonly Column[] = [
  { header: 'Runs in', align: 'left', group: NOW },
  { header: 'Execution', align: 'left', group: NOW },
  { header: 'Format', align: 'left', group: THEN },
  { header: 'Execution', align: 'left', group: THEN },
  { header: 'Why', align: 'left', group: THEN },
];
const OPERATORS: readonly Column[] = [{ header: 'Operator' }, { header: 'Nodes' }, ...SHARED];
const NODES: readonly Column[] = [
  { header: 'Node' },
  { header: 'Operator', align: 'left' },
  ...SHARED,
];
const REASONS: readonly Column[] = [{ header: 'Node' }, { header: 'Because', align: 'left' }];

/** What an ONNX model runs in, and would under a policy. Shows itself in a notebook; `payload` is the data. */
export class OnnxExplanation implements Displayable {
  constructor(readonly payload: OnnxExplanationResult) {}

  /** What one node runs in, or undefined. */
  node(name: string): ExplainedNode | undefined {
    return this.payload.nodes.find((node) => node.name === name);
  }

  /** The nodes that are proposed to stay in fp32, as the `node_block_list` of onnxconverter-common's
   * `float16` takes them. */
  get keep(): readonly string[] {
    return (this.payload.proposals ?? []).map(({ layer }) => layer);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, policy, keep, engine, nodes } = this.payload;
    const reasons = [...new Set(nodes.flatMap(({ causes }) => causes))];
    const operators = [...new Set(nodes.map(({ op }) => op))];
    const kept = keep === '' ? '' : `, kept ${keep}`;
    return staticBundle(
      stacked(
        verdict(onnxExplanationVerdict(this.payload)),
        ...this.#advice(),
        worstFirst(
          OPERATORS,
          operators.map((op) => {
            const own = nodes.filter((node) => node.op === op);
            return [op, String(own.length), ...shared(own, reasons)];
          }),
          withoutKernelFirst(operators, nodes),
          {
            what: 'operators',
            order: 'without a kernel of the format first',
            caption: `Precision of ${model}: ${describePolicy(policy)}${kept}. The numbers under Why are those of the reasons below`,
          },
        ),
        paragraph(
          `${engine} runs it in the types of its file: a policy changes TensorFlow.js only. What stands under the policy is what a conversion of the file by the rules of autocast would give, and whether ONNX Runtime has a kernel for it here, by trial.`,
        ),
        reasons.length > FEW
          ? fold(`The ${reasons.length} reasons`, legend(reasons))
          : legend(reasons),
        fold(
          'Each node',
          table(
            NODES,
            nodes.map((node) => [node.name, node.op, ...shared([node], reasons)]),
          ),
        ),
        howFound([costOf(this.payload)]),
      ),
    );
  }

  /** The reasons of what the verdict proposes, and what a converter takes. */
  #advice(): Fallback[] {
    const { proposals = [] } = this.payload;
    if (proposals.length === 0) return [];
    return [
      worstFirst(
        REASONS,
        proposals.map(({ layer, reason }) => [layer, reason]),
        proposals.map((_, i) => i),
        {
          what: 'nodes',
          order: 'in the order of the file',
          caption:
            'Proposed to be kept in fp32 where the file is converted (node_block_list of onnxconverter-common), measured on this run',
        },
      ),
      code(`node_block_list=${JSON.stringify(this.keep)}`),
    ];
  }
}

/** Reasons that are read; more are looked up. */
const FEW = 3;

function costOf({ kernels, casts, castSeconds, runSeconds, nodes }: OnnxExplanationResult): string {
  const share = runSeconds > 0 ? castSeconds / runSeconds : 0;
  return (
    `Of ${nodes.length} nodes ONNX Runtime made ${kernels} calls of kernels, ${casts} of them casts, which took ` +
    `${si(castSeconds, 's')} of the ${si(runSeconds, 's')} of a run (${percent(share)}, measured).`
  );
}

function shared(nodes: readonly ExplainedNode[], reasons: readonly string[]): Row {
  return [
    distinct(nodes.map(({ run }) => run.format ?? 'several kernels')),
    distinct(nodes.map(({ run }) => run.execution)),
    distinct(nodes.map(({ format }) => format ?? ABSENT)),
    distinct(
      nodes.map(({ execution }) => (execution === 'none' ? 'no kernel' : execution) ?? ABSENT),
    ),
    causeNumbers(nodes, reasons),
  ];
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(', ');
}
