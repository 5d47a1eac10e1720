import { describe, expect, it } from 'vitest';
import { decodeArray, encodeArray, roundTo } from './arrays';
import { formatBands } from './bands';
import { decode, encode } from './codec';
import type { FloatFormat } from './format';
import { limits } from './limits';
import { PATHS } from './paths.fixture';
import { round } from './round';
import { ROUNDINGS, type Rounding } from './rounding';
import { FORMATS, formatNamed } from './table';

describe('the table', () => {
  it('finds formats by other common names and names the nearest when there is none', () => {
    expect(formatNamed('BFloat16').id).toBe('bf16');
    expect(formatNamed('float8_e4m3fn').id).toBe('e4m3');
    expect(() => formatNamed('fp61')).toThrow(/"fp61" is not a number format.*\n.*fp16/);
    for (const path of PATHS) {
      expect(() => path.decodeAll('e4m3', Uint16Array.of(3, 256))).toThrow(/256 .*from 0 to 255/);
      expect(() => path.decodeAll('int4', Uint16Array.of(3, 16))).toThrow(/16 .*from 0 to 15/);
    }
  });

  it('names those formats where fp8 or fp6 leaves it open', () => {
    expect(() => formatNamed('fp8')).toThrow(/"fp8" is not a number format.*\n.*e4m3 or e5m2\?/);
    expect(() => formatNamed('fp6')).toThrow(/"fp6" is not a number format.*\n.*e3m2 or e2m3\?/);
  });

  it('is asked by every function that is given a name', () => {
    expect(limits('e4m3').max).toBe(448);
    expect(round('bfloat16', 257)).toBe(256);
    expect([...roundTo('float16', Float32Array.of(2049))]).toEqual([2048]);
    expect(decode('e5m2', encode('e5m2', -3))).toBe(-3);
  });

  it.each([
    ['limits', (format: never) => limits(format)],
    ['round', (format: never) => round(format, 1)],
    ['roundTo', (format: never) => roundTo(format, Float32Array.of(1))],
    ['encode', (format: never) => encode(format, 1)],
    ['decode', (format: never) => decode(format, 1)],
    ['encodeArray', (format: never) => encodeArray(format, Float32Array.of(1))],
    ['decodeArray', (format: never) => decodeArray(format, Uint8Array.of(1))],
  ] as const)('is named by %s when it is given anything else', (_name, call) => {
    for (const value of [undefined, 16, {}, 'fp17']) {
      expect(() => call(value as never)).toThrow(
        /is not a number format; allowed are fp32, tf32, fp16, bf16, e4m3, e5m2, e3m4/,
      );
    }
  });

  it('names the rounding modes when it is given another', () => {
    expect(() => round('fp16', 1, { rounding: 'nearest' as Rounding })).toThrow(
      `Unknown rounding 'nearest'. Allowed: ${Object.keys(ROUNDINGS).join(', ')}.`,
    );
  });

  it('holds IEEE floats whose fields fill their bits', () => {
    const floats = Object.values(FORMATS).filter(
      (f): f is FloatFormat => f.kind === 'float' && f.nan === 'ieee',
    );
    expect(floats.map((f) => [f.id, Math.log2(f.exponentBias + 1) + 1 + f.precision])).toEqual(
      floats.map((f) => [f.id, f.bits]),
    );
  });

  it('gives the gradient view the exponents of each band', () => {
    expect(formatBands(['fp16', 'bf16', 'e4m3'])).toEqual([
      {
        id: 'fp16',
        label: 'FP16',
        minSubnormalExponent: -24,
        minNormalExponent: -14,
        maxExponent: 15,
      },
      {
        id: 'bf16',
        label: 'BF16',
        minSubnormalExponent: -133,
        minNormalExponent: -126,
        maxExponent: 127,
      },
      {
        id: 'e4m3',
        label: 'FP8 E4M3',
        minSubnormalExponent: -9,
        minNormalExponent: -6,
        maxExponent: 8,
      },
    ]);
  });
});
