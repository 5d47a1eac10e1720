import { afterEach, describe, expect, it } from 'vitest';
import { toBundle } from '../display/display';
import { INTERRUPTED } from '../host';
import { check, checkAsync, language, mustPass, mustPassAsync } from '.';
import { halfEven, halfUp } from './checks/1-formats/mistakes';
import { ieeeE4m3 } from './checks/1-formats/mistakes';

const text = (result: unknown): string => String(toBundle(result)['text/plain']);
const binary = (n: number): string => n.toString(2);

describe('check', () => {
  afterEach(() => {
    language('en');
  });

  it('says first that all is right', () => {
    const result = check('to-binary', function toBinary(n: number) {
      return n.toString(2);
    });
    expect(result.passed).toBe(true);
    expect(text(result)).toBe(
      'toBinary gives the binary digits of a whole number: all 4 cases are right.',
    );
  });

  it('shows the first wrong case, both values, the first bit that differs, and a hint', () => {
    const result = check('decode-fp16', function decodeFp16(code: number) {
      return code === 0x3c00 ? 1 : 6.5;
    });
    expect(result.passed).toBe(false);
    const said = text(result);
    expect(said).toContain('decodeFp16: case 2 of 8 is wrong, decodeFp16(0xc680).');
    expect(said).toMatch(/expected +-6\.5 +1\|10001\|1010000000/);
    expect(said).toMatch(/got +6\.5 +0\|10001\|1010000000/);
    expect(said).toContain('bit 1 of 16 from the left, in the sign');
    expect(said).toContain('Hint: The first of the 16 bits is the sign.');
    expect(String(toBundle(result)['text/html'])).toMatch(
      /<\/style><div class="halfnote-verdict"[\s\S]*<ins>1<\/ins> <b>10001<\/b>/,
    );
  });

  it('tells numbers that a format has not', () => {
    expect(text(check('decode-e4m3', () => 1.01))).toContain('1.01 is no FP8 E4M3 number.');
    expect(text(check('encode-fp16', () => -1))).toContain(
      '-1 is no code of FP16: a code is a whole number of 16 bits, from 0 to 65535.',
    );
  });

  it('has a hint for a NaN that was rounded as if it were a number', () => {
    const said = text(
      check('bf16-from-fp32', function bf16FromFp32(code: number) {
        return (code + 0x7fff + ((code >>> 16) & 1)) >>> 16;
      }),
    );
    expect(said).toContain('bf16FromFp32: case 7 of 8 is wrong, bf16FromFp32(0x7fffffff).');
    expect(said).toContain('Hint: A NaN whose bits are rounded can become a zero.');
  });

  it('tells a right result that was written over what was given', async () => {
    const inPlace = (
      scaler: { scale: number; goodSteps: number },
      finite: boolean,
      interval: number,
    ): typeof scaler => {
      scaler.goodSteps = finite ? scaler.goodSteps + 1 : 0;
      if (!finite) scaler.scale /= 2;
      else if (scaler.goodSteps === interval)
        Object.assign(scaler, { scale: scaler.scale * 2, goodSteps: 0 });
      return scaler;
    };
    const results = [check('next-scaler', inPlace), await checkAsync('next-scaler', inPlace)];
    for (const result of results) {
      expect(text(result)).toContain('inPlace: case 1 of 6 is wrong');
      expect(text(result)).toContain('what was given is changed: arguments[0].goodSteps.');
      expect(text(result)).toContain('Hint: Leave what is given as it is');
    }
    const copying: typeof inPlace = (scaler, ...rest) => inPlace({ ...scaler }, ...rest);
    expect(check('next-scaler', copying).passed).toBe(true);
  });

  it('does not count how far from a number NaN is', () => {
    const said = text(check('perplexity', () => NaN));
    expect(said).toContain('got: NaN');
    expect(said).not.toContain('off by');
  });

  it('knows a wrong function that students write', () => {
    expect(text(check('round-half-even', halfUp))).toContain('as with Math.round');
    expect(text(check('decode-e4m3', ieeeE4m3))).toContain('E4M3 has no infinities');
  });

  it.each([
    ['nothing', () => undefined, 'is there a `return` on every path?'],
    ['an error', () => JSON.parse('{') as unknown, 'The function threw: SyntaxError'],
    ['a promise', () => Promise.resolve('1101'), 'write the function without `async`'],
    ['another type', () => 1101, 'A value of type number is returned'],
    ['no function', 'text', 'takes the function itself'],
    ['a wrong text', () => '1011', 'the last remainder is the first digit'],
  ])('tells of a function that gives %s', (_, fn, told) => {
    expect(text(check('to-binary', fn as never))).toContain(told);
  });

  it('answers in Chinese', () => {
    language('zh');
    expect(text(check('to-binary', () => '1'))).toContain('提示: 不断除以 2');
    expect(text(check('to-binary', binary))).toContain('4 个用例全部正确');
  });

  it('lets an interrupt through', () => {
    const stop = Object.assign(new Error('stop'), { name: INTERRUPTED });
    expect(() =>
      check('to-binary', () => {
        throw stop;
      }),
    ).toThrow(stop);
  });

  it('refuses names that it does not know', () => {
    expect(() => check('to-binry' as never, binary)).toThrow("Did you mean 'to-binary'?");
    expect(() => {
      language('fr' as never);
    }).toThrow("Unknown language 'fr'. Allowed: en, zh.");
  });

  it('waits for functions that return promises', async () => {
    const later = (n: number): Promise<string> => Promise.resolve(binary(n));
    expect((await checkAsync('to-binary', later)).passed).toBe(true);
    const failed = await checkAsync('to-binary', () => Promise.reject(new Error('later')));
    expect(text(failed)).toContain('The function threw: Error: later');
    await expect(mustPassAsync('to-binary', () => Promise.resolve('1'))).rejects.toThrow('case 1');
  });
});

describe('mustPass', () => {
  it('throws what check shows', () => {
    expect(() => {
      mustPass('round-half-even', halfUp);
    }).toThrow(/case 3 of 7 is wrong[\s\S]*Hint:/);
    mustPass('round-half-even', halfEven);
  });

  it('tries hidden calls against the reference', () => {
    const known = (n: number): string => (n === 6 ? '110' : '0');
    mustPass('to-binary', known, [[6]]);
    expect(() => {
      mustPass('to-binary', known, [[6], () => [7]]);
    }).toThrow("expected: '111'");
  });
});
