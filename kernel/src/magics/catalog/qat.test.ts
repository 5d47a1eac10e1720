import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%qat', () => {
  it('prepares a model', async () => {
    const { calls } = await record('const model = 1;\n%qat int4 model --as student');
    expect(calls).toEqual([{ name: 'prepareQat', args: [1, { weights: 'int4' }] }]);
  });

  it('hands options on', async () => {
    const { calls } = await record(
      'const model = 1;\n%qat int2 model --weight-only --scale-rule learned --freeze-norm 100 --exclude head --layers "conv*=int8"',
    );
    const options = {
      weights: 'int2',
      activations: 'fp32',
      scaleRule: 'learned',
      freezeNorm: 100,
      exclude: 'head',
      layers: 'conv*=int8',
    };
    expect(calls).toEqual([{ name: 'prepareQat', args: [1, options] }]);
  });

  it('converts what was trained', async () => {
    const { calls } = await record('const student = 1;\n%qat convert student --as small');
    expect(calls).toEqual([{ name: 'convertQat', args: [1] }]);
  });

  it('refuses options for converting, and formats that there are not', () => {
    expect(refusal('%qat convert student --observer learned')).toContain(
      'convert takes no options but --as',
    );
    expect(refusal('%qat int5 model')).toContain('int5');
  });
});
