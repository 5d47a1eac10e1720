import { describe, expect, it } from 'vitest';
import { OBSERVERS } from '../../quantization/observers/observers';
import { ACTIVATION_RULES } from '../../quantization/options';
import { WEIGHT_NAMES } from '../../formats/weight-names';
import { WEIGHT_SCALE_RULES } from '../../graph/scale-rules';
import { MAGICS } from '../table';
import { record, refusal } from '../recorder.fixture';

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

  it('hands formats, groups, rules and layers on', async () => {
    expect(
      await optionsOf(
        '%quantize int4 model --group 32 --scale-rule mse --exclude "head, conv*" --include d* --layers "dense_1=int2,deep=fp32"',
      ),
    ).toEqual({
      weights: 'int4',
      granularity: { group: 32 },
      scaleRule: 'mse',
      layers: 'dense_1=int2,deep=fp32',
      include: 'd*',
      exclude: 'head, conv*',
    });
  });

  it('makes all scales powers of two, and keeps weights in codebooks', async () => {
    expect(
      await optionsOf(
        '%quantize int8 model --calibrate x --scale-rule power-of-two --activation-scale power-of-two',
      ),
    ).toMatchObject({ scaleRule: 'power-of-two', activationScale: 'power-of-two' });
    expect(await optionsOf('%quantize codebook4 model --granularity per-channel')).toEqual({
      weights: 'codebook4',
      granularity: 'per-channel',
    });
    expect(refusal('%quantize int8 model --activation-scale power-of-two')).toContain(
      '--activation-scale needs --calibrate',
    );
    expect(refusal('%quantize codebook5 model')).toContain('Did you mean codebook');
  });

  it('takes the spelling of equalize that 0.1 had', async () => {
    expect(await optionsOf('%quantize int8 model --repair equalise')).toEqual({
      weights: 'int8',
      repair: ['equalize'],
    });
  });

  it('takes examples for repairs too, whatever the mode', async () => {
    const repair = ['adaround', 'bias-correction'];
    expect(
      await optionsOf('%quantize int4 model --calibrate x --repair adaround,bias-correction'),
    ).toEqual({ weights: 'int4', calibrate: [1, 2, 3], repair });
    expect(
      await optionsOf('%quantize int8 model --dynamic --calibrate x --repair bias-correction'),
    ).toMatchObject({ mode: 'dynamic', calibrate: [1, 2, 3] });
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

  it.each([
    ['--observer', OBSERVERS],
    ['--scale-rule', WEIGHT_SCALE_RULES],
    ['--activation-scale', ACTIVATION_RULES],
    ['weights', Object.fromEntries(WEIGHT_NAMES.map((name) => [name, true]))],
  ])('offers for %s what there is', (name, table) => {
    const magic = MAGICS.find('quantize');
    const found = [...(magic?.positionals ?? []), ...(magic?.options ?? [])];
    expect(found.find((parameter) => parameter.name === name)?.values).toEqual(Object.keys(table));
  });

  it('refuses to replace what it reads', () => {
    expect(refusal('%quantize int8 model --as model')).toContain(
      '--as model would replace what it is made of',
    );
    expect(refusal('%quantize int8 nets.model --as x --calibrate x.slice(0, 9)')).toContain(
      'a name of its own',
    );
    expect(() => refusal('%quantize int8 nets.model --as model')).toThrow();
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
    expect(refusal('%quantize int8 model --layers head')).toContain("doesn't say which layer");
    expect(refusal('%quantize int8 model --layers head=int5')).toContain('Unknown weight format');
    expect(refusal('%quantize int8 model --exclude ""')).toContain('names no layers');
    expect(refusal('%quantize int4 model --group 0')).toContain('integer >= 1');
    expect(refusal('%quantize int4 model --group 8 --granularity per-tensor')).toContain(
      'only one of --granularity and --group',
    );
    expect(refusal('%quantize int8 model --repair magic')).toContain('Allowed: equalize');
  });
});
