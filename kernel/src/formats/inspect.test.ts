import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../host';
import { exactDecimal } from './decimal';
import { explainSteps } from './explain';
import { inspectNumber, inspectNumbers } from './inspect';
import { generator, python } from './ml-dtypes.fixture';
import { FORMATS } from './table';
import { explain, inspectValue } from './views';

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

  it('works 0.1 out in e4m3 with bias, neighbours, tie rule and error', () => {
    const { format } = explainSteps(0.1, 'e4m3');
    expect(format).toMatchObject({
      normalised: { exponent: -4 },
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
    expect(statusOf(NaN, 'int8')).toBe('NaN');
  });

  it('shows every format there is, for every kind of number', () => {
    const formats = Object.keys(FORMATS);
    for (const value of [0, -0, 0.1, -1, 1e-40, 1e40, Infinity, NaN]) {
      const view = inspectValue(value, { formats });
      expect(view.payload.formats).toHaveLength(formats.length);
      expect(String(view).split('\n')).toHaveLength(formats.length + 4);
    }
  });

  it('draws bits that can be read without colour', () => {
    const html = String(inspectValue(0.1)[JUPYTER_DISPLAY]()['text/html']);
    expect(html).toContain('aria-label="FP8 E4M3: sign 0, exponent 0011, significand 101"');
    expect(html).toContain('stroke-dasharray');
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

  it('takes nested arrays and tensors, and says what it does not take', () => {
    expect(inspectValue([[1, 2], [3]] as never).payload).toMatchObject({ count: 3, max: 3 });
    expect(() => inspectValue([])).toThrow(/the array is empty/);
    expect(() => inspectValue('x' as never)).toThrow(/not the text "x"/);
    expect(() => inspectValue(['x'] as never)).toThrow(/array of other things/);
  });
});
