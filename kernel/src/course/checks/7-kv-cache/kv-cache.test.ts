import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { kvCacheSize } from '../../../generation/kv-cache/size';
import { scaledDotProductAttention } from '../../../layers/attention';
import { type AnyCheck, runCheck } from '../../run-check';
import { KV_CACHE } from '.';

const rows = (count: number, width: number, phase: number): number[][] =>
  Array.from({ length: count }, (_, t) =>
    Array.from({ length: width }, (_, i) => Math.sin(1.7 * t + 2.9 * i + phase) * 2),
  );
const tell = (id: keyof typeof KV_CACHE, fn: unknown) => {
  const check = KV_CACHE[id] as unknown as AnyCheck;
  return runCheck(check, fn, check.cases).failure;
};

describe('the references of assignment 7', () => {
  it('agree with the library’s formula of a cache', () => {
    const { reference } = KV_CACHE['cache-bytes'];
    const shape = { layers: 28, heads: 28, kvHeads: 4, headDim: 128, batch: 3 };
    for (const [bits, format] of [
      [32, 'fp32'],
      [16, 'bf16'],
      [8, 'int8'],
      [4, 'int4'],
      [2, 'int2'],
    ] as const) {
      const { valueBytes } = kvCacheSize({ ...shape, sequence: 640, format });
      expect(reference({ ...shape, tokens: 640 }, bits)).toBe(valueBytes);
    }
  });

  it('agree with causal attention over a whole text', () => {
    const { reference } = KV_CACHE['decode-step'];
    const [queries, keys, values] = [rows(9, 8, 0), rows(9, 8, 1), rows(9, 8, 2)] as const;
    const heads = (all: number[][]) => tf.tensor4d([[all]]);
    const attended = scaledDotProductAttention(heads(queries), heads(keys), heads(values), {
      causal: true,
    });
    const whole = attended.arraySync()[0]?.[0] ?? [];
    let cache: { keys: number[][]; values: number[][] } = { keys: [], values: [] };
    queries.forEach((query, t) => {
      const step = reference(cache, query, keys[t] ?? [], values[t] ?? []) as typeof cache & {
        output: number[];
      };
      cache = step;
      step.output.forEach((x, i) => {
        expect(x).toBeCloseTo(whole[t]?.[i] ?? NaN, 5);
      });
    });
  });

  it('agree with tfjs on the loss behind perplexity', () => {
    const { reference } = KV_CACHE.perplexity;
    const [logits, targets] = [rows(12, 6, 0.4), Array.from({ length: 12 }, (_, i) => (i * 5) % 6)];
    const loss = tf.losses.softmaxCrossEntropy(tf.oneHot(targets, 6), tf.tensor2d(logits));
    expect(reference(logits, targets)).toBeCloseTo(Math.exp(loss.dataSync()[0] ?? NaN), 4);
  });

  it('give numbers of a group back within half a step, but for what fp16 costs', () => {
    const { reference } = KV_CACHE['quantize-group'];
    for (const bits of [2, 4, 8]) {
      const values = rows(1, 32, bits)[0] ?? [];
      const { codes, scale, min } = reference(values, bits) as {
        codes: number[];
        scale: number;
        min: number;
      };
      const most = 2 ** bits - 1;
      expect(Math.max(...codes)).toBe(most);
      values.forEach((x, i) => {
        const off = Math.abs((codes[i] ?? NaN) * scale + min - x);
        expect(off).toBeLessThanOrEqual(scale / 2 + 4 * 2 ** -10);
      });
    }
  });
});

describe('assignment 7', () => {
  it('tells softmax without its largest score taken off by NaN, not by a small difference', () => {
    const naive = (query: number[], keys: number[][], values: number[][]) => {
      const exps = keys.map((key) =>
        Math.exp(key.reduce((sum, k, i) => sum + k * (query[i] ?? 0), 0) / Math.sqrt(query.length)),
      );
      const sum = exps.reduce((a, b) => a + b, 0);
      return (values[0] ?? []).map((_, i) =>
        exps.reduce((total, e, t) => total + (e / sum) * (values[t]?.[i] ?? 0), 0),
      );
    };
    const failure = tell('attend', naive);
    expect(failure?.number).toBe(3);
    expect(failure?.hint?.en).toContain('ran over');
  });

  it('says of a cache that was changed in place what it says of one that was forgotten', () => {
    const { reference } = KV_CACHE['decode-step'];
    const inPlace = (
      cache: { keys: number[][]; values: number[][] },
      ...token: [number[], number[], number[]]
    ) => {
      const step = reference(cache, ...token) as { output: number[] };
      return { output: step.output, keys: cache.keys, values: cache.values };
    };
    expect(tell('decode-step', inPlace)?.hint?.en).toContain('lacks the new token');
  });

  it('takes packing by multiplication as well as by shifts', () => {
    const pack = (codes: number[], bits: number) => {
      const each = 8 / bits;
      const bytes = new Uint8Array(Math.ceil(codes.length / each));
      codes.forEach((code, i) => {
        const at = Math.floor(i / each);
        bytes[at] = (bytes[at] ?? 0) + code * 2 ** (bits * (i % each));
      });
      return bytes;
    };
    expect(tell('pack-codes', pack)).toBeUndefined();
  });
});
