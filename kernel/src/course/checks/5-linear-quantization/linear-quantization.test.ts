import { describe, expect, it } from 'vitest';
import { integerMatMul } from '../../../integer/integer-product';
import { asymmetricParams, roundHalfEven } from '../../../integer/affine';
import { quantizeTensor } from '../../../schemes/quantize-tensor';
import { type AnyCheck, runCheck } from '../../run-check';
import { LINEAR_QUANTIZATION } from '.';

type Id = keyof typeof LINEAR_QUANTIZATION;
const tell = (id: Id, fn: unknown) => {
  const check = LINEAR_QUANTIZATION[id] as unknown as AnyCheck;
  return runCheck(check, fn, check.cases).failure;
};
const byte = (q: number): number => Math.min(255, Math.max(0, q));

describe('assignment 5 takes what students may give', () => {
  it.each<[Id, unknown]>([
    [
      'quantize-symmetric',
      (values: number[], scale: number, bits: number) =>
        Int8Array.from(values, (x) => {
          const limit = 2 ** (bits - 1) - 1;
          return Math.max(-limit, Math.min(limit, roundHalfEven(x / scale)));
        }),
    ],
    [
      'quantize-symmetric',
      // Gives -0 for small negative numbers, which as an integer is 0.
      (values: number[], scale: number, bits: number) =>
        values.map((x) => {
          const limit = 2 ** (bits - 1) - 1;
          const q = Math.sign(x) * roundHalfEven(Math.abs(x) / scale);
          return Math.max(-limit, Math.min(limit, q));
        }),
    ],
    [
      'channel-scales',
      (weights: number[], depth: number, channels: number, bits: number) => {
        const most = new Float32Array(channels);
        for (let i = 0; i < depth * channels; i++)
          most[i % channels] = Math.max(most[i % channels] ?? 0, Math.abs(weights[i] ?? 0));
        return most.map((m) => (m === 0 ? 1 : m / (2 ** (bits - 1) - 1)));
      },
    ],
    [
      'requantize',
      (sums: number[], factors: number[], zeroPoint: number) =>
        Uint8Array.from(sums, (sum, i) =>
          byte(roundHalfEven(sum * (factors[i % factors.length] ?? 0)) + zeroPoint),
        ),
    ],
    [
      'fixed-point',
      (factor: number) => {
        const exponent = Math.floor(Math.log2(factor)) + 1;
        const multiplier = Math.round(factor * 2 ** (31 - exponent));
        return multiplier === 2 ** 31
          ? { multiplier: 2 ** 30, shift: 30 - exponent }
          : { multiplier, shift: 31 - exponent };
      },
    ],
  ])('%s', (id, fn) => {
    expect(tell(id, fn)).toBeUndefined();
  });
});

describe('assignment 5 tells what is wrong with typed arrays', () => {
  it('says that a Uint8Array wraps around', () => {
    const wrapping = (sums: number[], factors: number[], zeroPoint: number) =>
      Uint8Array.from(
        sums,
        (sum, i) => roundHalfEven(sum * (factors[i % factors.length] ?? 0)) + zeroPoint,
      );
    expect(tell('requantize', wrapping)?.hint?.en).toContain('wrapped around');
  });

  it('says that 16-bit sums ran over', () => {
    const short = (
      x: number[],
      zeroPoint: number,
      w: number[],
      [m, k, n]: [number, number, number],
    ) => {
      const sums = new Int16Array(m * n);
      for (let i = 0; i < m * n; i++)
        for (let d = 0; d < k; d++)
          sums[i] =
            (sums[i] ?? 0) +
            ((x[Math.floor(i / n) * k + d] ?? 0) - zeroPoint) * (w[d * n + (i % n)] ?? 0);
      return sums;
    };
    expect(tell('product-int32', short)?.hint?.en).toContain('16 bits');
  });

  it('shows the bits of a code that is one too high', () => {
    const high = (values: number[], scale: number) => values.map((x) => Math.ceil(x / scale));
    const failure = tell('quantize-symmetric', high);
    expect(failure?.difference.path).toBe('[1]');
    expect(failure?.difference.bits?.expected).toBe(18);
    expect(failure?.difference.bits?.got).toBe(19);
  });
});

describe('the references of assignment 5', () => {
  const values = Array.from({ length: 24 }, (_, i) => Math.sin(i * 2.3) * (1 + (i % 4)));

  it('agree with the library’s quantization of tensors', () => {
    const { reference: scaleOf } = LINEAR_QUANTIZATION['symmetric-scale'];
    const { reference: codesOf } = LINEAR_QUANTIZATION['quantize-symmetric'];
    const { reference: scalesOf } = LINEAR_QUANTIZATION['channel-scales'];
    for (const bits of [8, 4, 3, 2]) {
      const scheme = { kind: 'affine', bits, symmetric: true } as const;
      const whole = quantizeTensor(values, scheme);
      const scale = whole.parameters[0]?.scale ?? NaN;
      expect(scaleOf(values, bits)).toBeCloseTo(scale, 6);
      expect(codesOf(values, scale, bits)).toEqual(Array.from(whole.codes));
      const channels = quantizeTensor(values, scheme, {
        shape: [6, 4],
        granularity: 'per-channel',
      });
      const scales = scalesOf(values, 6, 4, bits) as number[];
      channels.parameters.forEach((one, c) => {
        expect(scales[c]).toBeCloseTo(one.scale ?? NaN, 6);
      });
    }
  });

  it('agree with the library’s product of integers', async () => {
    const params = asymmetricParams(-4, 4);
    const x = Uint8Array.from(values, (v) =>
      byte(roundHalfEven(v / params.scale) + params.zeroPoint),
    );
    const w = Int8Array.from(values, (v) => Math.round(v * 30));
    const { sums } = await integerMatMul(
      { codes: x, format: 'uint8', shape: [4, 6], zeroPoint: params.zeroPoint },
      { codes: new Uint8Array(w.buffer), format: 'int8', shape: [6, 4] },
      { execution: 'simulated' },
    );
    const { reference } = LINEAR_QUANTIZATION['product-int32'];
    expect(reference([...x], params.zeroPoint, [...w], [4, 6, 4])).toEqual([...sums]);
  });
});
