import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compare } from '../analysis/comparison/compare';
import { loadBackend } from '../start';
import { QUIET as verbose } from '../precision/quiet.fixture';
import { convertQat } from './qat/convert';
import { prepareQat } from './qat/prepare';
import { quantize } from './quantize';

const facts = loadBackend();
const isNative = facts.formats.int8.execution === 'native';

function network(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'stem', inputShape: [8, 8, 1], filters: 4, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'hidden', units: 16, activation: 'relu' }),
      tf.layers.dense({ name: 'head', units: 3 }),
    ],
  });
}

const images = (count: number): tf.Tensor =>
  tf.randomUniform([count, 8, 8, 1], -1, 1, 'float32', 1);

test('what is said of an int4 model follows from how its layers run', async () => {
  const model = network();
  const small = await quantize(model, { weights: 'int4' });
  small.predict(images(4));
  const native = small.layers.filter(({ execution }) => execution === 'native');
  expect(native.map(({ name }) => name)).toEqual(isNative ? ['hidden', 'head'] : []);
  const notes = small.notes.join('\n');
  expect(notes).toContain('Only weights are quantized, to int4: activations are float between');
  if (isNative) expect(notes).toContain('Within their kernel, hidden, head round them to int8.');
  expect(notes).not.toMatch(/ONNX Runtime is not used/);
  expect(notes).toMatch(/as a whole is not given to ONNX Runtime: .* weights of 'stem' in fp32/);

  const { payload } = await compare(model, { formats: ['fp32', 'int4'], data: { x: images(4) } });
  const row = payload.rows.find(({ format }) => format === 'int4');
  expect(row?.execution).toBe(small.execution);
  // Engines are chosen by other times than those of the table.
  expect(row?.note).not.toContain('Batches of');
  for (const { kernel, execution } of small.layers) {
    if (execution === undefined) continue;
    const [own = ''] = row?.engine.split('; ').filter((part) => part.includes(kernel)) ?? [];
    expect(own.endsWith(', simulated')).toBe(execution === 'simulated');
    expect(own).not.toBe('');
  }
  small.dispose();
});

test('integers of few bits are said to save nothing in memory, and do when packed', async () => {
  const [x, y] = [images(16), tf.randomUniform([16, 3], 0, 1, 'float32', 2)];
  const trained = async (activations: 'uint8' | 'fp32', weights: 'int8' | 'int2') => {
    const student = prepareQat(network(), { weights, activations });
    student.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await student.fit(x, y, { epochs: 1, verbose });
    return convertQat(student);
  };
  const wide = await trained('uint8', 'int8');
  const few = await trained('uint8', 'int2');
  const packed = await trained('fp32', 'int2');
  const about = /take weights of int2 a byte each: fast, but no smaller than int8/;
  if (isNative) {
    expect(few.weightBytes).toBe(wide.weightBytes);
    expect(few.notes.join('\n')).toMatch(about);
  }
  expect(few.notes.join('\n')).not.toContain('7 bits');
  expect(packed.weightBytes).toBeLessThan(0.5 * wide.weightBytes);
  expect(packed.notes.join('\n')).not.toMatch(about);
  for (const model of [wide, few, packed]) model.dispose();
});

test('a quantized model prints its report, and is not quantized, compared or measured again', async () => {
  const small = await quantize(network(), { weights: 'int2' });
  const printed: string[] = [];
  small.summary((text) => printed.push(text));
  expect(printed.join()).toMatch(/in int2 \(weight-only\)[^]*stem +Conv2D +int2/);
  const again = small as unknown as tf.LayersModel;
  const message = /takes the float model; '.*' is already quantized.*\nStart again from the model/;
  await expect(quantize(again)).rejects.toThrow(message);
  await expect(compare(again, { formats: ['fp32'], data: { x: images(1) } })).rejects.toThrow(
    message,
  );
  expect(() => prepareQat(again, { weights: 'int4' })).toThrow(message);
  small.dispose();
});

test('int2 by the largest weight says which codes it leaves out, and what errs less', async () => {
  const model = network();
  const x = images(32);
  const expected = model.predict(x) as tf.Tensor;
  const noise = (output: tf.Tensor | tf.Tensor[]): number =>
    tf.mean(tf.squaredDifference(expected, output as tf.Tensor)).dataSync()[0] ?? NaN;
  const [narrow, mse] = [
    await quantize(model, { weights: 'int2' }),
    await quantize(model, { weights: 'int2', scaleRule: 'mse' }),
  ];
  const codes = (small: typeof mse): Set<number> =>
    new Set(
      small.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [...op.weights.codes] : [])),
    );
  expect([...codes(narrow)].sort((a, b) => a - b)).toEqual([-1, 0, 1]);
  expect([...codes(mse)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
  const note = /int2 by the scale rule 'absmax\/127' uses the codes -1 to 1 of -2 to 1.*'mse'/;
  expect(narrow.notes.join()).toMatch(note);
  expect(mse.notes.join()).not.toMatch(note);
  expect(noise(mse.predict(x))).toBeLessThan(noise(narrow.predict(x)));
  for (const small of [narrow, mse]) small.dispose();
});
