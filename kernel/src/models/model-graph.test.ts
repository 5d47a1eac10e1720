import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { modelGraph, readers } from './model-graph';

loadBackend();

const dense = (name: string, units = 4): tf.layers.Layer => tf.layers.dense({ name, units });
const calls = (model: tf.LayersModel): string[] =>
  modelGraph(model).nodes.map(({ id, inputs }) => `${id} <- ${inputs.join(', ')}`);

describe('modelGraph', () => {
  test('lists a sequential model in order', () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'first', units: 3, inputShape: [5] }), dense('second')],
    });
    const graph = modelGraph(model);
    const [input] = graph.inputs;
    expect(input?.shape).toEqual([null, 5]);
    expect(calls(model)).toEqual([`first <- ${input?.id}`, 'second <- first']);
    expect(graph.outputs).toEqual(['second']);
    expect(graph.values.get('second')?.shape).toEqual([null, 4]);
  });

  test('follows branches, each call after what it reads', () => {
    const x = tf.input({ shape: [4], name: 'x' });
    const a = dense('a').apply(x) as tf.SymbolicTensor;
    const sum = tf.layers.add({ name: 'sum' }).apply([a, x]) as tf.SymbolicTensor;
    const model = tf.model({ inputs: x, outputs: [sum, a] });
    expect(calls(model)).toEqual(['a <- x', 'sum <- a, x']);
    expect(modelGraph(model).outputs).toEqual(['sum', 'a']);
    expect(readers(modelGraph(model))).toEqual(
      new Map([
        ['x', 2],
        ['a', 2],
        ['sum', 1],
      ]),
    );
  });

  test('unfolds nested models and names their layers by path', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ name: 'd', units: 4, inputShape: [4] }), dense('e')],
    });
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'd', units: 4, inputShape: [4] }), inner, dense('last')],
    });
    expect(calls(model).map((call) => call.replace(/<- .*input.*/i, '<- input'))).toEqual([
      'd <- input',
      'inner/d <- d',
      'inner/e <- inner/d',
      'last <- inner/e',
    ]);
  });

  test('numbers the calls of a shared layer', () => {
    const x = tf.input({ shape: [4], name: 'x' });
    const shared = dense('shared');
    const twice = shared.apply(shared.apply(x)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: x, outputs: twice });
    expect(calls(model)).toEqual(['shared <- x', 'shared#2 <- shared']);
    expect(modelGraph(model).nodes.every(({ layer }) => layer === shared)).toBe(true);
  });
});
