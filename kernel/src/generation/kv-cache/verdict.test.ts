import { expect, it } from 'vitest';
import { kvCacheTableOf } from './table';
import { kvCacheVerdict } from './verdict';

const dimensions = { layers: 2, heads: 4, kvHeads: 2, headDim: 64, sequence: 100, batch: 1 };

it('says what the first format takes and what the smallest takes of it', () => {
  const { rows } = kvCacheTableOf(dimensions, ['fp32', 'fp16', 'int4']);
  const { sentence, tone } = kvCacheVerdict(dimensions, rows);
  expect(sentence).toMatch(
    /^The keys and values of 100 tokens take 205 kB in fp32; int4 takes 1\d\.\d% of it, \d\d\.\d kB\.$/,
  );
  expect(tone).toBe('good');
});

it('says so where no format takes less than the first', () => {
  const { rows } = kvCacheTableOf(dimensions, ['fp16', 'fp32']);
  expect(kvCacheVerdict(dimensions, rows)).toEqual({
    sentence:
      'The keys and values of 100 tokens take 102 kB in fp16, and no format here takes less.',
    tone: 'caution',
  });
});
