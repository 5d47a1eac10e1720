import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOST, type Host } from '../../host';
import { QUIET } from '../../precision/quiet.fixture';

/** A cell process as it begins: no code of the session has run in it. */
const listeners = new Map<string, (params: unknown) => void>();

beforeEach(() => {
  listeners.clear();
  const host: Partial<Host> = {
    onNotify: (method, listener) => listeners.set(method, listener),
    onCellEnd: () => undefined,
    throwIfInterrupted: () => undefined,
  };
  (globalThis as { [HOST]?: Partial<Host> })[HOST] = host;
});

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
  vi.restoreAllMocks();
});

describe('a process that has begun anew', () => {
  it('ends a fit when the budget of the session is spent, which no code of its own has set', async () => {
    const { ensureBackend } = await import('../../start.js');
    await ensureBackend();
    const tf = await import('@tensorflow/tfjs');
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const net = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
    net.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const spent = { onEpochEnd: (): void => listeners.get('energy.stop')?.({}) };
    const { epoch } = await net.fit(tf.ones([8, 4]), tf.ones([8, 1]), {
      epochs: 5,
      verbose: QUIET,
      callbacks: spent,
    });
    expect(epoch).toEqual([0]);
    expect(said).toHaveBeenCalledWith(
      'The energy budget is spent: model.fit ends after this batch. The weights are kept.',
    );
  });
});
