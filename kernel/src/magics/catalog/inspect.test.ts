import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const argsOf = async (cell: string): Promise<unknown> => {
  const { calls } = await record(cell, { weights: [1, 2] });
  expect(calls[0]?.name).toBe('inspectValue');
  return calls[0]?.args;
};

describe('%inspect', () => {
  it('takes any expression, and the formats of models unless told', async () => {
    expect(await argsOf('%inspect 0.1')).toEqual([0.1]);
    expect(await argsOf('%inspect weights')).toEqual([[1, 2]]);
  });

  it('hands formats, rounding, saturation and seed on', async () => {
    expect(
      await argsOf('%inspect 1e5 --formats fp16,e4m3 --rounding stochastic --seed 3 --saturate'),
    ).toEqual([
      1e5,
      { formats: ['fp16', 'e4m3'], rounding: 'stochastic', saturate: true, seed: 3 },
    ]);
  });

  it('takes all formats of the docs, and their other names', async () => {
    expect(await argsOf('%inspect 0.1 --formats ternary,mxfp4,nf4,bfloat16')).toEqual([
      0.1,
      { formats: ['ternary', 'mxfp4', 'nf4', 'bf16'] },
    ]);
    expect(await argsOf('%inspect 0.1 --formats all')).toEqual([0.1, { formats: ['all'] }]);
  });

  it('refuses other formats and rounding modes', () => {
    expect(refusal('%inspect 0.1 --formats fp17')).toContain('fp16');
    expect(refusal('%inspect 0.1 --formats mxfp8')).toContain(
      'Did you mean mxfp8_e4m3 or mxfp8_e5m2?',
    );
    expect(refusal('%inspect 0.1 --rounding nearest')).toContain('Allowed: nearest-even');
    expect(refusal('%inspect')).toContain('missing value');
  });
});
