import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%cost', () => {
  it('asks for the cost of a model', async () => {
    const { calls } = await record('const model = 1;\n%cost model');
    expect(calls).toEqual([{ name: 'modelCost', args: [1] }]);
  });

  it('passes on batch size and format', async () => {
    const { calls } = await record('const model = 1;\n%cost model --batch 64 --format int8');
    expect(calls).toEqual([{ name: 'modelCost', args: [1, { batchSize: 64, format: 'int8' }] }]);
  });

  it('passes on inputs of an ONNX model', async () => {
    const { calls } = await record('const model = 1;\n%cost model --data x', { x: [1] });
    expect(calls).toEqual([{ name: 'modelCost', args: [1, { data: { x: [1] } }] }]);
  });

  it('refuses what there is none of', () => {
    expect(refusal('%cost')).toContain('model');
    expect(refusal('%cost m --format int3')).toContain('Allowed: fp32, tf32');
    expect(refusal('%cost m --batch 0')).toContain('integer >= 1');
  });
});
