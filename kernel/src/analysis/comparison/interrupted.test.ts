import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { saveOnnx } from '../../execution/saving/save-onnx';
import { saveTfjs } from '../../export/tfjs/save-tfjs';
import { runGraph } from '../../execution/run-graph';
import { HOST, type Host } from '../../host';
import { quantize } from '../../quantization/quantize';
import type { QuantizedModel } from '../../quantization/quantized-model';
import { loadBackend } from '../../start';
import { compare } from './compare';

loadBackend();

const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
const path = join(folder, 'model.onnx');
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  hostWith(undefined);
});

function hostWith(throwIfInterrupted: (() => void) | undefined): void {
  const host: Pick<Host, 'throwIfInterrupted' | 'onCellEnd' | 'call'> | undefined =
    throwIfInterrupted && {
      throwIfInterrupted,
      onCellEnd: () => undefined,
      call: () => Promise.resolve(),
    };
  (globalThis as { [HOST]?: typeof host })[HOST] = host;
}

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [6, 6, 2], activation: 'relu' }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 3 }),
  ],
});
const x = tf.randomNormal([8, 6, 6, 2], 0, 1, 'float32', 1);
let quantized: QuantizedModel;
beforeAll(async () => {
  quantized = await quantize(model, { calibrate: x });
});
const meter = (): undefined => {
  tf.square(1).dispose();
};

/** What goes on after some errors of what it runs. */
const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  saveTfjs: () => saveTfjs(folder, model),
  saveOnnx: () => saveOnnx(path, model),
  'saveOnnx in fp16': () => saveOnnx(path, model, { format: 'fp16' }),
  'saveOnnx of a quantized model': () => saveOnnx(path, quantized),
  'a quantized model on the faster engine': async () => {
    const runner = await runGraph(quantized.graph, { engine: 'auto' });
    try {
      tf.dispose(runner.predict([x]));
    } finally {
      runner.dispose();
    }
  },
  compare: () =>
    compare(model, {
      formats: ['fp32'],
      data: { x },
      repeats: 1,
      measureEnergy: meter,
    }),
};

const MOMENTS = 8;

test.each(Object.entries(WORK))('%s ends where it is interrupted, at any op', async (_, work) => {
  let polls = 0;
  hostWith(() => polls++);
  await work();
  const step = Math.max(1, Math.floor(polls / MOMENTS));
  for (let moment = polls; moment > 0; moment -= step) {
    rmSync(path, { force: true });
    rmSync(join(folder, 'model.json'), { force: true });
    let poll = 0;
    hostWith(() => {
      if (++poll !== moment) return;
      throw Object.assign(new Error('The cell was interrupted.'), { name: 'Interrupted' });
    });
    const error: unknown = await work().catch((thrown: unknown) => thrown);
    // What is measured may take fewer ops than before.
    if (poll < moment) continue;
    expect(error, `at op ${moment} of ${polls}`).toMatchObject({ name: 'Interrupted' });
    expect([existsSync(path), existsSync(join(folder, 'model.json'))]).toEqual([false, false]);
    expect(poll).toBe(moment);
  }
});
