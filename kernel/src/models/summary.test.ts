import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toBundle } from '../display/display';
import { loadBackend } from '../start';
import { graphModelText, layerText, modelSummary } from './summary';

beforeAll(() => {
  loadBackend();
});

function convolutional(): tf.Sequential {
  return tf.sequential({
    name: 'small',
    layers: [
      tf.layers.conv2d({ name: 'see', filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({ name: 'say', units: 2 }),
    ],
  });
}

/** What tfjs itself prints. */
function totals(model: tf.LayersModel): string {
  const lines: string[] = [];
  model.summary(100, undefined, (line) => lines.push(String(line)));
  return lines.join('\n');
}

describe('the summary of a model', () => {
  it('lists layers, shapes and the numbers of parameters that tfjs counts', () => {
    const model = convolutional();
    const { text, html } = modelSummary(model);
    expect(text).toMatch(/^4 layers, .* in fp32; 83\.8% of them in say\.\n\nSequential "small"/);
    for (const row of [/see +Conv2D +\[null, 6, 6, 4\] +40/, /say +Dense +\[null, 2\] +290/])
      expect(text).toMatch(row);
    expect(totals(model)).toMatch(/Total params: 346[^]*Non-trainable params: 8/);
    expect(text).toContain('346 parameters, 8 of them not trainable; 1.38 kB in fp32');
    expect(html).toContain('<th scope="row"');
  });

  it('knows frozen, shared and nested layers, and models without any', () => {
    const inner = convolutional();
    inner.trainable = false;
    const shared = tf.layers.dense({ name: 'shared', units: 3 });
    const [a, b] = [tf.input({ shape: [2] }), tf.input({ shape: [5, 2] })];
    const outputs = [shared.apply(a), shared.apply(b)] as tf.SymbolicTensor[];
    const both = modelSummary(tf.model({ inputs: [a, b], outputs })).text;
    expect(both).toMatch(/shared +Dense +\[null, 3\] or \[null, 5, 3\] +9$/);
    const outer = tf.sequential({ layers: [inner, tf.layers.dense({ units: 1 })] });
    expect(modelSummary(outer).text).toMatch(/small +Sequential +\[null, 2\] +346$/m);
    expect(modelSummary(outer).text).toContain('349 parameters, 346 of them not trainable');
    expect(modelSummary(tf.sequential({ name: 'empty' })).text).toBe(
      'Sequential "empty", without layers yet',
    );
  });

  it('is what a notebook shows and what console.log prints', () => {
    const model = convolutional();
    expect(toBundle(model)['text/plain']).toBe(modelSummary(model).text);
    expect(toBundle(model)['text/html']).toContain('<table');
    expect(inspect(model)).toBe(modelSummary(model).text);
    expect(inspect([model.layers[3]])).toBe('[ Dense "say": [null, 2], 290 parameters ]');
    expect(layerText(tf.layers.dense({ units: 1, name: 'free' }))).toBe(
      'Dense "free", not built yet',
    );
    expect(toBundle(tf.tensor1d([1, 2]))['text/plain']).toContain('[1, 2]');
  });

  it('says in a line what a graph model takes and gives', () => {
    const info = [{ name: 'x', shape: [1, 3], dtype: 'float32' }];
    const model = Object.assign(Object.create(tf.GraphModel.prototype) as object, {
      executor: { inputs: info, outputs: [{ name: 'y' }], weightMap: { w: [tf.ones([7])] } },
    });
    const text = 'GraphModel: x [1, 3] -> y any shape, 7 parameters';
    expect(graphModelText(model as unknown as tf.GraphModel)).toBe(text);
    expect(inspect(model)).toBe(text);
  });
});
