import { describe, expect, it } from 'vitest';
import { OBSERVERS } from '../../quantization/observers';
import { findMagic } from '../table';
import { record, refusal } from './recorder.fixture';

const scope = { model: 'the model', x: [1, 2, 3] };
const optionsOf = async (cell: string): Promise<unknown> => {
  const { calls } = await record(cell, scope);
  expect(calls[0]?.name).toBe('quantize');
  expect(calls[0]?.args[0]).toBe('the model');
  return calls[0]?.args[1];
};

describe('%quantize', () => {
  it('quantizes dynamically unless told otherwise', async () => {
    expect(await optionsOf('%quantize int8 model')).toEqual({ weights: 'int8' });
    expect(await optionsOf('%quantize int8 model --dynamic')).toEqual({
      weights: 'int8',
      mode: 'dynamic',
    });
  });

  it('is static with calibration data, its expression kept as it is', async () => {
    const options = { weights: 'int8', mode: 'static', calibrate: [1, 2] };
    expect(await optionsOf('%quantize int8 model --calibrate x.slice(0, 2)')).toEqual(options);
    expect(await optionsOf('%quantize int8 model --static --calibrate x.slice(0, 2)')).toEqual(
      options,
    );
  });

  it('hands observer and granularity on', async () => {
    expect(
      await optionsOf(
        '%quantize int8 model --calibrate x --observer percentile --granularity per-tensor',
      ),
    ).toMatchObject({ observer: 'percentile', granularity: 'per-tensor' });
    expect(await optionsOf('%quantize int8 model --weight-only')).toEqual({
      weights: 'int8',
      mode: 'weight-only',
    });
  });

  it('declares the variable, and shows the report wherever it stands', async () => {
    const { calls } = await record('%quantize int8 model --as small\nf(small);', {
      ...scope,
      f: String,
    });
    expect(calls.map(({ name, args }) => [name, args[0]])).toEqual([
      ['quantize', 'the model'],
      ['display', 'made by quantize'],
    ]);
  });

  it('offers the observers there are', () => {
    const observer = findMagic('quantize')?.options.find(({ name }) => name === '--observer');
    expect(observer?.values).toEqual(Object.keys(OBSERVERS));
  });

  it('refuses modes that contradict each other, and names that are none', () => {
    expect(refusal('%quantize int8 model --static')).toContain('--static needs --calibrate');
    expect(refusal('%quantize int8 model --dynamic --calibrate x')).toContain(
      'belongs to --static',
    );
    expect(refusal('%quantize int8 model --observer percentile')).toContain('needs --calibrate');
    expect(refusal('%quantize int8 model --static --dynamic')).toContain(
      'only one of --static and --dynamic',
    );
    expect(refusal('%quantize int8 model --as 7up')).toContain('cannot name a variable');
    expect(refusal('%quantize int8 model --as class')).toContain('cannot name a variable');
    expect(refusal('%quantize int7 model')).toContain('Did you mean int8?');
    expect(refusal('%quantize int8 model --observer mean')).toContain('Allowed: min-max');
    expect(refusal('%quantize model')).toContain('missing model');
  });
});
