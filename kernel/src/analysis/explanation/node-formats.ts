import type { onnx } from 'onnx-proto';
import { nameOf } from '../../export/onnx/foreign/attributes';
import type { DeviceFacts, StorageFormat } from '../../backend/contract';
import { USES } from '../../formats/uses';
import { castPlanner } from '../../precision/cast-planner';
import { COMPUTE_TRAITS } from '../../precision/compute-traits';
import { type Decision, ruleFor } from '../../precision/explain/reasons';
import { KeptLayers } from '../../precision/policies/kept-layers';
import type { Regime } from '../../precision/session';
import type { OnnxRun, RunValue } from '../onnx/run-once';
import { tensorflowOp, untouched } from './onnx-operators';

/** What a node would run in under a policy, and why. */
export interface NodeFormat {
  readonly node: onnx.INodeProto;
  /** What its results would be in; undefined where no policy changes it. */
  readonly format: StorageFormat | undefined;
  /** The same, with what a product reads where that is another format. */
  readonly formats: string | undefined;
  /** Whether it multiplies in a format of its own, which it rounds to. */
  readonly isRounded: boolean;
  readonly decision: Decision | 'untouched';
  readonly causes: readonly string[];
}

/** Storage formats by the names of ONNX's float types. */
export const STORED: Readonly<Record<string, StorageFormat>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'bf16',
};

/**
 * What the nodes of a graph would run in under a regime, by the rules that autocast has for TensorFlow's
 * ops: a format goes from node to node as it does there, and constants adapt as variables do.
 */
export function nodeFormats(
  { graph, values }: OnnxRun,
  { policy, keep }: Pick<Regime, 'policy' | 'keep'>,
  facts: DeviceFacts,
): NodeFormat[] {
  // Rules of their own, for names of nodes are none of layers.
  const kept = new KeptLayers(keep.isEmpty ? undefined : String(keep));
  const formats = new Map<string, StorageFormat>();
  for (const [name, { type }] of values) {
    const stored = STORED[type];
    if (stored !== undefined) formats.set(name, stored);
  }
  return graph.nodes.map((node): NodeFormat => {
    const why = untouched(node.opType ?? '') ?? withoutFloats(node, values);
    if (why !== undefined) {
      return {
        node,
        format: undefined,
        formats: undefined,
        isRounded: false,
        decision: 'untouched',
        causes: [why],
      };
    }
    const rule = kept.ruleFor(nameOf(node));
    const { compute } = rule?.policy ?? policy;
    const { results } = USES[compute].compute;
    const inputs = (node.input ?? []).map((name) => ({
      isFloat: formats.has(name),
      format: formats.get(name),
      isVariable: values.get(name)?.isConstant === true,
    }));
    const op = tensorflowOp(node.opType ?? '');
    const format = results === 'fp32' ? 'fp32' : castPlanner(results)(op, inputs);
    for (const output of node.output ?? []) if (formats.has(output)) formats.set(output, format);
    const {
      decision,
      causes,
      formats: words,
    } = ruleFor(
      {
        op,
        policy: compute,
        rule: rule?.text,
        format,
        direction: 'forward',
        run: { asked: format, compute: format, trap: undefined },
      },
      facts,
    );
    const isRounded = COMPUTE_TRAITS[compute].products !== undefined && words !== format;
    return { node, format, formats: words, isRounded, decision, causes };
  });
}

/** Why nothing happens to a node without floats of 32 or 16 bits. */
function withoutFloats(
  { input, output }: onnx.INodeProto,
  values: ReadonlyMap<string, RunValue>,
): string | undefined {
  const types = [...(input ?? []), ...(output ?? [])].flatMap(
    (name) => values.get(name)?.type ?? [],
  );
  return types.some((type) => STORED[type] !== undefined)
    ? undefined
    : `has no floats of 32 or 16 bits (${[...new Set(types)].join(', ')}): no policy changes it`;
}
