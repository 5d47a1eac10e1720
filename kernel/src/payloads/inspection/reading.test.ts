import { describe, expect, it } from 'vitest';
import { inspectNumber } from '../../formats/inspect';
import { inspectionPayload } from '../../inspection/inspection-payload';
import { bitsOf, readCode, toggled } from './reading';
import { inspection } from './schema';

const NUMBERS = [0.1, 0, -0, 1e5, -3, 1e-9, 1e30, 448, -7, Infinity, NaN];

describe('what a page says of a code', () => {
  it.each(NUMBERS)('is what the kernel says of %d, in every format', (value) => {
    const inspected = inspectNumber(value, { formats: ['all'] });
    const sent: unknown = JSON.parse(JSON.stringify(inspectionPayload(inspected, 'title', [])));
    const { formats } = inspection.parse(sent);
    formats.forEach((row, index) => {
      const own = inspected.formats[index];
      const { fields, hex, value, absoluteError, relativeError, ulp, status } = own ?? {};
      expect(readCode(row, inspected.value, row.code)).toMatchObject({
        ...{ fields, hex, value, absoluteError, relativeError, ulp, status },
      });
    });
  });

  it('follows a bit that is turned', () => {
    const [row] = inspectionPayload(inspectNumber(0.75, { formats: ['fp16'] }), '', []).formats;
    if (row === undefined) throw new Error('no row');
    const before = readCode(row, 0.75, row.code);
    const bit = bitsOf(before.fields)[5];
    expect(bit).toEqual({ place: 5, role: 'exponent', name: 'exponent bit 0', isSet: false });
    const after = readCode(row, 0.75, toggled(row.code, 16, 5));
    expect(after).toMatchObject({ value: 1.5, absoluteError: 0.75, ulp: 2 ** -10, hex: '0x3e00' });
    expect([after.below, after.above]).toEqual([1.5 - 2 ** -10, 1.5 + 2 ** -10]);
    expect(toggled(toggled(row.code, 16, 5), 16, 5)).toBe(row.code);
    const subnormal = readCode(row, 0.75, 1);
    expect(subnormal).toMatchObject({ value: 2 ** -24, status: 'subnormal', below: 0 });
  });

  it('reads the sign of a code of 32 bits', () => {
    const [row] = inspectionPayload(inspectNumber(1, { formats: ['fp32'] }), '', []).formats;
    if (row === undefined) throw new Error('no row');
    expect(readCode(row, 1, toggled(row.code, 32, 0))).toMatchObject({ value: -1 });
  });
});

describe('the schema of an inspection', () => {
  const [row] = inspectionPayload(inspectNumber(1, { formats: ['e4m3'] }), '', []).formats;
  const wrong = (change: object): boolean =>
    inspection.safeParse({
      ...{ title: '', value: 1, notes: [] },
      formats: [{ ...row, ...change }],
    }).success;

  it('refuses codes and formats that there are none of', () => {
    expect(wrong({})).toBe(true);
    expect(wrong({ code: 256 })).toBe(false);
    expect(wrong({ element: { ...row?.element, bits: 64 } })).toBe(false);
    expect(wrong({ element: { ...row?.element, precision: 8 } })).toBe(false);
    expect(
      wrong({ element: { kind: 'table', bits: 1, signed: true, values: [1], ties: 'up' } }),
    ).toBe(false);
  });
});
