import { describe, expect, it } from 'vitest';
import { record, refusal } from '../recorder.fixture';

describe('%kvcache', () => {
  it('sizes the cache of a model', async () => {
    const { calls } = await record(
      'const model = 1;\n%kvcache model --batch 8 --formats fp16,int8',
    );
    expect(calls).toEqual([
      { name: 'kvCacheTable', args: [1, { formats: ['fp16', 'int8'], batch: 8 }] },
    ]);
  });

  it('hands over inputs that an ONNX model is run on', async () => {
    const { calls } = await record('const model = 1, x = 2;\n%kvcache model --data x');
    expect(calls).toEqual([{ name: 'kvCacheTable', args: [1, { data: { x: 2 } }] }]);
  });

  it('sizes the cache of dimensions', async () => {
    const { calls } = await record('%kvcache --layers 32 --heads 32 --kv-heads 8 --head-dim 128');
    const dimensions = { layers: 32, heads: 32, kvHeads: 8, headDim: 128, sequence: 4096 };
    expect(calls).toEqual([{ name: 'kvCacheTable', args: [dimensions] }]);
  });

  it('gives integer formats their options', async () => {
    const { calls } = await record(
      'const model = 1;\n%kvcache model --formats bf16,int4 --group 16 --keys per-channel',
    );
    const int4 = { format: 'int4', groupSize: 16, keys: 'per-channel' };
    expect(calls).toEqual([{ name: 'kvCacheTable', args: [1, { formats: ['bf16', int4] }] }]);
  });

  it('gives blocks the newest tokens in fp32, and nothing else', async () => {
    const { calls } = await record(
      'const model = 1;\n%kvcache model --formats fp8,mxfp4 --group 16 --residual 4',
    );
    const mxfp4 = { format: 'mxfp4', residual: 4 };
    expect(calls).toEqual([{ name: 'kvCacheTable', args: [1, { formats: ['fp8', mxfp4] }] }]);
  });

  it('compares caches on a text', async () => {
    const { calls } = await record(
      'const model = 1, text = 2, v = 3;\n%kvcache model --text text --vocabulary v --formats none,int8 --sequence 64',
    );
    expect(calls).toEqual([
      {
        name: 'compareKvCache',
        args: [1, 2, { formats: ['none', 'int8'], vocabulary: 3, length: 64 }],
      },
    ]);
  });

  it('refuses what it cannot answer', () => {
    expect(refusal('%kvcache')).toContain('give a model, or --layers, --heads and --head-dim');
    expect(refusal('%kvcache --layers 2 --heads 2')).toContain('--head-dim');
    expect(refusal('%kvcache --text t')).toContain('--text needs a model');
    expect(refusal('%kvcache m --formats none')).toContain('nothing to size');
    expect(refusal('%kvcache m --formats int5')).toContain('Allowed: none, fp32, bf16');
    expect(refusal('%kvcache m --batch 0')).toContain('integer >= 1');
  });
});
