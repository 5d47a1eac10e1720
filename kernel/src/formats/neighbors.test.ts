import { describe, expect, it } from 'vitest';
import { codeValue } from './code-value';
import { neighborsOf } from './neighbors';
import { FORMATS } from './table';

const SMALL = Object.values(FORMATS).filter(({ bits }) => bits <= 8);

describe('the neighbors of a code', () => {
  it.each(SMALL)('are the next of all values that $id has', (format) => {
    const valueOf = codeValue(format);
    const codes = Array.from({ length: 2 ** format.bits }, (_, code) => code);
    const values = [...new Set(codes.map(valueOf))]
      .filter((value) => !Number.isNaN(value))
      .map((value) => value + 0)
      .sort((a, b) => a - b);
    for (const code of codes) {
      const value = valueOf(code);
      const place = values.indexOf(value + 0);
      const expected = Number.isNaN(value)
        ? { below: undefined, above: undefined }
        : { below: values[place - 1], above: values[place + 1] };
      expect({ code, ...neighborsOf(format, code) }).toEqual({ code, ...expected });
    }
  });

  it('of the largest number of fp16 are the one before and infinity', () => {
    expect(neighborsOf(FORMATS.fp16, 0x7bff)).toEqual({ below: 65472, above: Infinity });
    expect(neighborsOf(FORMATS.fp32, 0x80000000)).toEqual({
      below: -(2 ** -149),
      above: 2 ** -149,
    });
  });
});
