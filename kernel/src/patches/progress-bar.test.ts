import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What a training writes to stderr. */
async function trained(isTerminal: boolean): Promise<string> {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const terminal = { isTTY: isTerminal, columns: 80, cursorTo: () => true, clearLine: () => true };
  const before = Object.fromEntries(
    Object.keys(terminal).map((name) => [
      name,
      Object.getOwnPropertyDescriptor(process.stderr, name),
    ]),
  );
  for (const [name, value] of Object.entries(terminal)) {
    Object.defineProperty(process.stderr, name, { value, configurable: true });
  }
  let stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    stderr += String(chunk);
    return true;
  });
  try {
    await model.fit(tf.ones([4, 2]), tf.ones([4, 1]), { epochs: 3, batchSize: 2 });
    return stderr;
  } finally {
    for (const [name, descriptor] of Object.entries(before)) {
      if (descriptor === undefined) Reflect.deleteProperty(process.stderr, name);
      else Object.defineProperty(process.stderr, name, descriptor);
    }
  }
}

describe('the progress bar of model.fit', () => {
  it('writes nothing to a stderr that is no terminal', async () => {
    expect(await trained(false)).toBe('');
  });

  it('is drawn on a terminal, and ends its line', async () => {
    expect(await trained(true)).toMatch(/^eta=.*\n/s);
  });
});
