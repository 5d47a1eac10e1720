import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const scope = { model: 'the model', x: [1, 2], y: [3] };

describe('%compare', () => {
  it('compares formats of a model on inputs and outputs', async () => {
    const { calls } = await record('%compare fp32,bf16,fp16,int8 model --data x,y', scope);
    const options = {
      formats: ['fp32', 'bf16', 'fp16', 'int8'],
      data: { x: [1, 2], y: [3] },
      names: { model: 'model' },
    };
    expect(calls).toEqual([{ name: 'compare', args: ['the model', options] }]);
  });

  it('takes inputs alone, a batch size and calibration data', async () => {
    const { calls } = await record(
      '%compare fp32, int8 model --data x --batch-size 32 --calibrate x.slice(0, 1)',
      scope,
    );
    const options = {
      formats: ['fp32', 'int8'],
      data: { x: [1, 2] },
      batchSize: 32,
      calibrate: [1],
      names: { model: 'model', calibrate: 'x.slice(0, 1)' },
    };
    expect(calls[0]?.args[1]).toEqual(options);
  });

  it('measures by trials on request', async () => {
    const cell = '%compare fp32,bf16 model --data x --trials auto --precision 3% --budget 1min';
    const { calls } = await record(cell, scope);
    expect(calls[0]?.args[1]).toEqual({
      formats: ['fp32', 'bf16'],
      data: { x: [1, 2] },
      names: { model: 'model' },
      trials: 'auto',
      precision: 0.03,
      budgetS: 60,
    });
    expect(refusal('%compare fp32 model --data x --precision 3%')).toContain(
      '--precision has no meaning without --trials. Add `--trials auto`',
    );
  });

  it('shows its table also in the middle of a cell', async () => {
    const { calls } = await record('%compare fp32 model --data x\n0;', scope);
    expect(calls[1]).toEqual({ name: 'display', args: ['made by compare'] });
  });

  it('refuses unknown formats, too much data and odd batch sizes', () => {
    expect(refusal('%compare fp32,bf61 model --data x')).toContain('Did you mean bf16?');
    expect(refusal('%compare fp32,,bf16 model --data x')).toContain('an empty value');
    expect(refusal('%compare fp32 model --data x,y,z')).toContain('Allowed: expressions x[,y]');
    expect(refusal('%compare fp32 model --data x,')).toContain('"x," is not allowed');
    expect(refusal('%compare fp32 model --data x --batch-size 1.5')).toContain('integer >= 1');
    expect(refusal('%compare fp32 a + b --data x')).toContain('needs parentheses');
    expect(refusal('%compare fp32 model')).toContain('missing --data');
  });
});
