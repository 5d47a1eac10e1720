import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AllocationTrace, isAlive } from '../../analysis/memory/allocations';
import { nativeMemory } from '../../backend/load';
import { loadBackend } from '../../start';
import { float32s, python } from '../../formats/ml-dtypes.fixture';
import { decodeArray, encodeArray } from '../../formats/arrays';
import { quantizeTensor } from '../../schemes/quantize-tensor';
import { ArrayStore } from './array-store';
import { quantizeGroups } from './codes';
import { LayerKvCache } from './kv-cache';
import { KV_FORMATS, type KvCacheOptions, type KvFormat } from './layout';
import { NativeStore } from './native-store';
import { throughCodes } from './reference.fixture';
import { kvCacheSize } from './size';

beforeAll(() => {
  loadBackend();
});

/** In native memory at once: tfjs hands numbers over when an op first wants them. */
const random = (shape: [number, number, number, number], seed: number): Tensor4D =>
  tf.tidy(() => tf.neg(tf.randomNormal(shape, 0, 1, 'float32', seed)));

const tokens = (x: Tensor4D, from: number, to: number): Tensor4D => {
  const [batch, heads, , width] = x.shape;
  return tf.slice(x, [0, 0, from, 0], [batch, heads, to - from, width]);
};

/** Appends a prompt of `prompt` tokens and then one by one. */
function filled(cache: KvFormat | KvCacheOptions, keys: Tensor4D, values: Tensor4D, prompt = 3) {
  const [, , length, width] = keys.shape;
  const layer = new LayerKvCache(cache, width);
  for (let at = 0; at < length; at = at === 0 ? prompt : at + 1) {
    const to = at === 0 ? prompt : at + 1;
    tf.tidy(() => {
      layer.append(tokens(keys, at, to), tokens(values, at, to));
    });
  }
  return layer;
}

const OPTIONS: readonly KvCacheOptions[] = [
  ...KV_FORMATS.map((format) => ({ format })),
  { format: 'int8', symmetric: false, groupSize: 4 },
  { format: 'int4', symmetric: true, groupSize: 2 },
  { format: 'int4', residual: 4 },
  { format: 'int4', keys: 'per-channel', tokensPerGroup: 4 },
  { format: 'int2', keys: 'per-channel', tokensPerGroup: 3, residual: 5 },
  { format: 'mxfp4', residual: 4 },
];

describe.each(OPTIONS.map((options) => [JSON.stringify(options), options] as const))(
  'a cache with %s',
  (_, options) => {
    it('keeps NaN in its sequence', () => {
      const keys = random([2, 1, 9, 12], 3);
      const spoiled = tf.tidy(() => {
        const marks = new Float32Array(2 * 9 * 12);
        marks[9 * 12 + 5] = NaN;
        return tf.add<Tensor4D>(keys, tf.tensor4d(marks, [2, 1, 9, 12]));
      });
      const [plain, bad] = [keys, spoiled].map((x) => {
        const layer = filled(options, x, x);
        const [read] = layer.read();
        layer.dispose();
        return read.dataSync();
      });
      expect(bad?.slice(0, 9 * 12)).toEqual(plain?.slice(0, 9 * 12));
      expect(bad?.[9 * 12 + 5]).toBeNaN();
    });

    it('holds as many bytes as the formula says, and as native memory has', () => {
      const [keys, values] = [random([2, 3, 13, 12], 1), random([2, 3, 13, 12], 2)];
      const trace = new AllocationTrace();
      trace.start();
      const layer = filled(options, keys, values);
      trace.stop();
      const alive = trace.allocations.filter((allocation) => isAlive(allocation, trace.now));
      const native = alive.reduce((sum, { bytes }) => sum + bytes, 0);
      const formula = kvCacheSize({
        layers: 1,
        heads: 3,
        headDim: 12,
        sequence: 13,
        batch: 2,
        ...options,
      });
      expect(layer.bytes).toBe(formula.totalBytes);
      expect(native).toBe(formula.totalBytes);
      layer.dispose();
      tf.dispose([keys, values]);
    });

    it('does not depend on how the tokens came, and leaves nothing behind', () => {
      const [keys, values] = [random([1, 2, 11, 8], 3), random([1, 2, 11, 8], 4)];
      const before = nativeMemory()?.handles;
      const tensors = tf.memory().numTensors;
      tf.tidy(() => {
        const [oneByOne, atOnce] = [filled(options, keys, values, 1), new LayerKvCache(options, 8)];
        atOnce.append(keys, values);
        oneByOne.read().forEach((side, i) => {
          expect(side.shape).toEqual([1, 2, 11, 8]);
          expect(side.dataSync()).toEqual(atOnce.read()[i]?.dataSync());
        });
        oneByOne.dispose();
        atOnce.dispose();
      });
      expect(tf.memory().numTensors).toBe(tensors);
      expect(nativeMemory()?.handles).toBe(before);
    });
  },
);

describe('float formats', () => {
  it.each(['bf16', 'fp16', 'e4m3', 'e5m2'] as const)(
    'give back the nearest number of %s',
    (format) => {
      const keys = random([1, 2, 5, 8], 5);
      const layer = filled(format === 'e4m3' ? 'fp8' : format, keys, keys);
      const [kept] = layer.read();
      const expected = decodeArray(format, encodeArray(format, keys.dataSync<'float32'>()));
      expect(tf.cast(kept, 'float32').dataSync()).toEqual(expected);
      layer.dispose();
    },
  );

  it.each([
    ['fp8', 448],
    ['e5m2', 57344],
  ] as const)('saturate in %s', (format, max) => {
    const layer = new LayerKvCache(format, 2);
    const x = tf.tensor4d([1e6, -1e9], [1, 1, 1, 2]);
    layer.append(x, x);
    expect([...layer.read()[0].dataSync()]).toEqual([max, -max]);
    layer.dispose();
  });
});

describe('integer formats', () => {
  let x: Tensor4D;
  beforeAll(() => {
    x = random([1, 2, 6, 8], 6);
  });

  it.each([
    ['int8', 8, true, 8],
    ['int8', 8, false, 4],
    ['int4', 4, false, 8],
    ['int4', 4, true, 2],
    ['int2', 2, false, 4],
  ] as const)(
    '%s (%d bits, symmetric: %s, groups of %d) agree number by number with plain arrays',
    (format, bits, symmetric, groupSize) => {
      const layer = filled({ format, symmetric, groupSize }, x, x);
      const expected = throughCodes(x.dataSync<'float32'>(), { bits, symmetric, group: groupSize });
      // Adding 0 makes -0 of the reference and 0 of the cache the same.
      const plus = (numbers: ArrayLike<number>): number[] => Array.from(numbers, (n) => n + 0);
      expect(plus(layer.read()[0].dataSync())).toEqual(plus(expected));
      layer.dispose();
    },
  );

  it("agree with the library's own quantizer of tensors but for the scale in fp16", () => {
    const kept = quantizeTensor(
      x.dataSync<'float32'>(),
      { kind: 'affine', bits: 8, symmetric: true },
      { shape: [1, 2, 6, 8], granularity: { kind: 'group', axis: 3, size: 8 } },
    ).dequantize();
    const layer = filled('int8', x, x);
    layer
      .read()[0]
      .dataSync()
      .forEach((value, i) => {
        // Half a step more or less, and 2^-11 of a value of up to 4.
        expect(Math.abs(value - (kept[i] ?? NaN))).toBeLessThan(4 / 127);
      });
    layer.dispose();
  });

  it('pack two 4-bit codes a byte, the first in the low half', () => {
    const four = tf.tensor4d([0, 1, 2, 15, 3], [1, 1, 1, 5]);
    const layout = {
      kind: 'codes',
      bits: 4,
      symmetric: false,
      along: 'width',
      group: 5,
      residual: 0,
    } as const;
    const { bytes, scales, zeroPoints } = quantizeGroups(four, layout);
    expect([...bytes.dataSync()]).toEqual([0 + 16 * 1, 2 + 16 * 15, 3]);
    expect([...scales.dataSync()]).toEqual([1]);
    expect(zeroPoints?.dataSync()[0]).toBeCloseTo(0, 9);
  });

  it('give a channel that is large for every token a scale of its own', () => {
    const outliers = tf.tidy(() => tf.mul(random([1, 1, 32, 8], 7), [1, 1, 60, 1, 1, 1, 1, 1]));
    const error = (options: KvCacheOptions): number => {
      const layer = filled(options, outliers as Tensor4D, outliers as Tensor4D, 32);
      const others = tf.tensor1d([1, 1, 0, 1, 1, 1, 1, 1]);
      const of = tf.mean(tf.abs(tf.mul(tf.sub(layer.read()[0], outliers), others)));
      layer.dispose();
      return of.dataSync()[0] ?? NaN;
    };
    const perToken = error({ format: 'int4' });
    const perChannel = error({ format: 'int4', keys: 'per-channel', tokensPerGroup: 32 });
    expect(perChannel).toBeLessThan(perToken / 5);
  });

  it('keep zeros, and what is too small for a scale, as zero', () => {
    const layer = new LayerKvCache('int8', 2);
    const small = tf.tensor4d([0, 0, 1e-9, -1e-9], [1, 1, 2, 2]);
    layer.append(small, small);
    expect([...layer.read()[0].dataSync()].map(Math.abs)).toEqual([0, 0, 0, 0]);
    layer.dispose();
  });

  it('keep the newest tokens exact where asked to', () => {
    const keys = random([1, 1, 9, 8], 8);
    const layer = filled({ format: 'int4', residual: 4 }, keys, keys);
    const [kept] = layer.read();
    expect(tokens(kept, 5, 9).dataSync()).toEqual(tokens(keys, 5, 9).dataSync());
    expect(tokens(kept, 0, 5).dataSync()).not.toEqual(tokens(keys, 0, 5).dataSync());
    layer.dispose();
  });
});

/** The oracle: ml_dtypes' elements, with scales by the OCP specification (6.3) and QLoRA. */
const BLOCKS_BY_ML_DTYPES = `
ELEMENTS = {'mxfp8_e4m3': (ml.float8_e4m3fn, 448, 8), 'mxfp8_e5m2': (ml.float8_e5m2, 57344, 15),
  'mxfp6_e3m2': (ml.float6_e3m2fn, 28, 4), 'mxfp6_e2m3': (ml.float6_e2m3fn, 7.5, 2), 'mxfp4': (ml.float4_e2m1fn, 6, 2)}
NF4 = np.float32([-1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0.0,
  0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0])
def blocks(x, name):
    absmax = np.abs(x).max()
    if absmax == 0: return x
    if name == 'nf4':
        return NF4[np.abs((x / absmax)[:, None] - NF4[None]).argmin(1)] * absmax
    exponent = np.floor(np.log2(absmax))
    if name == 'mxint8':
        scale = np.float32(2.0 ** exponent)
        return np.clip(np.rint(x / scale * 64), -127, 127) / 64 * scale
    dtype, top, emax = ELEMENTS[name]
    scale = np.float32(2.0 ** (exponent - emax))
    return np.clip(x / scale, -top, top).astype(dtype).astype(np.float32) * scale
def heads(x, name, size):
    return np.concatenate([blocks(row[i:i + size], name) for row in x for i in range(0, len(row), size)])
`;

describe('blocks', () => {
  it.each([
    ['mxfp8', 'mxfp8_e4m3'],
    ['mxfp8-e5m2', 'mxfp8_e5m2'],
    ['mxfp6-e3m2', 'mxfp6_e3m2'],
    ['mxfp6', 'mxfp6_e2m3'],
    ['mxfp4', 'mxfp4'],
    ['mxint8', 'mxint8'],
    ['normalfloat4', 'nf4'],
  ] as const)(
    "of %s along a head's width are as ml_dtypes has them, the last shorter",
    (name, format) => {
      const width = 72;
      const keys = tf.tidy(() => tf.mul<Tensor4D>(random([1, 2, 5, width], 11), 3));
      const values = keys.dataSync<'float32'>();
      const size = format === 'nf4' ? 64 : 32;
      const expected = float32s(
        python(
          `${BLOCKS_BY_ML_DTYPES}\nput(heads(get(np.float32).reshape(-1, ${width}), '${format}', ${size}).astype(np.float32))`,
          values,
        ),
      );
      const layer = filled(name, keys, keys);
      const [kept] = layer.read();
      const plus = (numbers: ArrayLike<number>): number[] => Array.from(numbers, (n) => n + 0);
      expect(plus(kept.dataSync())).toEqual(plus(expected));
      layer.dispose();
    },
  );

  it('take the bits of their elements and their scales', () => {
    const bits = (format: KvFormat): number =>
      (8 * kvCacheSize({ layers: 1, heads: 1, headDim: 128, sequence: 1, format }).totalBytes) /
      256;
    expect(bits('mxfp8')).toBe(8.25);
    expect(bits('mxfp6')).toBe(6.25);
    expect(bits('mxfp4')).toBe(4.25);
    expect(bits('nf4')).toBe(4.5);
  });

  it('have no groups of their own', () => {
    expect(() => new LayerKvCache({ format: 'mxfp8', groupSize: 16 }, 64)).toThrow(
      /groupSize is for integer formats; mxfp8_e4m3 has blocks of 32 along the width of a head/,
    );
  });
});

describe('typed arrays, where TensorFlow is not there', () => {
  it.each(['fp32', 'bf16', 'fp16', 'e4m3', 'e5m2', 'uint8'] as const)(
    'hold %s as native memory does, to the byte',
    (format) => {
      const x = tf.tidy(() =>
        tf.clipByValue(tf.round(tf.mul(random([2, 2, 7, 3], 9), 90)), 0, 255),
      );
      const stores = [new ArrayStore(format), new NativeStore(format)];
      const [array, native] = stores.map((store) => {
        for (const [from, to] of [
          [0, 4],
          [4, 5],
          [5, 7],
        ] as const) {
          store.append(tokens(x as Tensor4D, from, to));
        }
        const first = store.shift(2);
        const read = store.read();
        return {
          first: [...first.dataSync()],
          read: [...read.dataSync()],
          shapes: [first.shape, read.shape],
          bytes: store.bytes,
        };
      });
      expect(array).toEqual(native);
    },
  );
});

describe('kvCacheSize', () => {
  it('is what the papers have: Llama 2 7B with 4096 tokens in fp16 takes 2 GiB', () => {
    const llama = { layers: 32, heads: 32, headDim: 128, sequence: 4096 };
    expect(kvCacheSize({ ...llama, format: 'fp16' }).totalBytes).toBe(2 * 2 ** 30);
    expect(kvCacheSize({ ...llama, kvHeads: 8, format: 'fp16' }).totalBytes).toBe(2 ** 29);
    expect(kvCacheSize({ ...llama, kvHeads: 1, format: 'fp32' }).totalBytes).toBe(2 ** 27);
  });

  it('counts scales and zero points: 4.75 bits a value in int4 with groups of 32', () => {
    const { totalBytes, valueBytes, scaleBytes } = kvCacheSize({
      layers: 1,
      heads: 1,
      headDim: 128,
      sequence: 1,
      format: 'int4',
    });
    expect(valueBytes).toBe(128);
    expect(scaleBytes).toBe(2 * 4 * 3);
    expect((totalBytes * 8) / 256).toBe(4.75);
  });

  it('refuses what cannot be, by name', () => {
    const size = (more: object): unknown =>
      kvCacheSize({ layers: 2, heads: 4, headDim: 8, sequence: 16, format: 'int8', ...more });
    expect(() => size({ layers: 0 })).toThrow(/layers is 0; allowed are integers from 1/);
    expect(() => size({ kvHeads: 3 })).toThrow(/kvHeads is 3, which does not divide the 4 heads/);
    expect(() => size({ format: 'int5' })).toThrow(/Unknown cache format 'int5'.*int8/s);
    expect(() => size({ groupSize: 3 })).toThrow(/groupSize 3.*allowed are 1, 2, 4, 8/);
    expect(() => size({ residual: -1 })).toThrow(/residual is -1/);
    expect(() => size({ format: 'bf16', groupSize: 4 })).toThrow(
      /groupSize is for integer formats/,
    );
    expect(() => size({ tokensPerGroup: 4 })).toThrow(/per-channel keys only/);
    expect(() => size({ keys: 'per-head' })).toThrow(/keys is 'per-head'/);
  });
});
