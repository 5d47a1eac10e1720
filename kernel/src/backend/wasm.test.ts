import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasNativeBackend, deviceFacts, nativeMemory } from './load';
import { ensureBackend, loadBackend } from '../start';
import { numpy, random } from './oracle.fixture';
import { castTo, storageFormat } from './storage';

beforeAll(() => {
  process.env['HALFNOTE_BACKEND'] = 'wasm';
});

describe('without TensorFlow', () => {
  it('loadBackend says so, with what to do', () => {
    expect(() => loadBackend()).toThrow(
      /HALFNOTE_BACKEND=wasm asks for WebAssembly\nUnset HALFNOTE_BACKEND for TensorFlow\./,
    );
    expect(() => deviceFacts()).toThrow(/No backend is loaded/);
  });

  it('ensureBackend goes on with WebAssembly, with only fp32 native', async () => {
    const facts = await ensureBackend();
    expect([facts.engine, tf.getBackend(), hasNativeBackend()]).toEqual(['wasm', 'wasm', false]);
    const native = Object.entries(facts.formats).filter(([, how]) => how.execution === 'native');
    expect(native.map(([format]) => format)).toEqual(['fp32']);
    expect(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()).toEqual(
      Float32Array.of(3, 3, 3, 3),
    );
    expect(nativeMemory()).toBeUndefined();
  });

  it.each(['bf16', 'fp16'] as const)('castTo rounds to %s, stored in fp32', async (format) => {
    await ensureBackend();
    const values = random(1000, 3, 1000);
    const low = castTo(tf.tensor1d(values), format);
    expect(storageFormat(low)).toBe('fp32');
    expect(low.dataSync()).toEqual(numpy(`out = a[0].astype(${format})`, values));
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(castTo(x, format)))(tf.ones([2]));
    expect(gradient.dataSync()).toEqual(Float32Array.of(1, 1));
  });
});
