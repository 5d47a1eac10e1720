import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%roofline', () => {
  it('asks for the roofline of a model', async () => {
    const { calls } = await record('const model = 1;\n%roofline model');
    expect(calls).toEqual([{ name: 'roofline', args: [1] }]);
  });

  it('passes on batch size and formats', async () => {
    const { calls } = await record('const m = 1;\n%roofline m --batch 8 --formats bf16,int8');
    expect(calls[0]?.args[1]).toEqual({ batchSize: 8, formats: ['bf16', 'int8'] });
  });

  it('refuses what there is none of', () => {
    expect(refusal('%roofline')).toContain('model');
    expect(refusal('%roofline m --formats int4')).toContain('Allowed: fp32, tf32');
    expect(refusal('%roofline m --batch 1.5')).toContain('integer >= 1');
  });
});
