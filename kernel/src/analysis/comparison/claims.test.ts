import { describe, expect, it } from 'vitest';
import { COMPARE_FORMAT_NAMES } from './compare-formats';
import { encodeNumbers } from '../../display/numbers';
import { withinBudget } from '../../payloads/budget';
import { precisionTable, type PrecisionTable } from '../../payloads/precision/table';
import { samplePrecisionTable } from '../../payloads/samples.fixture';
import { claimsOfFormat, sourcesOf } from './claims';
import { precisionTableBundle } from './view';

const everyFormat = COMPARE_FORMAT_NAMES.map((format) => ({
  ...samplePrecisionTable.rows[0],
  format,
  claims: claimsOfFormat(format, 'cpu'),
})) as typeof samplePrecisionTable.rows;
const whole = { ...samplePrecisionTable, rows: everyFormat, sources: sourcesOf(everyFormat) };

describe('claims beside what was measured', () => {
  it('have a source each, or are said to have none', () => {
    const claims = everyFormat.flatMap(({ claims = [] }) => claims);
    expect(claims.length).toBeGreaterThan(30);
    for (const { source, conditions, against } of claims) {
      expect(`${conditions}${against}`).not.toBe('');
      if (source === undefined) continue;
      const found = whole.sources.find(({ key }) => key === source);
      expect(found?.citation.length).toBeGreaterThan(30);
    }
  });

  it('are first of machines like this one', () => {
    const first = (device: 'cpu' | 'gpu') => claimsOfFormat('fp16', device)[0];
    expect(first('cpu')).toMatchObject({ says: 'no faster', source: 'tensorflow2019rewrite' });
    expect(first('gpu')).toMatchObject({
      says: '1.5–5.5x',
      source: 'huang2020amp',
      hardware: '8x V100',
      against: 'fp32',
    });
  });

  it('are no peaks, no counts of operations, and nothing of a KV cache', () => {
    const said = JSON.stringify(everyFormat);
    for (const word of ['bit operations', 'high-precision operations', 'KIVI', '"16x"'])
      expect(said).not.toContain(word);
  });

  it('fit the payload and its budget', () => {
    expect(precisionTable.parse(encodeNumbers(whole))).toMatchObject({
      sources: whole.sources,
    });
    expect(withinBudget(whole)).toEqual({ data: whole, left: [] });
    const perFormat = everyFormat.map(({ claims }) => JSON.stringify(claims ?? []).length);
    expect(Math.max(...perFormat)).toBeLessThan(2600);
  });

  it('are in the text with figure, baseline, machine and source, and cited in full', () => {
    const text = String(precisionTableBundle(samplePrecisionTable)['text/plain']);
    const line = (start: string): string =>
      text.split('\n').find((other) => other.startsWith(start)) ?? '';
    expect(line('fp16    speed')).toMatch(
      /1\.5–5\.5x +fp32 +8x V100; PyTorch AMP.*PyTorch AMP 2020$/,
    );
    expect(line('fp16    energy')).toContain('often claimed, no source found');
    expect(text).toContain(
      'M. Huang, C. Tekur, M. Carilli. Accelerating Training on NVIDIA GPUs with PyTorch Automatic Mixed Precision. PyTorch blog 2020. pytorch.org/blog/',
    );
  });

  it('stand beside what was measured against the same format, or nothing', () => {
    const text = String(precisionTableBundle(samplePrecisionTable)['text/plain']);
    // 2.28x against fp32; fp16 has no time here.
    expect(text).toMatch(/int8 +speed +2\.28x +1\.7–4\.6x +fp32/);
    expect(text).toMatch(/int8 +speed +– +up to 1\.56x +fp16/);
    expect(text).toMatch(/fp16 +memory saved +50% +50% +fp32/);
  });

  it('of earlier versions, without a source, are not shown', () => {
    const rows = samplePrecisionTable.rows.map((row): PrecisionTable['rows'][number] => ({
      ...row,
      claims: undefined,
      literature: { speedup: [2, 2], memorySaved: [0.5, 0.5], energySaved: [0.3, 0.5], source: '' },
    }));
    const old = { ...samplePrecisionTable, rows, sources: undefined };
    expect(precisionTable.safeParse(encodeNumbers(old)).success).toBe(true);
    expect(String(precisionTableBundle(old)['text/plain'])).not.toContain('literature');
  });
});
