import { describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../host';
import { FLOAT_TYPES, float64s, generator, python } from './ml-dtypes.fixture';
import { explainBits } from '../inspection/views';

describe('binary numbers in decimal', () => {
  it('add the powers of two of their ones', () => {
    const { payload } = explainBits('1101.101');
    expect(payload).toMatchObject({ value: 13.625, decimal: '13.625' });
    expect(payload.places.map(({ bit, power, sum }) => [bit, power, sum])).toEqual([
      [1, 3, '8'],
      [1, 2, '12'],
      [0, 1, '12'],
      [1, 0, '13'],
      [1, -1, '13.5'],
      [0, -2, '13.5'],
      [1, -3, '13.625'],
    ]);
  });

  it('are those of Python, with signs, prefixes and separators', () => {
    const random = generator(2);
    const numerals = Array.from({ length: 40 }, () => (random() >>> (random() % 31)).toString(2));
    const expected = float64s(
      python(`put(np.array([int(t, 2) / 1024 for t in '${numerals.join(' ')}'.split()]))`),
    );
    const found = numerals.map((text) => {
      const digits = text.padStart(11, '0');
      return explainBits(`0b${digits.slice(0, -10)}.${digits.slice(-10)}`).payload.value;
    });
    expect(found).toEqual([...expected]);
    expect(explainBits('-0b1_0.1').payload).toMatchObject({ value: -2.5, decimal: '-2.5' });
    expect(explainBits('.01').payload.value).toBe(0.25);
  });

  it.each(['', '102', '.', '1e3', '1'.repeat(54)])('refuse "%s"', (text) => {
    expect(() => explainBits(text)).toThrow(/is no binary number; allowed are up to 53 digits/);
  });
  it('refuse a number without a format', () => {
    expect(() => explainBits(13)).toThrow(/13 is no binary number/);
  });
});

describe('codes in decimal', () => {
  it('are read by sign, exponent and significand: 0x3a66 in fp16', () => {
    const view = explainBits(0x3a66, 'fp16');
    expect(view.payload.code).toMatchObject({
      hex: '0x3a66',
      float: {
        ...{ negative: false, bias: 15, field: 14, exponent: -1, subnormal: false },
        ...{ significand: '1.1001100110', powers: [0, -1, -4, -5, -8, -9] },
      },
    });
    expect(view.payload.decimal).toBe('0.7998046875');
    expect(String(view)).toContain('Field 14 - bias 15 = -1');
    expect(String(view)).toContain('1.1001100110 × 2⁻¹ = 0.7998046875');
    expect(String(view[JUPYTER_DISPLAY]()['text/html'])).toMatch(/<b>01110<\/b>/);
  });

  it.each(['fp16', 'e4m3', 'e5m2', 'e3m2', 'e2m1', 'e8m0'] as const)(
    'of %s: significand times power is what ml_dtypes has',
    (id) => {
      const bits = { fp16: 16, e4m3: 8, e5m2: 8, e3m2: 6, e2m1: 4, e8m0: 8 }[id];
      const type = bits > 8 ? 16 : 8;
      const expected = float64s(
        python(
          `put(np.arange(${2 ** bits}, dtype=np.uint${type}).view(${FLOAT_TYPES[id]}).astype(np.float64))`,
        ),
      );
      for (let code = 0; code < 2 ** bits; code += id === 'fp16' ? 37 : 1) {
        const { value, code: reading } = explainBits(code, id).payload;
        expect(value + 0).toEqual((expected[code] ?? NaN) + 0);
        if (reading?.float === undefined) continue;
        const { negative, exponent, powers } = reading.float;
        const significand = powers.reduce((sum, power) => sum + 2 ** power, 0);
        expect((negative ? -1 : 1) * significand * 2 ** exponent).toBe(expected[code]);
      }
    },
  );

  it("of integers are two's complement", () => {
    const { payload } = explainBits('1001', 'int4');
    expect(payload.value).toBe(-7);
    expect(payload.places.map(({ sum }) => sum)).toEqual(['-8', '-8', '-8', '-7']);
    expect(String(explainBits('1001', 'int4'))).toContain('highest power counts negative');
    expect(explainBits('1001', 'uint4').payload.value).toBe(9);
  });

  it('say what has no digits, and refuse what does not fit', () => {
    expect(explainBits(0x7c00, 'fp16').payload.decimal).toBe('Infinity');
    expect(String(explainBits(0x7f, 'e4m3'))).toContain('NaN');
    expect(explainBits(0, 'binary').payload.value).toBe(-1);
    expect(() => explainBits('101', 'fp16')).toThrow(/"101" is no code of FP16; allowed are 16/);
    expect(() => explainBits(256, 'e4m3')).toThrow(/256 .*from 0 to 255/);
  });
});
