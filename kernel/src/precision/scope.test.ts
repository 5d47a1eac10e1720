import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../backend/load';
import { loadBackend } from '../start';
import { storageFormat } from '../backend/storage';
import { HalfnoteError } from '../errors';
import { HOST, JUPYTER_DISPLAY, type Host } from '../host';
import { autocast, withPrecision } from './scope';
import { lossScaler, regime } from './session';
import { precisionStatus, setCellPrecision, setPrecision } from './status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
  Reflect.deleteProperty(globalThis, HOST);
});

const current = (): string => regime().policy.compute;
const product = (): tf.Tensor => tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]));

describe('withPrecision', () => {
  it('nests, and restores on return and on throw', () => {
    const seen = withPrecision('bf16', () => {
      const inner = withPrecision('fp16', current);
      expect(() =>
        withPrecision('fp8', () => {
          throw new Error(current());
        }),
      ).toThrow('fp8');
      return [inner, current()];
    });
    expect([...seen, current()]).toEqual(['fp16', 'bf16', 'fp32']);
    expect(() => withPrecision('bf61', current)).toThrow(HalfnoteError);
    expect(current()).toBe('fp32');
  });

  it('holds until an async function settles', async () => {
    const seen: string[] = [];
    const running = withPrecision('bf16', async () => {
      await Promise.resolve();
      seen.push(current());
      return product();
    });
    const y = await running;
    seen.push(current());
    expect(seen).toEqual(['bf16', 'fp32']);
    expect(storageFormat(y)).toBe('fp32');
    await expect(
      withPrecision('fp16', async () => {
        await Promise.resolve();
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(current()).toBe('fp32');
  });

  it('hands back what the policy says, and leaves tensors from outside alone', () => {
    const outside = product();
    const { inside, same } = withPrecision('bf16', () => ({ inside: product(), same: outside }));
    expect(storageFormat(inside)).toBe('fp32');
    expect(same).toBe(outside);
    expect(storageFormat(withPrecision('mixed_bfloat16', product))).toBe('bf16');
    expect(storageFormat(autocast('fp16', product))).toBe('fp32');
  });

  it('computes products in the format: 257 is no bf16 number', () => {
    const y = autocast('bf16', () => tf.matMul(tf.tensor2d([[257]]), tf.tensor2d([[1]])));
    expect(y.dataSync()[0]).toBe(256);
  });

  // A GPU, or oneDNN with bf16 products, keeps other bits: there TF32 is the hardware's.
  const tf32IsNative = loadBackend().formats.tf32.execution === 'native';
  it.skipIf(tf32IsNative)('rounds inputs of products to 10 fraction bits under tf32', () => {
    const times = (x: number): number =>
      autocast(
        'tf32',
        () => tf.matMul(tf.tensor2d([[x]]), tf.tensor2d([[1]])).dataSync()[0] ?? NaN,
      );
    expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -10, -1 - 2 ** -12].map(times)).toEqual([
      1,
      1 + 2 ** -9,
      1 + 2 ** -10,
      -1,
    ]);
  });

  it('rounds inputs of products to E4M3 under fp8', () => {
    // The largest magnitude maps to 448: 1.0625 is between 1 and 1.125 of the 3-bit grid.
    const y = autocast('fp8', () => tf.matMul(tf.tensor2d([[448, 17]]), tf.eye(2)));
    expect([...y.dataSync()]).toEqual([448, 16]);
  });
});

describe('setPrecision', () => {
  it('says how each format runs here, with the reason', () => {
    const status = setPrecision('bf16');
    expect(status.execution).toBe(deviceFacts().formats.bf16.execution);
    const bundle = status[JUPYTER_DISPLAY]();
    expect(bundle['text/plain']).toContain(status.reason);
    expect(bundle['text/html']).not.toContain('<table');
    const all = precisionStatus()[JUPYTER_DISPLAY]();
    expect(all['text/html']).toMatch(/<table[\s\S]*bf16 \(current\)/);
    expect(precisionStatus().policy.compute).toBe('bf16');
  });

  it('refuses a simulated format when asked for native, and changes nothing', () => {
    expect(() => setPrecision('fp8', { native: true })).toThrow(/fp8 isn't native on this machine/);
    expect(current()).toBe('fp32');
    expect(setPrecision('fp32', { native: true }).execution).toBe('native');
  });

  it('starts loss scaling anew, with the defaults of the name', () => {
    setPrecision('fp16');
    expect(lossScaler().scale).toBe(2 ** 16);
    setPrecision('mixed_float16');
    expect(lossScaler().scale).toBe(2 ** 15);
    setPrecision('bf16');
    expect(precisionStatus().lossScale).toBe(1);
  });

  it('tells the loss scaling of its own policy, and under fp32 of the last that scaled', () => {
    setPrecision('fp32');
    const inScope = withPrecision('fp16', () => lossScaler());
    expect(inScope.scale).toBeGreaterThan(1);
    expect(lossScaler()).toBe(inScope);
    setPrecision('bf16');
    expect([lossScaler().scale, lossScaler().step]).toEqual([1, 0]);
    expect(withPrecision('fp16', () => lossScaler())).toBe(inScope);
  });
});

describe('setCellPrecision', () => {
  it("holds until the cell ends, and then the session's policy is back", () => {
    const listeners: (() => void)[] = [];
    const host: Pick<Host, 'onCellEnd' | 'call'> = {
      onCellEnd: (listener) => listeners.push(listener),
      call: () => Promise.resolve(),
    };
    (globalThis as { [HOST]?: typeof host })[HOST] = host;
    setPrecision('bf16');
    setCellPrecision('fp16');
    expect(current()).toBe('fp16');
    listeners.forEach((listener) => {
      listener();
    });
    expect(current()).toBe('bf16');
  });
});
