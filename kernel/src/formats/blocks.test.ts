import { describe, expect, it } from 'vitest';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks, type BlockFormatId } from './blocks';
import { doubleQuantize, undoDoubleQuantize } from './double-quantization';
import { differences, float32s, generator, python } from './ml-dtypes.fixture';
import { packCodes, PACKED_BITS, packedBytes, unpackCodes } from './packing';

/** Normal numbers of scales that differ from block to block. */
function samples(count: number): Float32Array {
  const random = generator(21);
  const unit = (): number => (random() + 0.5) / 2 ** 32;
  let scale = 1;
  return Float32Array.from({ length: count }, (_, i) => {
    if (i % 32 === 0) scale = 2 ** Math.round((unit() - 0.5) * 40);
    return scale * Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  });
}

/** The OCP MX v1.0 conversion with NumPy and ml_dtypes: frexp for the exponent, casts for elements. */
const MX = (type: string, emax: number, max: number): string => `
v = get(np.float32).astype(np.float64).reshape(-1, 32)
amax = np.abs(v).max(1, keepdims=True)
shared = np.where(amax > 0, np.frexp(amax)[1] - 1 - ${emax}, -127)
x = 2.0 ** np.clip(shared, -127, 127)
p = np.clip(v / x, -${max}, ${max}).astype(np.float32)
p = ${type === 'int8' ? 'np.rint(p * 64) / 64 + 0' : `p.astype(${type}).astype(np.float64)`}
put((p * x).astype(np.float32))`;

describe('MX formats against NumPy and ml_dtypes', () => {
  it.each<[BlockFormatId, string, number, number]>([
    ['mxfp8_e4m3', 'ml.float8_e4m3fn', 8, 448],
    ['mxfp8_e5m2', 'ml.float8_e5m2', 15, 57344],
    ['mxfp6_e3m2', 'ml.float6_e3m2fn', 4, 28],
    ['mxfp6_e2m3', 'ml.float6_e2m3fn', 2, 7.5],
    ['mxfp4', 'ml.float4_e2m1fn', 2, 6],
    ['mxint8', 'int8', 0, 127 / 64],
  ])('%s', (id, type, emax, max) => {
    const values = samples(32 * 2000);
    const expected = float32s(python(MX(type, emax, max), values));
    expect(differences(decodeBlocks(encodeBlocks(id, values)), expected)).toEqual([]);
  });

  it('encodes a block by hand: the largest is 5, so the scale is 2^(2 - 2)', () => {
    const values = new Float32Array(32);
    values.set([5, -0.26, 1.3, 0.2]);
    const { codes, scales, bitsPerValue } = encodeBlocks('mxfp4', values);
    expect([...scales]).toEqual([127]);
    // 5 is midway between 4 (code 6) and 6 (code 7): even; -0.5, 1.5 and 0 are codes 9, 3 and 0.
    expect([...codes.slice(0, 4)]).toEqual([6, 9, 3, 0]);
    expect(bitsPerValue).toBe(4.25);
  });

  it('keeps zeros, marks what is not finite, and takes a last block that is shorter', () => {
    expect([...decodeBlocks(encodeBlocks('mxfp8_e4m3', new Float32Array(3)))]).toEqual([0, 0, 0]);
    const { scales, ...rest } = encodeBlocks('mxfp4', Float32Array.of(1, Infinity));
    expect([...scales]).toEqual([255]);
    expect([...decodeBlocks({ scales, ...rest })]).toEqual([NaN, NaN]);
    const long = samples(70);
    expect(decodeBlocks(encodeBlocks('mxfp8_e4m3', long))).toHaveLength(70);
    expect(encodeBlocks('mxfp8_e4m3', long).scales).toHaveLength(3);
    expect(() => encodeBlocks('mxfp5' as BlockFormatId, long)).toThrow(
      `Allowed: ${Object.keys(BLOCK_FORMATS).join(', ')}`,
    );
  });
});

describe('NF4', () => {
  const values = samples(64 * 500);

  it('takes the nearest value times the largest of 64, as NumPy does', () => {
    const expected = float32s(
      python(
        `n = np.array([${nf4Values()}], np.float32)\nv = get(np.float32).reshape(-1, 64)\n` +
          `a = np.abs(v).max(1, keepdims=True)\n` +
          `x = (v.astype(np.float64) / a).astype(np.float32).astype(np.float64)\n` +
          `put((n[np.abs(x[..., None] - n).argmin(-1)].astype(np.float64) * a).astype(np.float32))`,
        values,
      ),
    );
    expect(differences(decodeBlocks(encodeBlocks('nf4', values)), expected)).toEqual([]);
  });

  it('refuses what is not finite, and keeps zeros', () => {
    expect(() => encodeBlocks('nf4', Float32Array.of(1, NaN))).toThrow(/Block 0 has a NaN/);
    expect([...decodeBlocks(encodeBlocks('nf4', new Float32Array(2)))]).toEqual([0, 0]);
  });

  it('with its scales quantized too takes 4.127 bits a number and errs little more', () => {
    const evenly = values.map((x, i) => x / 2 ** Math.round(Math.log2(blockMax(values, i))));
    const twice = doubleQuantize(evenly);
    expect(twice.bitsPerValue).toBeCloseTo(4.127, 3); // QLoRA: 0.127 bits a parameter
    expect(twice.scaleCodes).toHaveLength(500);
    const error = (y: Float32Array): number =>
      Math.sqrt(evenly.reduce((sum, x, i) => sum + (x - (y[i] ?? 0)) ** 2, 0));
    const once = error(decodeBlocks(encodeBlocks('nf4', evenly)));
    expect(error(undoDoubleQuantize(twice))).toBeLessThan(1.1 * once);
    expect(error(undoDoubleQuantize(twice))).not.toBe(once);
  });
});

function nf4Values(): string {
  const all = Float32Array.from({ length: 16 }, (_, code) => code);
  return [
    ...decodeBlocks({
      ...encodeBlocks('nf4', all),
      codes: Uint8Array.from(all),
      scales: Float32Array.of(1),
    }),
  ].join();
}

function blockMax(values: Float32Array, index: number): number {
  const start = index - (index % 64);
  return values.slice(start, start + 64).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
}

describe('packed codes', () => {
  const random = generator(8);

  it.each(PACKED_BITS)('of %i bits come back, for every count', (bits) => {
    for (let count = 0; count < 40; count++) {
      const codes = Uint8Array.from({ length: count }, () => random() % 2 ** bits);
      const packed = packCodes(codes, bits);
      expect(packed).toHaveLength(packedBytes(count, bits));
      expect([...unpackCodes(packed, bits, count)]).toEqual([...codes]);
    }
  });

  it.each(PACKED_BITS)('of %i bits lie as NumPy packs bits, lowest first', (bits) => {
    const codes = Uint8Array.from({ length: 1001 }, () => random() % 2 ** bits);
    const expected = python(
      `c = get(np.uint8)\nput(np.packbits(((c[:, None] >> np.arange(${bits})) & 1).reshape(-1), bitorder='little'))`,
      codes,
    );
    expect(differences(packCodes(codes, bits), expected)).toEqual([]);
  });

  it('int4 lie as onnx packs them: the first in the low nibble', () => {
    const expected = python(
      `import onnx\nt = onnx.numpy_helper.from_array(np.array([1, -2, 7, -8, 3], ml.int4))\nput(np.frombuffer(t.raw_data, np.uint8))`,
    );
    expect([...packCodes(Uint8Array.of(1, 14, 7, 8, 3), 4)]).toEqual([...expected]);
  });

  it('refuse codes that are too large, other widths and too few bytes', () => {
    expect(() => packCodes(Uint8Array.of(3, 16), 4)).toThrow(/16 does not fit 4 bits/);
    expect(() => packCodes(Uint8Array.of(1), 5 as never)).toThrow(/allowed are 1, 2, 3, 4, 6/);
    expect(() => unpackCodes(new Uint8Array(2), 3, 6)).toThrow(/from 0 to 5/);
  });
});
