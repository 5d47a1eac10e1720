import { describe, expect, it } from 'vitest';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks } from '../formats/blocks';
import { undoDoubleQuantize, doubleQuantize } from '../formats/double-quantization';
import { limits } from '../formats/limits';
import {
  differences,
  FLOAT_TYPES,
  float32s,
  generator,
  python,
} from '../formats/ml-dtypes.fixture';
import { BLOCK_WEIGHT_FORMATS, FLOAT_WEIGHT_FORMATS } from '../formats/names';
import { INT8 } from '../integer/affine';
import { bitsPerWeight, packedWeightBytes } from './weight-bytes';
import { type CodeScheme, decodeWeights, encodeWeights } from './weight-codes';

const DEPTH = 96;
const CHANNELS = 5;
const random = generator(31);
/** Of sizes that differ from channel to channel, with zeros and a largest of either sign. */
const matrix = Float32Array.from({ length: DEPTH * CHANNELS }, (_, i) => {
  const x = (random() / 2 ** 32 - 0.5) * 2 ** ((i % CHANNELS) * 3 - 6);
  return i % 17 === 0 ? 0 : x;
});

const encode = (options: Partial<CodeScheme> & Pick<CodeScheme, 'format'>, values = matrix) =>
  encodeWeights(
    values,
    CHANNELS,
    { granularity: 'per-channel', rule: 'absmax', int8: INT8, ...options },
    'layer',
  );

/** NumPy: absmax over the format's largest value, the quotient in float32, ml_dtypes' cast. */
const JUDGE = `
w = get(np.float32)[:${DEPTH * CHANNELS}].reshape(${DEPTH}, ${CHANNELS})
def tf32(x):
    b = x.view(np.uint32).astype(np.uint64)
    return (((b + 0xfff + ((b >> 13) & 1)) >> 13) << 13).astype(np.uint32).view(np.float32)
def judge(cast, top, size, none):
    g = w.reshape(-1, size, ${CHANNELS})
    s = np.ones((g.shape[0], 1, ${CHANNELS}), np.float32) if none else (np.abs(g).max(1, keepdims=True).astype(np.float64) / top).astype(np.float32)
    x = (g.astype(np.float64) / s).astype(np.float32)
    return (cast(np.clip(x, -top, top)).astype(np.float64) * s).astype(np.float32)
`;

const ROUNDED = FLOAT_WEIGHT_FORMATS.map((format) => ({
  format,
  max: limits(format).max,
  cast: format === 'tf32' ? 'tf32' : `lambda x: x.astype(${FLOAT_TYPES[format]})`,
}));

describe('weights in float formats', () => {
  it.each([
    ['a scale per channel', 'per-channel', 'absmax', DEPTH, 'False'],
    ['a scale per 32 of a channel', { group: 32 }, 'absmax', 32, 'False'],
    ['no scale', 'per-channel', 'none', DEPTH, 'True'],
  ] as const)('with %s are what NumPy and ml_dtypes round', (_, granularity, rule, size, none) => {
    const calls = ROUNDED.map(
      ({ cast, max }) => `put(judge(${cast}, ${max}, ${size}, ${none}) + np.float32(0))`,
    );
    const expected = float32s(python(`${JUDGE}\n${calls.join('\n')}`, matrix));
    const found = ROUNDED.flatMap(({ format }) =>
      // The sign of zero says nothing of a weight.
      Array.from(decodeWeights(encode({ format, granularity, rule })), (x) => x + 0),
    );
    expect(differences(found, expected)).toEqual([]);
  });

  it('fill the format: the largest of each channel becomes the largest number, by 65504 and 448', () => {
    for (const [format, max] of [
      ['fp16', 65504],
      ['e4m3', 448],
      ['e5m2', 57344],
      ['e2m1', 6],
    ] as const) {
      const weights = encode({ format });
      const scales = Array.from({ length: CHANNELS }, (_, c) =>
        Math.fround(
          matrix.reduce(
            (most, x, i) => (i % CHANNELS === c ? Math.max(most, Math.abs(x)) : most),
            0,
          ) / max,
        ),
      );
      expect([...weights.scales]).toEqual(scales);
    }
  });

  it('have one scale for all, or one that is a power of two and saturates nothing', () => {
    const shared = encode({ format: 'e4m3', granularity: 'per-tensor' });
    expect(new Set(shared.scales).size).toBe(1);
    const powers = encode({ format: 'e4m3', rule: 'power-of-two' });
    const exact = encode({ format: 'e4m3' });
    powers.scales.forEach((scale, c) => {
      expect(Number.isInteger(Math.log2(scale))).toBe(true);
      expect(scale).toBeGreaterThanOrEqual(exact.scales[c] ?? NaN);
      expect(scale).toBeLessThan(2 * (exact.scales[c] ?? NaN));
    });
  });

  it('are nearer by mse than by absmax, where the format is narrow', () => {
    const error = (rule: CodeScheme['rule']): number =>
      decodeWeights(encode({ format: 'e2m1', rule })).reduce(
        (sum, w, i) => sum + (w - (matrix[i] ?? NaN)) ** 2,
        0,
      );
    expect(error('mse')).toBeLessThan(error('absmax'));
  });

  it('saturate without a scale, and keep a matrix of zeros', () => {
    const large = new Float32Array(CHANNELS).fill(1e6);
    expect(decodeWeights(encode({ format: 'fp16', rule: 'none' }, large))[0]).toBe(65504);
    const zeros = new Float32Array(2 * CHANNELS);
    for (const format of FLOAT_WEIGHT_FORMATS) {
      expect([...decodeWeights(encode({ format }, zeros))].map((x) => x + 0)).toEqual([...zeros]);
    }
  });

  it('take as many bytes as their codes and scales do', () => {
    expect(packedWeightBytes(encode({ format: 'e4m3' }))).toBe(480 + 4 * 5);
    expect(packedWeightBytes(encode({ format: 'fp16', rule: 'none' }))).toBe(960);
    expect(packedWeightBytes(encode({ format: 'tf32', rule: 'none' }))).toBe((480 * 19) / 8);
    expect(packedWeightBytes(encode({ format: 'e3m2' }))).toBe(360 + 4 * 5);
  });
});

describe('weights in blocks', () => {
  it.each(BLOCK_WEIGHT_FORMATS)(
    '%s are those of each channel alone, the last block shorter',
    (format) => {
      for (const depth of [96, 70, 20]) {
        const part = matrix.slice(0, depth * CHANNELS);
        const weights = encode({ format }, part);
        const found = decodeWeights(weights);
        const { size, scale } = BLOCK_FORMATS[format];
        const blocks = Math.ceil(depth / size);
        expect(weights.scales).toHaveLength(blocks * CHANNELS);
        for (let c = 0; c < CHANNELS; c++) {
          const column = part.filter((_, i) => i % CHANNELS === c);
          const expected = decodeBlocks(encodeBlocks(format, column));
          expect(
            differences(
              found.filter((_, i) => i % CHANNELS === c),
              expected,
            ),
          ).toEqual([]);
        }
        const codes = Math.ceil((part.length * Math.trunc(bitsPerWeight(format))) / 8);
        expect(packedWeightBytes(weights)).toBe(
          codes + blocks * CHANNELS * (scale === 'e8m0' ? 1 : 4),
        );
      }
    },
  );

  it('nf4 with its scales quantized in turn is what doubleQuantize keeps of the channels in a row', () => {
    const part = matrix.slice(0, 64 * CHANNELS);
    const weights = encode({ format: 'nf4', isDouble: true }, part);
    const rows = Float32Array.from(
      part,
      (_, i) => part[(i % 64) * CHANNELS + Math.floor(i / 64)] ?? 0,
    );
    const expected = undoDoubleQuantize(doubleQuantize(rows));
    const found = decodeWeights(weights);
    const inRows = found.map((_, i) => found[(i % 64) * CHANNELS + Math.floor(i / 64)] ?? 0);
    expect(differences(inRows, expected)).toEqual([]);
    // A byte a scale, a float32 for all of them, and the mean.
    expect(packedWeightBytes(weights)).toBe((64 * CHANNELS) / 2 + CHANNELS + 4 + 4);
  });
});
