import * as tf from '@tensorflow/tfjs';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { HOST, JUPYTER_DISPLAY, type Host } from '../../host';
import { quantize } from '../../quantization/quantize';
import { exportTflite } from './export-tflite';
import { findTensorflowPython } from './find-python';
import type { TfliteExportOptions } from './options';
import { saveTflite } from './save-tflite';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-tflite-test-'));
let model: tf.LayersModel;
let x: tf.Tensor;

beforeAll(() => {
  loadBackend();
  const glorot = (
    seed: number,
  ): { kernelInitializer: ReturnType<typeof tf.initializers.glorotUniform> } => ({
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  model = tf.sequential({
    name: 'small',
    layers: [
      tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, ...glorot(1) }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3, activation: 'softmax', ...glorot(2) }),
    ],
  });
  x = tf.randomNormal([40, 8, 8, 1], 0, 1, 'float32', 1);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A program that stands in for a Python with TensorFlow. */
function program(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = -c ]; then echo yes; exit; fi\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('exportTflite refuses', () => {
  const small = (): tf.LayersModel => model;
  it.each<[string, () => unknown, () => TfliteExportOptions, string, RegExp]>([
    [
      'an unknown format',
      small,
      () => ({ format: 'int4' as 'int8' }),
      'invalid-option',
      /fp32, fp16, dynamic, int8/,
    ],
    [
      'int8 without examples',
      small,
      () => ({ format: 'int8' }),
      'calibration-missing',
      /calibrate: x/,
    ],
    [
      'empty examples',
      small,
      () => ({ format: 'int8', calibrate: tf.zeros([0, 8, 8, 1]) }),
      'calibration-empty',
      /\[0, 8, 8, 1\]/,
    ],
    [
      'examples of another shape',
      small,
      () => ({ format: 'int8', calibrate: tf.zeros([4, 7]) }),
      'calibration-mismatch',
      /calibrate/,
    ],
    [
      'examples for another format',
      small,
      () => ({ format: 'fp16', calibrate: x }),
      'invalid-option',
      /calibrate is for the format int8/,
    ],
    [
      'integers at the ends of another format',
      small,
      () => ({ io: 'int8' }),
      'invalid-option',
      /io is for the format int8/,
    ],
    ['a batch of none', small, () => ({ batch: 0 }), 'invalid-option', /batch is 0/],
    [
      'fewer rows than the batch',
      small,
      () => ({ batch: 9, check: x.slice(0, 4) }),
      'check-mismatch',
      /4 rows.*batch of 9/,
    ],
    [
      'inputs of another shape',
      small,
      () => ({ check: tf.zeros([2, 3]) }),
      'check-mismatch',
      /check/,
    ],
    [
      'what is no model',
      () => ({ predict: () => x }),
      () => ({}),
      'unsupported-model',
      /layers model/,
    ],
    [
      'a Python that is none',
      small,
      () => ({ python: '/no/such/python' }),
      'tflite-missing',
      /\/no\/such\/python \(no Python\).*pip install tensorflow/s,
    ],
    [
      'a weight beyond fp16',
      () =>
        tf.sequential({
          layers: [
            tf.layers.dense({
              units: 1,
              inputShape: [1],
              weights: [tf.tensor2d([[7e4]]), tf.tensor1d([0])],
            }),
          ],
        }),
      () => ({ format: 'fp16' }),
      'fp16-overflow',
      /70000/,
    ],
    [
      'a weight that is no number',
      () =>
        tf.sequential({
          layers: [
            tf.layers.dense({
              units: 1,
              inputShape: [1],
              weights: [tf.tensor2d([[NaN]]), tf.tensor1d([0])],
            }),
          ],
        }),
      () => ({ format: 'dynamic' }),
      'not-finite',
      /NaN/,
    ],
    [
      'a layer without counterpart',
      () =>
        tf.sequential({
          layers: [
            tf.layers.convLstm2d({
              filters: 1,
              kernelSize: 2,
              inputShape: [2, 4, 4, 1],
              name: 'video',
            }),
          ],
        }),
      () => ({}),
      'tflite-unsupported',
      /'video' \(ConvLSTM2D\).*Allowed are: Activation/s,
    ],
  ])('%s', async (_, source, options, code, message) => {
    const failure = exportTflite(source() as tf.LayersModel, options());
    await expect(failure).rejects.toMatchObject({ name: 'HalfnoteError', code });
    await expect(failure).rejects.toThrow(message);
  });

  it('a quantized model, and names the way', async () => {
    const quantized = await quantize(model, { weights: 'int8', engine: 'simulated' });
    await expect(exportTflite(quantized as unknown as tf.LayersModel)).rejects.toMatchObject({
      code: 'tflite-float-only',
      message: expect.stringMatching(/format: 'int8', calibrate: x/) as string,
    });
    quantized.dispose();
  });
});

describe('the Python that converts', () => {
  it('is the one that HALFNOTE_PYTHON names, if it has TensorFlow', async () => {
    const own = program('with', 'exit 1');
    expect(await findTensorflowPython(undefined, { ...process.env, HALFNOTE_PYTHON: own })).toBe(
      own,
    );
    const bare = join(folder, 'without');
    writeFileSync(bare, '#!/bin/sh\necho no\n');
    chmodSync(bare, 0o755);
    const failure = findTensorflowPython(bare);
    await expect(failure).rejects.toMatchObject({ code: 'tflite-missing' });
    await expect(failure).rejects.toThrow('without (without TensorFlow)');
  });

  it('tells what it said when it fails', async () => {
    const python = program('failing', 'echo "ImportError: no libcudart" >&2; exit 3');
    await expect(exportTflite(model, { python })).rejects.toMatchObject({
      code: 'tflite-failed',
      message: expect.stringMatching(/code 3.*ImportError: no libcudart/s) as string,
    });
  });

  it('ends with the cell, and leaves nothing behind', async () => {
    const at = join(folder, 'pid');
    const python = program(
      'endless',
      `echo $$ > ${at}.new; echo "$2" >> ${at}.new; mv ${at}.new ${at}; exec sleep 600`,
    );
    let end = (): void => undefined;
    const host: Partial<Host> = {
      display: () => undefined,
      throwIfInterrupted: () => undefined,
      call: () => Promise.resolve(),
      onCellEnd: (listener) => {
        end = listener;
      },
    };
    Object.assign(globalThis, { [HOST]: host });
    try {
      const failure = expect(exportTflite(model, { python })).rejects.toMatchObject({
        code: 'interrupted',
      });
      await expect.poll(() => existsSync(at), { timeout: 20_000 }).toBe(true);
      end();
      await failure;
    } finally {
      Reflect.deleteProperty(globalThis, HOST);
    }
    const [pid, job] = readFileSync(at, 'utf8').split('\n') as [string, string];
    await expect
      .poll(
        () => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`).length > 0,
      )
      .toBe(false);
    expect(existsSync(job)).toBe(false);
  });

  it('hears of a model that TensorFlow computes otherwise', async (context) => {
    const python = await findTensorflowPython().catch(() => undefined);
    if (python === undefined) return context.skip('no Python with TensorFlow');
    const other = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3], activation: 'relu', name: 'bent' })],
    });
    const layer = other.getLayer('bent');
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => tf.add(call(inputs, kwargs) as tf.Tensor, 0.01);
    await expect(exportTflite(other, { python })).rejects.toMatchObject({
      code: 'tflite-mismatch',
      message: expect.stringMatching(/output 'bent' is off by 0\.01/) as string,
    });
  });
});

describe('saveTflite', () => {
  it('writes a file of int8 that says what is in it, and replaces what was there', async (context) => {
    const python = await findTensorflowPython().catch(() => undefined);
    if (python === undefined) return context.skip('no Python with TensorFlow');
    const path = join(folder, 'small.tflite');
    writeFileSync(path, 'what was there');
    const tensors = tf.memory().numTensors;
    const file = await saveTflite(path, model, { format: 'int8', calibrate: x, io: 'int8' });
    expect(tf.memory().numTensors).toBe(tensors);
    const bytes = readFileSync(path);
    expect(bytes.subarray(4, 8).toString()).toBe('TFL3');
    expect(file.bytes).toBe(bytes.length);
    const { summary } = file;
    expect(summary).toMatchObject({
      format: 'int8',
      fp32WeightBytes: 4 * (9 * 4 + 4 + 4 * 4 + 36 * 4 * 3 + 3),
      measuredOn: { rows: 40, source: 'calibrate' },
      operators: { CONV_2D: 1, FULLY_CONNECTED: 1, SOFTMAX: 1 },
      inputs: [{ type: 'int8', shape: [-1, 8, 8, 1] }],
      outputs: [{ type: 'int8', shape: [-1, 3] }],
    });
    expect(Object.keys(summary.activations)).toEqual(['int8']);
    expect(summary.constantBytes['int8']).toBe(9 * 4 + 36 * 4 * 3);
    expect(summary.errors[0]?.sqnrDb).toBeGreaterThan(30);
    expect(summary.rebuiltMaxAbsError).toBeLessThan(1e-5);
    const text = String(file[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('small: small.tflite');
    expect(text).toContain('Error, measured on 40 rows of calibrate');
    expect(text).toContain(`SQNR ${summary.errors[0]?.sqnrDb.toFixed(1) ?? ''} dB`);
  }, 120_000);
});
