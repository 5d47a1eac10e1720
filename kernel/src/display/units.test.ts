import { describe, expect, it } from 'vitest';
import { powerOfTwo, scaleText } from './exponents';
import { decodeNumber, encodeNumber, encodeNumbers } from './numbers';
import { bytes, duration, percent, ratio, si, significant } from './units';

describe('figures', () => {
  it.each([
    [significant(0), '0'],
    [significant(1234.5), '1230'],
    [significant(0.99999), '1.00'],
    [significant(-0.00123), '-0.00123'],
    [significant(1.5e-9), '1.5e-9'],
    [significant(Infinity), '∞'],
    [significant(NaN), 'NaN'],
    [si(0.00821, 's'), '8.21 ms'],
    [si(999.6, 'J'), '1.00 kJ'],
    [si(4.2e-13, 'g'), '0.000420 ng'],
    [bytes(999), '999 B'],
    [bytes(9_461_800), '9.46 MB'],
    [duration(119), '119 s'],
    [duration(200), '3 min 20 s'],
    [duration(7505), '2 h 5 min'],
    [percent(0), '0%'],
    [percent(0.00001), '<0.01%'],
    [percent(0.99999), '>99.99%'],
    [percent(0.0364), '3.64%'],
    [percent(0.9996), '100%'],
    [ratio(0.7), '0.70x'],
    [ratio(12.34), '12.3x'],
    [powerOfTwo(-24), '2⁻²⁴'],
    [scaleText(65536), '65536 (2¹⁶)'],
    [scaleText(1000), '1000'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('numbers that JSON lacks', () => {
  it('come back as they were', () => {
    const values = [NaN, Infinity, -Infinity, 0, -1.5e300];
    const sent = JSON.parse(JSON.stringify(values.map(encodeNumber))) as number[];
    expect(sent.map(decodeNumber)).toEqual(values);
  });

  it('are encoded wherever they are', () => {
    expect(encodeNumbers({ a: [1, { b: NaN }], c: null, d: 'x' })).toEqual({
      a: [1, { b: 'NaN' }],
      c: null,
      d: 'x',
    });
  });
});
