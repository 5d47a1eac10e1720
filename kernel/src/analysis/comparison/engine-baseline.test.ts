import { describe, expect, it } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { loadBackend } from '../../start';
import type { Candidate } from './candidates/candidate';
import { baselineOf, engineBaseline } from './engine-baseline';

const candidate = (format: string, runtime: Candidate['runtime']): Candidate => ({
  format,
  runtime,
  execution: 'native',
  engine: '',
  note: '',
  weightBytes: 1,
  run: (x) => x,
  dispose: () => undefined,
});

const fp32 = candidate('fp32', 'layers');
const bf16 = candidate('bf16', 'layers');
const there = candidate('fp32-ort', 'onnxruntime');
const int8 = candidate('int8', 'onnxruntime');

const source = () => ({
  model: tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] }),
  facts: loadBackend(),
  calibrate: undefined,
});

describe('the baseline of speed', () => {
  it('is fp32 in the engine that a model ran in', () => {
    const all = [fp32, there, bf16, int8];
    expect(all.map((each) => baselineOf(each, all)?.format)).toEqual([
      'fp32',
      'fp32-ort',
      'fp32',
      'fp32-ort',
    ]);
  });

  it('is the first format where that is another, or where there is nothing better', () => {
    expect(baselineOf(int8, [bf16, int8])).toBe(bf16);
    expect(baselineOf(int8, [fp32, int8])).toBe(fp32);
  });

  it('is added for models that run in ONNX Runtime, once, beside fp32', async () => {
    const added = await engineBaseline([fp32, int8], source());
    expect(added.candidate?.format).toBe('fp32-ort');
    const [y] = [added.candidate?.run(tf.ones([3, 2]))].flat();
    expect(y?.shape).toEqual([3, 1]);
    added.candidate?.dispose();
    for (const others of [[fp32, bf16], [fp32, there, int8], [bf16, int8], []]) {
      expect(await engineBaseline(others, source())).toEqual({ notes: [] });
    }
  });

  it('is missed aloud where ONNX lacks a layer', async () => {
    const model = tf.sequential({
      layers: [tf.layers.convLstm2d({ filters: 1, kernelSize: 2, inputShape: [2, 4, 4, 1] })],
    });
    const { candidate: none, notes } = await engineBaseline([fp32, int8], { ...source(), model });
    expect(none).toBeUndefined();
    expect(notes[0]).toMatch(/^No fp32 in ONNX Runtime to compare with: .*conv_lst_m2d/i);
  });
});
