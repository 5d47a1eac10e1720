import { expect, it } from 'vitest';
import { parsePolicy } from '../../precision/policy';
import type { ExplainedNode, OnnxExplanationResult } from './onnx-result';
import { onnxExplanationVerdict, withoutKernelFirst } from './verdict';

const node = (
  op: string,
  execution: ExplainedNode['execution'],
  format = 'fp16',
): ExplainedNode => ({
  name: op.toLowerCase(),
  op,
  run: { format: 'fp32', execution: 'native' },
  format,
  execution,
  decision: 'low',
  causes: [],
});
const explained = (given: Partial<OnnxExplanationResult>): OnnxExplanationResult => ({
  model: 'm.onnx',
  policy: parsePolicy('fp16'),
  keep: '',
  engine: 'ONNX Runtime',
  nodes: [],
  kernels: 1,
  casts: 0,
  castSeconds: 0,
  runSeconds: 1,
  proposals: [],
  broken: undefined,
  ...given,
});

it('says how many nodes a conversion changes, and how many have a kernel for it here', () => {
  const nodes = [node('Conv', 'native'), node('Gemm', 'simulated'), node('Add', 'native', 'fp32')];
  expect(onnxExplanationVerdict(explained({ nodes }))).toEqual({
    sentence:
      'Converted to fp16, 2 nodes of 3 would change, 1 of them on native kernels here; nothing leaves its range.',
    tone: 'caution',
  });
  expect(onnxExplanationVerdict(explained({ nodes: [node('Conv', 'native')] })).tone).toBe('good');
});

it('names the nodes that would leave their range, and a model that is broken as it is', () => {
  const proposals = [{ layer: 'large', reason: 'overflows', keep: 'large=fp32' }];
  expect(onnxExplanationVerdict(explained({ proposals }))).toEqual({
    sentence: 'Converted to fp16, large would leave its range: keep it in fp32.',
    tone: 'problem',
  });
  expect(onnxExplanationVerdict(explained({ broken: 'first' })).tone).toBe('problem');
});

it('puts operators without a kernel first', () => {
  const nodes = [node('Conv', 'native'), node('Gemm', 'simulated'), node('Einsum', 'none')];
  expect(withoutKernelFirst(['Conv', 'Gemm', 'Einsum'], nodes)).toEqual([2, 1, 0]);
});
