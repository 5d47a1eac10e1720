import { describe, expect, it } from 'vitest';
import { macros } from '../../magics/macros';
import { COMPARE_FORMAT_NAMES } from './compare-formats';
import { checkNames, nextStep } from './next-step';

const names = { model: 'model', calibrate: 'x.slice(0, 100)' };

describe('the next step that a comparison proposes', () => {
  it.each([
    ['int8-static', '%quantize int8 model --as modelInt8 --calibrate x.slice(0, 100)'],
    ['int8-dynamic', '%quantize int8 model --as modelInt8 --dynamic'],
    ['int4', '%quantize int4 model --as modelInt4'],
    ['fp8-e4m3-static', '%quantize e4m3 model --as modelE4m3 --static --calibrate x.slice(0, 100)'],
    ['fp16-weight-only', '%quantize fp16 model --as modelFp16 --weight-only'],
    ['bf16', '%precision bf16'],
    ['fp32', undefined],
    ['fp32-ort', undefined],
  ])('for %s puts the model of the notebook into it', (format, cell) => {
    expect(nextStep(format, names)).toBe(cell);
  });

  it('is a cell that the kernel takes, for every format, whatever the model is called', () => {
    const cells = [names, { model: 'models.get("a b")' }, { model: 'größe$1' }].flatMap((own) =>
      COMPARE_FORMAT_NAMES.flatMap((format) => nextStep(format, own) ?? []),
    );
    expect(cells.length).toBeGreaterThan(100);
    for (const cell of cells) {
      const expansion = macros.expand(cell);
      expect([cell, expansion.ok ? '' : expansion.error.evalue]).toEqual([cell, '']);
    }
  });

  it('is none without a name, or where a static model has no data', () => {
    expect(nextStep('int8', undefined)).toBeUndefined();
    expect(nextStep('int8-static', { model: 'model' })).toBeUndefined();
    expect(nextStep('int4', { model: `f(${'x'.repeat(400)})` })).toBeUndefined();
  });

  it('takes names that are texts, and nothing else', () => {
    expect(checkNames(undefined)).toBeUndefined();
    expect(checkNames({ model: 'm' })).toEqual({ model: 'm' });
    for (const bad of ['model', {}, { model: 3 }, { model: 'm', calibrate: 3 }, null]) {
      expect(() => checkNames(bad)).toThrow(/names is .*what the notebook calls the model/);
    }
  });
});
