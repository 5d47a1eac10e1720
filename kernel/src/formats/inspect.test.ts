import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../host';
import { quantizeTensor } from '../schemes/quantize-tensor';
import type { QuantizationScheme } from '../schemes/scheme';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks, type BlockFormatId } from './blocks';
import { exactDecimal } from './decimal';
import { explainSteps } from './explain';
import { inspectNumber, inspectNumbers } from './inspect';
import { generator, python } from './ml-dtypes.fixture';
import { FORMATS, formatNamed } from './table';
import { explain, inspectValue } from '../inspection/views';

/** Formats of quantized weights that have values of their own. */
const QUANTIZED = ['ternary', 'log4', 'log3'];

describe('explain', () => {
  it('divides 13 by two and keeps the remainders', () => {
    const { decimal, format } = explain(13).payload;
    expect(decimal?.divisions.map(({ dividend, remainder }) => [dividend, remainder])).toEqual([
      ['13', 1],
      ['6', 0],
      ['3', 1],
      ['1', 1],
    ]);
    expect(decimal).toMatchObject({ binary: '1101', powers: [3, 2, 0], finite: true });
    expect(format).toBeUndefined();
  });

  it('doubles a fraction until it ends or repeats', () => {
    expect(explainSteps(0.1).decimal?.binary).toBe('0.0(0011)');
    expect(explainSteps(-6.625).decimal).toMatchObject({ binary: '-110.101', finite: true });
    expect(explainSteps(0.3).decimal?.doublings[0]).toEqual({
      fraction: '0.3',
      doubled: '0.6',
      bit: 0,
    });
    expect(explainSteps(1e-20).decimal?.doublings).toHaveLength(64);
    expect(explainSteps(1e21).decimal?.binary).toBe((10n ** 21n).toString(2));
  });

  it('works 0.1 out in e4m3 with bias, neighbors, tie rule and error', () => {
    const { format } = explainSteps(0.1, 'e4m3');
    expect(format).toMatchObject({
      normalized: { exponent: -4 },
      exponent: { bias: 7, field: 3, bits: '0011', subnormal: false },
      below: { value: 0.09375 },
      above: { value: 0.1015625 },
      tie: false,
      back: { negative: false, powers: [-4, -5, -7] },
      format: { hex: '0x1d', value: 0.1015625, ulp: 2 ** -7 },
    });
    expect(format?.format.relativeError).toBeCloseTo(0.015625, 10);
  });

  it('says when there is a tie, a subnormal, an overflow, or nothing to work out', () => {
    expect(explainSteps(464, 'e4m3').format).toMatchObject({ tie: false, below: { value: 448 } });
    expect(explainSteps(17, 'e4m3').format).toMatchObject({ tie: true, format: { value: 16 } });
    expect(explainSteps(2 ** -9, 'e4m3').format?.exponent?.subnormal).toBe(true);
    expect(explainSteps(1e5, 'fp16').format).toMatchObject({
      above: { value: Infinity },
      format: { status: 'overflow' },
      back: undefined,
    });
    expect(explainSteps(300, 'int8').format).toMatchObject({
      tie: false,
      beyond: { last: { value: 127, distance: 173 } },
    });
    expect(String(explain(1e6, 'fp16'))).toMatch(
      /Beyond the last number, 65504, 934496 away\s+The next one would be 65536: from 65520, halfway to it, numbers overflow/,
    );
    expect(String(explain(-1e6, 'e4m3'))).toContain('would be -480: above -464, halfway to it');
    expect(String(explain(1e6, 'fp16', { rounding: 'toward-zero' }))).not.toContain('∞');
    expect(String(explain(-0, 'e5m2'))).not.toMatch(/: 0$|0 = -0/m);
    expect(String(explain(NaN))).toContain('Not finite');
    expect(String(explain(0, 'int8'))).toContain('0|0000000 = 0x00');
    expect(() => explain('0.1' as never)).toThrow(/takes a number, not the text "0.1"/);
    expect(() => explain(1, 'fp17')).toThrow(/not a number format/);
  });

  it('shows the same steps as text, Markdown and HTML, the bits with a label', () => {
    const bundle = explain(0.1, 'e4m3')[JUPYTER_DISPLAY]();
    for (const type of ['text/plain', 'text/markdown', 'text/html']) {
      expect(bundle[type]).toContain('-4 + bias 7 = 3 = 0011 in binary');
    }
    expect(bundle['text/html']).toContain('sign 0, exponent 0011, significand 101');
    expect(bundle['text/html']).not.toContain('<script');
  });

  it('writes all digits of a double, as Python does', () => {
    const random = generator(6);
    const doubles = new Float64Array(new Uint32Array(2000).map(random).buffer).filter(
      Number.isFinite,
    );
    const digits = String(
      python(
        `from decimal import Decimal\nfor x in get(np.float64): print(format(Decimal(float(x)), 'f'))`,
        doubles,
      ),
    );
    expect(Array.from(doubles, exactDecimal)).toEqual(digits.trim().split('\n'));
  });
});

describe('inspectValue', () => {
  const statusOf = (value: number, format: string, options = {}): unknown =>
    inspectNumber(value, { formats: [format], ...options }).formats[0]?.status;

  it('splits the bits by their meaning', () => {
    const fields = inspectNumber(-1.5, { formats: ['fp16', 'int8', 'binary', 'e8m0'] }).formats.map(
      ({ fields }) => fields.map(({ role, bits }) => `${role} ${bits}`).join(' '),
    );
    expect(fields).toEqual([
      'sign 1 exponent 01111 significand 1000000000',
      'sign 1 integer 1111110',
      'index 0',
      'exponent 11111111',
    ]);
  });

  it('names what became of the number', () => {
    expect(statusOf(0.5, 'fp16')).toBe('exact');
    expect(statusOf(0.1, 'fp16')).toBe('rounded');
    expect(statusOf(1e-6, 'fp16')).toBe('subnormal');
    expect(statusOf(1e-9, 'fp16')).toBe('underflow');
    expect(statusOf(1e6, 'fp16')).toBe('overflow');
    expect(statusOf(1e6, 'fp16', { saturate: true })).toBe('saturated');
    expect(statusOf(500, 'e4m3')).toBe('overflow');
    expect(statusOf(500, 'int8')).toBe('saturated');
    expect(statusOf(Infinity, 'fp16')).toBe('infinite');
    expect(statusOf(NaN, 'fp16')).toBe('NaN');
    expect(statusOf(NaN, 'int8')).toBe('NaN lost');
    expect(statusOf(0, 'e8m0')).toBe('NaN');
  });

  it('calls what is nearest to the last number rounded, and the rest saturated', () => {
    expect(statusOf(65510, 'fp16')).toBe('rounded');
    expect(statusOf(127.4, 'int8')).toBe('rounded');
    expect(statusOf(127.6, 'int8')).toBe('saturated');
    expect(statusOf(-0.3, 'uint8')).toBe('underflow');
    expect(statusOf(-3, 'uint8')).toBe('saturated');
  });

  it('writes errors with all digits before the point, and none where there is nothing to compare', () => {
    const row = (value: number, format: string): string =>
      String(
        inspectValue(value, { formats: [format] })
          .toString()
          .split('\n')
          .find((line) => line.includes(' 0x')),
      );
    expect(row(1e5, 'e2m1')).toMatch(/ 99994 +100% /);
    expect(String(inspectValue(1e5, { formats: ['fp16'], saturate: true }))).toContain(' 34496 ');
    expect(row(1e-45, 'binary')).toMatch(/ 1 +1e45x +2¹ /);
    expect(row(0, 'binary')).toMatch(/ 1 +– +2¹ /);
    expect(row(1, 'int8')).toMatch(/ 0 +0% +2⁰ +=/);
    expect(row(NaN, 'fp16')).toMatch(/NaN +– +– +– +\? NaN$/);
  });

  it('shows every format there is, for every kind of number', () => {
    const formats = [...Object.keys(FORMATS), ...Object.keys(BLOCK_FORMATS), ...QUANTIZED];
    const all = inspectValue(0.1, { formats: ['all'] }).payload.formats.map(({ id }) => id);
    expect(all.toSorted()).toEqual([...new Set(formats)].toSorted());
    const page = readFileSync(resolve(__dirname, '../../../docs/formats.md'), 'utf8');
    const named = Array.from(page.matchAll(/^\| .* `(\w+)` \| [\d.]+ \|/gm), ([, id]) => id);
    expect(all.toSorted()).toEqual(named.filter((id) => !id?.startsWith('codebook')).toSorted());
    for (const value of [0, -0, 0.1, -1, 1e-40, 1e40, Infinity, NaN]) {
      const view = inspectValue(value, { formats });
      expect(view.payload.formats).toHaveLength(formats.length);
      expect(
        String(view)
          .split('\n')
          .slice(3, formats.length + 4)
          .join(),
      ).not.toMatch(/undefined/);
    }
  });

  it('shows a number in an MX format as its block of one, as encodeBlocks has it', () => {
    for (const id of Object.keys(BLOCK_FORMATS) as BlockFormatId[]) {
      if (id === 'nf4') continue;
      for (const value of [0.1, -0.7, 3, 1000, -2.5e-5, 0]) {
        const { codes, ...blocks } = encodeBlocks(id, Float32Array.of(value));
        const [shown] = inspectNumber(Math.fround(value), { formats: [id] }).formats;
        expect(shown?.code).toBe(codes[0]);
        expect(shown?.value).toBe(decodeBlocks({ codes, ...blocks })[0]);
      }
    }
    expect(String(inspectValue(0.1, { formats: ['mxfp4'] }))).toContain('0x7 × 2⁻⁶');
  });

  it('knows other names, and what may be meant by those it does not know', () => {
    const ids = inspectNumber(1, { formats: ['bfloat16', 'float4_e2m1fn', 'MXFP4'] }).formats;
    expect(ids.map(({ id }) => id)).toEqual(['bf16', 'e2m1', 'mxfp4']);
    expect(() => inspectValue(1, { formats: ['mxfp8'] })).toThrow(
      /Did you mean mxfp8_e4m3 or mxfp8_e5m2/,
    );
    expect(() => inspectValue(1, { formats: ['codebook4'] })).toThrow(/kind: 'codebook'/);
    expect(() => inspectValue(1, { formats: ['mxfp5'] })).toThrow(/Did you mean mxfp4/);
    expect(() => formatNamed('mxfp4')).toThrow(/encodeBlocks\('mxfp4', values\)/);
    expect(() => formatNamed('ternary')).toThrow(/quantizeTensor\(values, \{ kind: 'ternary' \}\)/);
  });

  it('draws bits that can be read without color', () => {
    const html = String(inspectValue(0.1)[JUPYTER_DISPLAY]()['text/html']);
    const [, bits = ''] = /FP8 E4M3<\/th><td[^>]*>(.*?)<\/td>/.exec(html) ?? [];
    const fields = [...bits.matchAll(/<(\w+)>(\d+)</g)].map(([, tag = '', digits]) => [
      new RegExp(`<${tag}>([a-z]+)</${tag}>`).exec(html)?.[1],
      new RegExp(`& ${tag}\\{border-bottom:3px (\\w+)`).exec(html)?.[1],
      digits,
    ]);
    expect(fields).toEqual([
      ['sign', 'solid', '0'],
      ['exponent', 'dashed', '0011'],
      ['significand', 'dotted', '101'],
    ]);
    expect(html).not.toMatch(/<script|javascript:| on\w+=/i);
  });

  it('sums the errors of an array up as NumPy does', () => {
    const random = generator(2);
    const values = Float32Array.from({ length: 5000 }, () => ((random() / 2 ** 32) * 2 - 1) * 100);
    const [summary] = inspectNumbers(values, { formats: ['e4m3'] }).formats;
    const [maxError, sqnr] = new Float64Array(
      new Uint8Array(
        python(
          `x = get(np.float32).astype(np.float64)\ne = x - x.astype(np.float32).astype(ml.float8_e4m3fn).astype(np.float64)\n` +
            `put(np.array([np.abs(e).max(), 10 * np.log10((x**2).sum() / (e**2).sum())]))`,
          values,
        ),
      ).buffer,
    );
    expect(summary?.maxError).toBe(maxError);
    expect(summary?.sqnrDb).toBeCloseTo(sqnr ?? NaN, 9);
    expect(inspectNumbers([1, 1e9], { formats: ['fp16'] }).formats[0]?.counts).toEqual({
      exact: 1,
      overflow: 1,
    });
  });

  it('gives codes the scale of quantization, and says what they come to without', () => {
    const random = generator(3);
    const values = Float32Array.from({ length: 960 }, () => (random() / 2 ** 32) * 2 - 1.2);
    const schemes: Record<string, QuantizationScheme> = {
      int8: { kind: 'affine', bits: 8, symmetric: true },
      int4: { kind: 'affine', bits: 4, symmetric: true },
      uint8: { kind: 'affine', bits: 8, symmetric: false },
      binary: { kind: 'binary' },
      ternary: { kind: 'ternary' },
      log4: { kind: 'logarithmic', bits: 4 },
      log3: { kind: 'logarithmic', bits: 3 },
    };
    const decoded: Record<string, Float32Array> = {
      ...Object.fromEntries(
        Object.entries(schemes).map(([id, scheme]) => [
          id,
          quantizeTensor(values, scheme).dequantize(),
        ]),
      ),
      ...Object.fromEntries(
        (Object.keys(BLOCK_FORMATS) as BlockFormatId[]).map((id) => [
          id,
          decodeBlocks(encodeBlocks(id, values)),
        ]),
      ),
    };
    const { formats } = inspectNumbers(values, { formats: Object.keys(decoded) });
    for (const { id, sqnrDb, maxError, scale } of formats) {
      const errors = values.map((x, i) => x - (decoded[id]?.[i] ?? NaN));
      const power = (xs: Float32Array): number => xs.reduce((sum, x) => sum + x * x, 0);
      expect(sqnrDb, id).toBeCloseTo(10 * Math.log10(power(values) / power(errors)), 2);
      expect(maxError, id).toBeCloseTo(Math.max(...errors.map(Math.abs)), 5);
      expect(scale, id).toBeDefined();
    }
    const int8 = formats.find(({ id }) => id === 'int8');
    expect(int8?.sqnrDb).toBeGreaterThan(40);
    expect(int8?.unscaledSqnrDb).toBeLessThan(12);
    expect(String(inspectValue(values))).toMatch(
      /absmax\/127 = .*Without a scale.*INT8 [\d.]+ dB/s,
    );
  });

  it('leaves whole numbers in range as they are', () => {
    const [int8, uint8] = inspectNumbers([0, 5, 127], { formats: ['int8', 'uint8'] }).formats;
    expect(int8).toMatchObject({ sqnrDb: Infinity, counts: { exact: 3 } });
    expect(int8?.scale).toBeUndefined();
    expect(uint8?.scale).toBeUndefined();
    expect(String(inspectValue([0, 5, 127], { formats: ['int8'] }))).not.toContain('Scale');
  });

  it('leaves NaN out of the figures, and counts it', () => {
    const view = inspectValue([1, 2, 3, NaN], { formats: ['fp32', 'int8', 'e4m3'] });
    expect(view.payload).toMatchObject({ count: 4, nans: 1, min: 1, max: 3 });
    expect(String(view)).toContain('4 numbers from 1 to 3, 1 of them NaN');
    expect(String(view)).toMatch(/INT8 .* ✗ NaN lost 25\.0%/);
    expect(String(inspectValue([1e6, 1], { formats: ['e4m3', 'fp16'] }))).not.toContain('NaN');
    expect(String(inspectValue([NaN]))).toContain('1 number, 1 of them NaN');
  });

  it('takes nested arrays and tensors, and says what it does not take', () => {
    expect(inspectValue([[1, 2], [3]] as never).payload).toMatchObject({ count: 3, max: 3 });
    expect(() => inspectValue([])).toThrow(/the array is empty/);
    expect(() => inspectValue('x' as never)).toThrow(/not the text "x"/);
    expect(() => inspectValue(['x'] as never)).toThrow(/an array with the text "x"/);
  });
});
