import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { saveNpy, saveNpz } from '../export/arrays/array-files';
import { exportOnnx } from '../export/onnx/export-onnx';
import { loadOnnx } from '../export/onnx/onnx-model';
import { loadTfjs } from '../export/tfjs/load-tfjs';
import { saveTfjs } from '../export/tfjs/save-tfjs';
import { ensureBackend } from '../start';
import { addQuantize } from './quantize';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-quantize-'));
const at = (name: string): string => join(folder, name);
let model: tf.LayersModel;
let x: tf.Tensor;

async function quantize(...args: string[]): Promise<string> {
  const printed: string[] = [];
  const program = new Command('halfnote').exitOverride().configureOutput({ writeErr: () => {} });
  addQuantize(program, (text) => printed.push(text));
  await program.parseAsync(['quantize', ...args], { from: 'user' });
  return printed.join('\n');
}

/** The largest difference as a share of the largest value. */
async function off(path: string): Promise<number> {
  const small = path.endsWith('.onnx') ? await loadOnnx(path) : await loadTfjs(path);
  const [y, expected] = [(await small.predict(x)) as tf.Tensor, model.predict(x) as tf.Tensor];
  const worst = tf.max(tf.abs(tf.sub(y, expected))).dataSync()[0] ?? NaN;
  return worst / (tf.max(tf.abs(expected)).dataSync()[0] ?? NaN);
}

beforeAll(async () => {
  await ensureBackend();
  const kernel = tf.initializers.glorotNormal({ seed: 3 });
  model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', units: 64, inputShape: [32], kernelInitializer: kernel }),
      tf.layers.reLU(),
      tf.layers.dense({ name: 'b', units: 8, kernelInitializer: kernel }),
    ],
  });
  x = tf.randomNormal([64, 32], 0, 1, 'float32', 7);
  await saveTfjs(at('net'), model);
  writeFileSync(at('net.onnx'), exportOnnx(model));
  await saveNpy(at('x.npy'), x);
  await saveNpz(at('x.npz'), { anything: x });
});

describe('halfnote quantize', () => {
  it('writes an ONNX model beside the one that it is made of, and prints what became of it', async () => {
    const text = await quantize(at('net.onnx'), '--to', 'int8', '--calibrate', at('x.npy'));
    expect(text).toContain('net.onnx in int8 (static)');
    expect(text).toContain(`Wrote ${at('net.int8.onnx')}`);
    expect(await off(at('net.int8.onnx'))).toBeLessThan(0.05);
    expect(statSync(at('net.int8.onnx')).size).toBeLessThan(statSync(at('net.onnx')).size);
  });

  it('prints the report as data', async () => {
    const out = at('out/small.onnx');
    const json = await quantize(
      at('net.onnx'),
      '--to',
      'int4',
      '--group',
      '16',
      '-o',
      out,
      '--report',
      'json',
    );
    const { file, bytes, mode, format, layers } = JSON.parse(json) as Record<string, unknown>;
    expect({ file, bytes, mode, format }).toEqual({
      file: out,
      bytes: statSync(out).size,
      mode: 'weight-only',
      format: 'int4',
    });
    expect(layers).toMatchObject([{ kernel: 'MatMulNBits' }, { kernel: 'MatMulNBits' }]);
  });

  it('takes a model of TensorFlow.js, and writes either kind', async () => {
    await quantize(
      at('net/model.json'),
      '--to',
      'int8',
      '--calibrate',
      at('x.npz'),
      '-o',
      at('t.onnx'),
    );
    await quantize(at('net'), '--to', 'int8', '--mode', 'weight-only', '-o', at('t'));
    await quantize(at('net'), '--to', 'fp16', '-o', at('half.onnx'));
    for (const path of ['t.onnx', 't', 'half.onnx']) expect(await off(at(path))).toBeLessThan(0.05);
  });

  it('keeps to what is said of layers in fp16 too', async () => {
    const out = at('some.onnx');
    const text = await quantize(at('net'), '--to', 'fp16', '--exclude', 'b', '-o', out);
    expect(text).toMatch(/\ba +Dense +fp16/);
    expect(text).toMatch(/\bb +Dense +fp32/);
    expect(await off(out)).toBeLessThan(0.01);
    const json = await quantize(at('net'), '--to', 'fp16', '-o', out, '--report', 'json');
    expect(JSON.parse(json)).toEqual({ file: out, bytes: statSync(out).size, format: 'fp16' });
  });

  it('leaves nothing behind where it fails, and says why', async () => {
    const before = readdirSync(folder);
    await saveNpy(at('x.npy'), x);
    writeFileSync(at('bad.npy'), 'no array');
    const net = at('net.onnx');
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[net, '--to', 'int9'], "Unknown weight format 'int9'"],
      [[net, '--to', 'int8', '--mode', 'static'], 'needs example inputs'],
      [[net, '--to', 'int8', '--observer', 'mean', '--calibrate', at('x.npy')], 'Unknown observer'],
      [[net, '--to', 'int8', '--calibrate', at('bad.npy')], 'it is no .npy'],
      [[net, '--to', 'int8', '--calibrate', at('x.txt')], 'Allowed: .npy, .npz, .safetensors'],
      [[net, '--to', 'int8', '-o', net], 'is the model itself'],
      [[at('net/model.json'), '--to', 'int8', '-o', at('net')], 'is the model itself'],
      [
        [net, '--to', 'int4', '--group', '16', '--granularity', 'per-tensor'],
        '--group 16 and --granularity per-tensor both',
      ],
      [[net, '--to', 'int8', '-o', at('folder')], 'is written as .onnx'],
      [[net, '--to', 'int8', '--report', 'xml'], 'allowed are text and json'],
      [[at('none.onnx'), '--to', 'int8'], "Can't read"],
      [[at('none.json'), '--to', 'int8'], "Can't read"],
    ];
    for (const [args, message] of cases) await expect(quantize(...args)).rejects.toThrow(message);
    await expect(quantize(net)).rejects.toThrow("required option '--to <format>'");
    expect(readdirSync(folder).filter((name) => !before.includes(name))).toEqual(['bad.npy']);
    expect(existsSync(at('folder'))).toBe(false);
  });
});
