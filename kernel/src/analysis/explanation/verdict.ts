import type { Verdict } from '../../display/verdict';
import { counted, listed } from '../../display/words';
import type { ExplainedNode, OnnxExplanationResult } from './onnx-result';

/** What a conversion by the policy would leave out of its range, or gain. */
export function onnxExplanationVerdict({
  nodes,
  policy,
  proposals,
  broken,
}: OnnxExplanationResult): Verdict {
  if (broken !== undefined) {
    return {
      sentence: `${broken} has NaN or infinite values as the model is: no node is proposed to be kept in fp32.`,
      tone: 'problem',
    };
  }
  if (proposals !== undefined && proposals.length > 0) {
    const names = listed(proposals.map(({ layer }) => layer));
    return {
      sentence: `Converted to ${policy.compute}, ${names} would leave its range: keep ${proposals.length === 1 ? 'it' : 'them'} in fp32.`,
      tone: 'problem',
    };
  }
  const narrow = nodes.filter(({ format }) => format !== undefined && format !== 'fp32');
  if (narrow.length === 0) {
    return {
      sentence: `All of ${counted(nodes.length, 'node')} run as the file has them; under ${policy.compute} none would change.`,
      tone: 'good',
    };
  }
  const native = narrow.filter(({ execution }) => execution === 'native');
  return {
    sentence: `Converted to ${policy.compute}, ${counted(narrow.length, 'node')} of ${nodes.length} would change, ${native.length} of them on native kernels here; nothing leaves its range.`,
    tone: native.length === narrow.length ? 'good' : 'caution',
  };
}

/** Operators that ONNX Runtime has no kernel for in the format first, then those it would widen. */
export function withoutKernelFirst(
  operators: readonly string[],
  nodes: readonly ExplainedNode[],
): number[] {
  const harm = operators.map((op) => {
    const own = nodes.filter((node) => node.op === op).map(({ execution }) => execution);
    return own.includes('none') ? 2 : own.includes('simulated') ? 1 : 0;
  });
  return operators.map((_, i) => i).sort((a, b) => (harm[b] ?? 0) - (harm[a] ?? 0));
}
