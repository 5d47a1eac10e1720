import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%memory', () => {
  it('asks for the memory of training a model', async () => {
    const { calls } = await record('const model = 1;\n%memory model');
    expect(calls).toEqual([{ name: 'modelMemory', args: [1] }]);
  });

  it('passes on batch size, optimizer and formats', async () => {
    const { calls } = await record(
      'const model = 1;\n%memory model --batch 64 --optimizer sgd --formats fp32,bf16',
    );
    expect(calls).toEqual([
      {
        name: 'modelMemory',
        args: [1, { batchSize: 64, optimizer: 'sgd', formats: ['fp32', 'bf16'] }],
      },
    ]);
  });

  it('passes on inputs of an ONNX model', async () => {
    const { calls } = await record('const model = 1;\n%memory model --data x', { x: [1] });
    expect(calls).toEqual([{ name: 'modelMemory', args: [1, { data: { x: [1] } }] }]);
  });

  it('refuses what there is none of', () => {
    expect(refusal('%memory')).toContain('model');
    expect(refusal('%memory m --optimizer lion')).toContain('Allowed: sgd, momentum');
    expect(refusal('%memory m --formats int8')).toContain('Allowed: fp32, tf32');
    expect(refusal('%memory m --batch 0')).toContain('integer >= 1');
  });
});
