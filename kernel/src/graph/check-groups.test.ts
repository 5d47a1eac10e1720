import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { loadBackend } from '../start';
import { quantize } from '../quantization/quantize';
import { layerSensitivity } from '../quantization/sensitivity/sensitivity';
import { checkGroups } from './check-groups';

loadBackend();

function network(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'stem', inputShape: [8, 8, 1], filters: 3, kernelSize: 3 }),
      tf.layers.conv2d({ name: 'second', filters: 4, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'hidden', units: 16 }),
      tf.layers.dense({ name: 'head', units: 3 }),
    ],
  });
}

test('all layers that a group does not fit are named at once, and what is advised works', async () => {
  const options = { weights: 'int4', granularity: { group: 16 } } as const;
  const error: unknown = await quantize(network(), options).catch((reason: unknown) => reason);
  const message = String(error);
  expect(message).toContain("of 2 layers: 'stem' (9 by 16), 'second' (27 by 16).");
  expect(message).toContain('Allowed for all layers: 1.');
  const [, exclude = ''] = /--exclude ([\w,]+)/.exec(message) ?? [];
  const small = await quantize(network(), { ...options, exclude });
  const formats = small.layers.map(({ name, format }) => `${name} ${format}`);
  expect(formats).toEqual(expect.arrayContaining(['stem fp32', 'hidden int4', 'head int4']));
  small.dispose();
  const layers = {
    stem: { granularity: 'per-channel' },
    second: { granularity: 'per-channel' },
  } as const;
  const whole = await quantize(network(), { ...options, layers });
  expect(whole.layers.filter(({ format }) => format === 'int4')).toHaveLength(4);
  whole.dispose();
});

test('sensitivity names them too', async () => {
  const data = { x: tf.zeros([2, 8, 8, 1]) };
  await expect(layerSensitivity(network(), { data, granularity: { group: 16 } })).rejects.toThrow(
    /2 layers: 'stem' \(9 by 16\), 'second' \(27 by 16\)/,
  );
});

test('groups that fit are let through', () => {
  expect(() => {
    checkGroups([
      { layer: 'a', depth: 64, group: 32 },
      { layer: 'b', depth: 9, group: 9 },
    ]);
  }).not.toThrow();
});
