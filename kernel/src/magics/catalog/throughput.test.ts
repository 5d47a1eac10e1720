import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

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

  it('trains to a target', async () => {
    const { calls } = await record(
      'const m = 1, x = 2, y = 3;\n%throughput m --data x,y --target accuracy>=0.95 --validate x,y --epochs 7 --batch 16 --runs 3 --continue',
    );
    expect(calls).toEqual([
      {
        name: 'trainToTarget',
        args: [
          1,
          {
            data: { x: 2, y: 3 },
            target: 'accuracy>=0.95',
            validation: { x: 2, y: 3 },
            epochs: 7,
            batchSize: 16,
            runs: 3,
            continue: true,
          },
        ],
      },
    ]);
    const short = await record(
      'const m = 1, x = 2, y = 3;\n%throughput m --data x,y --target "loss <= 0.1"',
    );
    expect(short.calls[0]?.args[1]).toEqual({ data: { x: 2, y: 3 }, target: 'loss <= 0.1' });
  });

  it('says what belongs to a training, and what does not', () => {
    expect(refusal('%throughput m --data x --target accuracy>=0.9')).toContain('--data x,y');
    expect(refusal('%throughput m --data x,y --target accuracy>0.9')).toContain('accuracy>=0.95');
    expect(refusal('%throughput m --data x,y --target loss<=1 --batch 1,8')).toContain('takes one');
    expect(refusal('%throughput m --data x,y --target loss<=1 --seconds 3')).toContain('--seconds');
    expect(refusal('%throughput m --data x --epochs 3')).toContain('--epochs has no meaning');
    expect(refusal('%throughput m --data x --continue')).toContain('--continue has no meaning');
    expect(refusal('%throughput m --data x,y')).toContain('only a training takes outputs');
  });
});
