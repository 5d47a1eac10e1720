import { expect, it } from 'vitest';
import { record } from '../magics/recorder.fixture';
import { inspectNumber, inspectNumbers } from '../formats/inspect';
import { explain } from './views';
import { valuesVerdict, valueVerdict } from './verdict';

it('says which formats have a number, and which is farthest off', () => {
  expect(valueVerdict(inspectNumber(0.1, { formats: ['fp16', 'e4m3'] }))).toEqual({
    sentence: 'No format here has 0.1 itself; it is farthest off in FP8 E4M3, by 1.56%.',
    tone: 'good',
  });
  expect(valueVerdict(inspectNumber(0.5, { formats: ['fp16'] })).sentence).toBe(
    '0.5 is exact in FP16.',
  );
  // Integers have no scale here.
  const mixed = valueVerdict(inspectNumber(0.1, { formats: ['fp16', 'int8'] }));
  expect([mixed.tone, mixed.sentence.includes('INT8')]).toEqual(['good', false]);
});

it('is a problem where a format loses the number, and proposes to saturate where it overflows', () => {
  const { sentence, tone, next } = valueVerdict(inspectNumber(1e5, { formats: ['fp16', 'bf16'] }));
  expect(sentence).toContain('lost in FP16 (overflow)');
  expect([tone, next]).toEqual(['problem', '%inspect 100000 --formats fp16,bf16 --saturate']);
  const held = inspectNumber(1e5, { formats: ['fp16'], saturate: true });
  expect(valueVerdict(held).next).toBeUndefined();
});

it('says of many numbers which format keeps most and which loses some', () => {
  const many = Array.from({ length: 100 }, (_, i) => (i < 5 ? 1e6 : i));
  const { sentence, tone } = valuesVerdict(inspectNumbers(many, { formats: ['fp32', 'fp16'] }));
  expect(sentence).toMatch(
    /^Of 100 numbers FP32 has most of the signal, all of it; .*FP16 loses 5\.00% of them\.$/,
  );
  expect(tone).toBe('caution');
  expect(valuesVerdict(inspectNumbers([1e30, 1], { formats: ['bf16', 'fp16'] })).sentence).toMatch(
    /FP16 least, none of it;/,
  );
  const fine = valuesVerdict(inspectNumbers([0.1, 0.2, 0.3], { formats: ['fp16'] }));
  expect(fine.tone).toBe('good');
});

it('names all formats that keep as much, and counts what was NaN before', () => {
  const said = (values: readonly number[]): string =>
    valuesVerdict(inspectNumbers(values, { formats: ['fp16', 'bf16'] })).sentence;
  expect(said([0, 1])).toBe('Of 2 numbers FP16 and BF16 have all of the signal.');
  expect(said([NaN, 1])).toBe('Of 2 numbers FP16 and BF16 have all of the signal; 1 is NaN.');
  expect(said([NaN])).toBe('The number is NaN.');
  expect(valuesVerdict(inspectNumbers([1], { formats: ['fp16'] })).sentence).toBe(
    'Of 1 number FP16 has all of the signal.',
  );
});

it('knows which formats have NaN and infinity', () => {
  const said = (value: number): string =>
    valueVerdict(inspectNumber(value, { formats: ['fp16', 'bf16', 'int8'] })).sentence;
  expect(said(NaN)).toMatch(/^NaN is exact in FP16 and BF16/);
  expect(said(-Infinity)).toMatch(/^-∞ is exact in FP16 and BF16/);
});

it.each([1e300, -1e5, Infinity, -Infinity])(
  'proposes a cell that can be run for %d',
  async (value) => {
    const { next = '' } = valueVerdict(inspectNumber(value, { formats: ['fp16', 'e4m3'] }));
    const { calls } = await record(next);
    expect(calls).toEqual([
      expect.objectContaining({ args: [value, { formats: ['fp16', 'e4m3'], saturate: true }] }),
    ]);
  },
);

it('sums a working up before its steps', () => {
  expect(String(explain(13)).split('\n')[0]).toBe('13 is 1101 in binary.');
  expect(String(explain(0.1, 'e4m3')).split('\n')[0]).toMatch(
    /^0\.1 in FP8 E4M3 is 0\.1015625: rounded, off by 1\.56\d*%\.$/,
  );
});
