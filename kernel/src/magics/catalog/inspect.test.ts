import { describe, expect, it } from 'vitest';
import { record, refusal } from './recorder.fixture';

const argsOf = async (cell: string): Promise<unknown> => {
  const { calls } = await record(cell, { weights: [1, 2] });
  expect(calls[0]?.name).toBe('inspectValue');
  return calls[0]?.args;
};

describe('%inspect', () => {
  it('takes any expression, and all formats unless told', async () => {
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

  it('refuses other formats and rounding modes', () => {
    expect(refusal('%inspect 0.1 --formats fp17')).toContain('fp16');
    expect(refusal('%inspect 0.1 --rounding nearest')).toContain('Allowed: nearest-even');
    expect(refusal('%inspect')).toContain('missing value');
  });
});
