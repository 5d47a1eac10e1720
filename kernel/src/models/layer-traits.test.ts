import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ONNX_LAYERS } from '../export/onnx/layers/table';
// What registers our own layers.
import '../layers/attention-heads';
import '../layers/graph-op';
import '../layers/group-normalization';
import '../layers/multi-head-attention';
import '../layers/position-embedding';
import '../layers/rms-normalization';
import '../layers/rotary-embedding';
import '../layers/tied-embedding';
import '../quantization/qat/activation-layer';
import '../quantization/qat/norm-layer';
import '../quantization/qat/weight-layer';
import { classesWith, isBatchNorm, isKnownLayer, LAYER_TRAITS, traitsOf } from './layer-traits';

/** The layer classes that `tf.loadLayersModel` knows. */
function registered(): string[] {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  return Object.entries(classNameMap).flatMap(([name, [type]]) =>
    (type as { prototype: unknown }).prototype instanceof tf.layers.Layer ? [name] : [],
  );
}

describe('the table of layer traits', () => {
  test('has each layer class of tfjs and ours, and no other', () => {
    expect(registered().filter((name) => !isKnownLayer(name))).toEqual([]);
    expect(Object.keys(LAYER_TRAITS).filter((name) => !registered().includes(name))).toEqual([]);
  });

  test('misses a class that nobody entered', () => {
    class Unheard extends tf.layers.Layer {
      static readonly className = 'Unheard';
    }
    const before = registered();
    tf.serialization.registerClass(Unheard);
    const added = registered().filter((name) => !before.includes(name));
    expect(added.filter((name) => !isKnownLayer(name))).toEqual(added);
    expect(added.length).toBeGreaterThan(0);
    expect(traitsOf(new Unheard({}))).toEqual({});
  });

  test('has the class of every layer that ONNX can be written for', () => {
    expect(ONNX_LAYERS.filter((name) => !isKnownLayer(name))).toEqual([]);
  });

  test('says of a layer what it says of its class', () => {
    expect(traitsOf(tf.layers.dense({ units: 1 }))).toBe(traitsOf('Dense'));
    expect(isBatchNorm(tf.layers.batchNormalization())).toBe(true);
    expect(isBatchNorm('LayerNormalization')).toBe(false);
    expect(traitsOf('toString')).toEqual({});
  });

  test('lists the classes with a trait by name', () => {
    expect(classesWith('reshapes')).toEqual(['Flatten', 'Permute', 'RepeatVector', 'Reshape']);
    expect(classesWith('input')).toEqual(['InputLayer']);
  });

  test.each(Object.entries(LAYER_TRAITS).filter(([, { kernel }]) => kernel !== undefined))(
    '%s has the kernel where the table says, as its first weight',
    (name, { kernel, axes = 0 }) => {
      const [type] = tf.serialization.SerializationMap.getMap().classNameMap[name] ?? [];
      const layer = new (type as unknown as new (config: object) => tf.layers.Layer)({
        units: 2,
        filters: 2,
        kernelSize: 1,
      });
      layer.build([null, ...new Array<number>(axes).fill(3), 4]);
      expect((layer as unknown as Record<string, unknown>)[kernel ?? '']).toBe(layer.weights[0]);
    },
  );

  test.each(Object.entries(LAYER_TRAITS).filter(([, { axes }]) => axes !== undefined))(
    '%s moves its window along as many axes as its name says',
    (name, { axes }) => {
      expect(name).toContain(`${axes ?? ''}D`);
    },
  );
});
