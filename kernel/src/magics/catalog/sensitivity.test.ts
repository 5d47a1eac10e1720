import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

const scope = { model: 'the model', x: [1], y: [2], c: [3] };
const called = async (cell: string): Promise<{ name: string; options: unknown }> => {
  const { calls } = await record(cell, scope);
  expect(calls[0]?.args[0]).toBe('the model');
  return { name: calls[0]?.name ?? '', options: calls[0]?.args[1] };
};

describe('%sensitivity', () => {
  it('measures layers one by one', async () => {
    expect(await called('%sensitivity int8,int4 model --data x,y')).toEqual({
      name: 'layerSensitivity',
      options: { formats: ['int8', 'int4'], data: { x: [1], y: [2] } },
    });
    expect(await called('%sensitivity int2 model --data x --metric kl --group 32')).toEqual({
      name: 'layerSensitivity',
      options: { formats: ['int2'], data: { x: [1] }, metric: 'kl', granularity: { group: 32 } },
    });
  });

  it.each([
    ['4bits', { meanBits: 4 }],
    ['20kB', { bytes: 20000 }],
    ['0.5pt', { accuracyDrop: 0.005 }],
    ['30dB', { sqnrDb: 30 }],
  ])('chooses bits under a budget of %s', async (budget, expected) => {
    expect(
      await called(`%sensitivity int8,int4,fp32 model --data x,y --budget ${budget} --calibrate c`),
    ).toEqual({
      name: 'chooseBits',
      options: {
        formats: ['int8', 'int4', 'fp32'],
        budget: expected,
        data: { x: [1], y: [2] },
        calibrate: [3],
      },
    });
  });

  it('declares the variable, and shows the result', async () => {
    const { calls } = await record(
      '%sensitivity int8 model --data x --budget 8bits --as bits\nf(bits);',
      { ...scope, f: String },
    );
    expect(calls.map(({ name, args }) => [name, args[0]])).toEqual([
      ['chooseBits', 'the model'],
      ['display', 'made by chooseBits'],
    ]);
  });

  it('refuses what makes no sense', () => {
    expect(refusal('%sensitivity int8 model')).toContain('--data');
    expect(refusal('%sensitivity int9 model --data x')).toContain('Did you mean int8?');
    expect(refusal('%sensitivity int8 model --data x --budget 4')).toContain('is no budget');
    expect(refusal('%sensitivity int8 model --data x --budget 4apples')).toContain(
      'allowed are a number and one of B, kB, MB, bits, pt, dB',
    );
    expect(refusal('%sensitivity int8,fp32 model --data x')).toContain('fp32 needs --budget');
    expect(refusal('%sensitivity int8 model --data x --calibrate c')).toContain(
      '--calibrate needs --budget',
    );
    expect(
      refusal('%sensitivity int8 model --data x --group 4 --granularity per-tensor'),
    ).toContain('only one of');
  });
});
