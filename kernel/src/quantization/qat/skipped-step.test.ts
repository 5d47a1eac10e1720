import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';
import { DynamicLossScaler } from '../../precision/loss-scale/dynamic';
import { lossScaler, setLossScaler } from '../../precision/session';
import { setPrecision } from '../../precision/status';
import { loadBackend } from '../../start';
import { ActivationLayer } from './activation-layer';
import { prepareQat } from './prepare';

loadBackend();
afterEach(() => {
  setPrecision('fp32');
  vi.restoreAllMocks();
});

test.each(['moving-average', 'min-max', 'learned'] as const)(
  'ranges (%s) after a skipped first step are those of the first step that is taken',
  async (observer) => {
    vi.spyOn(console, 'info').mockReturnValue();
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' })],
    });
    const [x, y] = [tf.linspace(-20, 40, 24).reshape([8, 3]), tf.zeros([8, 2])];
    const ranges = async (initialScale: number, steps: number): Promise<unknown[]> => {
      setPrecision('fp16');
      setLossScaler(new DynamicLossScaler({ initialScale }));
      const qat = prepareQat(model, { observer });
      qat.compile({ optimizer: tf.train.sgd(1e-9), loss: 'meanSquaredError' });
      for (let i = 0; i < steps; i++) await qat.trainOnBatch(x, y);
      expect(lossScaler().skippedSteps).toBe(steps - 1);
      const layers = qat.layers.filter((layer) => layer instanceof ActivationLayer);
      expect(layers.length).toBeGreaterThan(0);
      return layers.map((layer) => layer.params());
    };
    const unskipped = await ranges(32, 1);
    expect(unskipped).not.toContain(undefined);
    expect(await ranges(32 * 2 ** 5, 6)).toEqual(unskipped);
    tf.dispose([x, y]);
  },
);
