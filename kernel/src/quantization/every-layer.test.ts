import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { EVERY_LAYER, inputsOf, modelOf } from '../models/every-layer.fixture';
import { classesWith } from '../models/layer-traits';
import { quantize } from './quantize';
import type { QuantizeOptions } from './options';

loadBackend();

/** Classes that hold or drive other layers, and are none of a model's own. */
const CONTAINERS = [...classesWith('input'), ...classesWith('model')];
/**
 * Where there is nothing to compare: random even where a model predicts; given a list where it takes a
 * tensor; without a kernel in TensorFlow's binding; in copies that round as they train, which are refused;
 * of three values, which split-attention.test.ts tries.
 */
const NOT_TRIED = [
  'AttentionHeads',
  'RandomWidth',
  'Resizing',
  'CategoryEncoding',
  'FakeQuantize',
  'FakeQuantizedWeights',
  'FreezingBatchNormalization',
];

function allClasses(): string[] {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  return Object.entries(classNameMap)
    .filter(([, [constructor]]) => constructor.prototype instanceof tf.layers.Layer)
    .map(([name]) => name)
    .filter((name) => !CONTAINERS.includes(name) && !/Cells?$/.test(name));
}

const MODES: Readonly<Record<string, (x: tf.Tensor) => QuantizeOptions>> = {
  static: (x) => ({ calibrate: x }),
  dynamic: () => ({ mode: 'dynamic' }),
  'weight-only': () => ({ mode: 'weight-only' }),
  codebook4: () => ({ weights: 'codebook4' }),
};
/** Sixteen values a layer are far from eight bits. */
const TOLERANCE: Readonly<Record<string, number>> = { codebook4: 0.35 };

describe('quantize', () => {
  test('is tried on every class of layer that there is', () => {
    const tried = new Set(Object.keys(EVERY_LAYER).map((name) => name.replace(/, .*/, '')));
    expect(allClasses().filter((name) => !tried.has(name) && !NOT_TRIED.includes(name))).toEqual(
      [],
    );
  });

  test.each(Object.entries(EVERY_LAYER))(
    '%s: runs in integers or stays in float with the reason, and predicts what it did',
    async (name, kind) => {
      const model = modelOf(name, kind);
      const x = inputsOf(kind);
      const expected = (model.predict(x) as tf.Tensor).dataSync<'float32'>();
      const span = Math.max(...expected.map(Math.abs));
      for (const [mode, optionsOf] of Object.entries(MODES)) {
        const small = await quantize(model, { ...optionsOf(x), engine: 'tensorflow' });
        const names = model.layers.map((layer) => layer.name).filter((id) => id !== 'x');
        expect(small.layers.map((layer) => layer.name)).toEqual(names);
        for (const { name: layer, format, reason, kernel } of small.layers) {
          expect(kernel, `${mode}, ${layer}`).not.toBe('');
          expect(reason, `${mode}, ${layer} in ${format}`).not.toBe('');
        }
        expect(small.layers.find((layer) => layer.name === 'after')?.format).not.toBe('fp32');
        const actual = (small.predict(x) as tf.Tensor).dataSync<'float32'>();
        expect(actual).toHaveLength(expected.length);
        const error = Math.max(...actual.map((y, i) => Math.abs(y - (expected[i] ?? NaN))));
        expect(error, mode).toBeLessThan((TOLERANCE[mode] ?? 0.06) * span);
        small.dispose();
      }
    },
  );
});
