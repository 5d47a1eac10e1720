import { describe, expect, it } from 'vitest';
import { record, refusal } from './recorder.fixture';

describe('%throughput', () => {
  it('measures a model on data', async () => {
    const { calls } = await record('const m = 1, x = 2;\n%throughput m --data x');
    expect(calls).toEqual([{ name: 'throughput', args: [1, { data: { x: 2 } }] }]);
  });

  it('passes on batch sizes and seconds', async () => {
    const { calls } = await record(
      'const m = 1, x = 2;\n%throughput m --data x --batch 1,64 --seconds 0.5',
    );
    expect(calls[0]?.args[1]).toEqual({ data: { x: 2 }, batchSizes: [1, 64], seconds: 0.5 });
  });

  it('refuses what it cannot run', () => {
    expect(refusal('%throughput m')).toContain('--data');
    expect(refusal('%throughput m --data x --batch 0,1')).toContain('integers >= 1');
    expect(refusal('%throughput m --data x --seconds -1')).toContain('number >= 0');
  });
});
