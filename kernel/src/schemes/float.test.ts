import { describe, expect, it } from 'vitest';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks } from '../formats/blocks';
import { limits } from '../formats/limits';
import {
  differences,
  FLOAT_TYPES,
  FLOATS,
  float32s,
  generator,
  python,
} from '../formats/ml-dtypes.fixture';
import { BLOCK_WEIGHT_FORMATS } from '../formats/names';
import type { WeightName } from '../formats/uses';
import { quantizeTensor } from './quantize-tensor';

const SHAPE = [6, 70] as const;
const random = generator(41);
const values = Float32Array.from({ length: 420 }, (_, i) =>
  i === 3 ? 0 : (random() / 2 ** 32 - 0.5) * 2 ** ((i % 5) - 2),
);

/** As quantize has them: E8M0 has no sign, and is none of weights. */
const TYPED = FLOATS.filter((format) => format !== 'e8m0');

describe('float schemes', () => {
  it('show the arithmetic of FP16 by absmax: x, x/scale with 65504, the bits, and back', () => {
    const tensor = quantizeTensor([-0.5, 0.3, 1.2, -2.1], {
      kind: 'float',
      format: 'fp16',
      rule: 'absmax',
    });
    const scale = Math.fround(Math.fround(2.1) / 65504);
    expect(tensor.parameters).toEqual([{ scale, max: 65504 }]);
    // -0.5 / scale is -15596.19, between the multiples of 8 of fp16: -15600 = -(1 + 926/1024) * 2^13.
    const [first, , , last] = tensor.working;
    expect(first).toMatchObject({ x: -0.5, rounded: -15600, q: 0x8000 + (28 << 10) + 926 });
    expect(first?.scaled).toBeCloseTo((-0.5 * 65504) / 2.1, 1);
    expect(first?.dequantized).toBeCloseTo(-15600 * scale, 6);
    expect(first?.error).toBeCloseTo(-15600 * scale + 0.5, 6);
    expect(last).toMatchObject({ rounded: -65504, q: 0xfbff, error: 0 });
    expect(String(tensor)).toMatch(/fp16, by absmax/);
    expect(String(tensor)).toContain('0xfbff');
  });

  it.each(['absmax', 'none'] as const)('by %s have the bits of ml_dtypes', (rule) => {
    const calls = TYPED.map((format) => {
      const { max } = limits(format);
      const scale =
        rule === 'none' ? '1' : `np.abs(v).max(0, keepdims=True).astype(np.float64) / ${max}`;
      const type = FLOAT_TYPES[format];
      return (
        `s = np.broadcast_to(np.float32(${scale}), (1, 70))\nx = np.clip((v.astype(np.float64) / s).astype(np.float32), -${max}, ${max}).astype(${type})\n` +
        `u = np.uint16 if np.dtype(${type}).itemsize == 2 else np.uint8\n` +
        `put(np.stack([x.view(u).astype(np.float32), (x.astype(np.float64) * s).astype(np.float32)]))`
      );
    });
    const expected = float32s(
      python(`v = get(np.float32).reshape(6, 70)\n${calls.join('\n')}`, values),
    );
    const found = TYPED.flatMap((format) => {
      const options = { shape: SHAPE, granularity: { kind: 'axis', axis: 1 } } as const;
      const tensor = quantizeTensor(values, { kind: 'float', format, rule }, options);
      return [...tensor.codes, ...tensor.dequantize()];
    });
    expect(differences(found, expected)).toEqual([]);
  });

  it('go by the names of quantize, with a scale where it has one', () => {
    const named = (format: string) =>
      quantizeTensor([0.5, 1], { kind: 'float', format: format as WeightName });
    expect(named('fp8').parameters).toEqual([{ scale: Math.fround(1 / 448), max: 448 }]);
    expect(named('fp16').parameters[0]?.scale).toBe(1);
    expect(named('float16').dequantize()).toEqual(Float32Array.of(0.5, 1));
  });

  it('without a scale say what became the largest number', () => {
    const tensor = quantizeTensor([1e5, 1, -1e9], { kind: 'float', format: 'fp16' });
    expect([...tensor.dequantize()]).toEqual([65504, 1, -65504]);
    expect(tensor.notes).toEqual(['2 of 3 elements are beyond ±65504 and became that.']);
  });

  it('of other kinds of formats are refused', () => {
    const bad = (scheme: object) => () => quantizeTensor([1], scheme as never);
    expect(bad({ kind: 'float', format: 'int8' })).toThrow(
      /'int8' is not a format of kind 'float'/,
    );
    expect(bad({ kind: 'float' })).toThrow(/allowed are tf32, bf16, fp16/);
    expect(bad({ kind: 'block', format: 'fp8' })).toThrow(/not a format of kind 'block'/);
    expect(bad({ kind: 'float', format: 'fp8', rule: 'absmax/127' })).toThrow(/Unknown scale rule/);
    expect(() =>
      quantizeTensor([1], { kind: 'block', format: 'nf4' }, { granularity: 'per-tensor' }),
    ).toThrow(/nf4 has no granularity to choose/);
  });
});

describe('block schemes', () => {
  it.each(BLOCK_WEIGHT_FORMATS)(
    '%s are encodeBlocks of each row, the last block shorter',
    (format) => {
      const tensor = quantizeTensor(values, { kind: 'block', format }, { shape: SHAPE });
      const rows = Array.from({ length: 6 }, (_, r) =>
        encodeBlocks(format, values.slice(70 * r, 70 * (r + 1))),
      );
      expect([...tensor.codes]).toEqual(rows.flatMap(({ codes }) => [...codes]));
      const numbers = rows.flatMap((row) => [...decodeBlocks(row)]);
      expect(differences(tensor.dequantize(), numbers)).toEqual([]);
      expect(tensor.parameters).toHaveLength(6 * Math.ceil(70 / BLOCK_FORMATS[format].size));
    },
  );

  it('lie along the axis that is given', () => {
    const tall = quantizeTensor(
      values,
      { kind: 'block', format: 'mxfp4', axis: 0 },
      { shape: [70, 6] },
    );
    const column = values.filter((_, i) => i % 6 === 2);
    const expected = decodeBlocks(encodeBlocks('mxfp4', column));
    expect(
      differences(
        tall.dequantize().filter((_, i) => i % 6 === 2),
        expected,
      ),
    ).toEqual([]);
  });

  it('show that the scale is a power of two, and elements of MXINT8 as multiples of 1/64', () => {
    const tensor = quantizeTensor([5, -0.26, 1.3], { kind: 'block', format: 'mxint8' });
    expect(tensor.parameters).toEqual([{ scale: 4 }]);
    expect(tensor.working[0]).toMatchObject({ scaled: 1.25, rounded: 1.25, q: 80, dequantized: 5 });
    expect(tensor.working[1]).toMatchObject({ rounded: -4 / 64, q: 256 - 4, dequantized: -0.25 });
  });
});
