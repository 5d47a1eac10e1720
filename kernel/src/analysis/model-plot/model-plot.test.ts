import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { picturesIn } from '../../display/pictures.fixture';
import { JUPYTER_DISPLAY } from '../../host';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { loadOnnx } from '../../export/onnx/onnx-model';
import { MIME } from '../../payloads/mime-types';
import { modelGraph as schema, type GraphLayout } from '../../payloads/graph/schema';
import { quantize } from '../../quantization/quantize';
import { network } from '../../quantization/small-network.fixture';
import { loadBackend } from '../../start';
import { repeatedBlocks } from './blocks';
import { plotModel } from './plot-model';

loadBackend();

/** Residual blocks of four layers. */
function residual(blocks: number): tf.LayersModel {
  const input = tf.input({ shape: [8], name: 'x' });
  let value = tf.layers.dense({ units: 8, name: 'stem' }).apply(input) as tf.SymbolicTensor;
  for (let i = 0; i < blocks; i++) {
    const wide = tf.layers.dense({ units: 16, name: `wide_${i}` }).apply(value);
    const bent = tf.layers.reLU({ name: `relu_${i}` }).apply(wide);
    const narrow = tf.layers.dense({ units: 8, name: `narrow_${i}` }).apply(bent);
    value = tf.layers
      .add({ name: `sum_${i}` })
      .apply([value, narrow as tf.SymbolicTensor]) as tf.SymbolicTensor;
  }
  const head = tf.layers.dense({ units: 3, name: 'head' }).apply(value) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: head, name: `residual_${blocks}` });
}

/** Boxes that lie over each other. */
function overlaps({ boxes }: GraphLayout): number {
  let found = 0;
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart =
        a.x + a.width <= b.x ||
        b.x + b.width <= a.x ||
        a.y + a.height <= b.y ||
        b.y + b.height <= a.y;
      if (!apart) found += 1;
    }
  });
  return found;
}

describe('the graph of a model', () => {
  it('has each layer with what it reads, its output, its format and its bytes', async () => {
    const model = residual(1);
    const { nodes } = await plotModel(model);
    expect(nodes.map(({ name, inputs }) => [name, inputs.map((i) => nodes[i]?.name)])).toEqual([
      ['x', []],
      ['stem', ['x']],
      ['wide_0', ['stem']],
      ['relu_0', ['wide_0']],
      ['narrow_0', ['relu_0']],
      ['sum_0', ['stem', 'narrow_0']],
      ['head', ['sum_0']],
    ]);
    expect(nodes[2]).toMatchObject({
      kind: 'Dense',
      shape: '?×16',
      format: 'fp32',
      weightBytes: 4 * (8 * 16 + 16),
    });
    expect(nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0)).toBe(
      4 * model.countParams(),
    );
    model.dispose();
  });

  it('of a quantized model says formats, errors and why', async () => {
    const model = network();
    const small = await quantize(model, { exclude: ['conv'] });
    const { nodes } = await plotModel(small, { color: 'error' });
    expect(nodes.map(({ name, format, sqnrDb }) => [name, format, sqnrDb !== null])).toEqual([
      ['conv_input', '', false],
      ['conv', 'fp32', false],
      ['depthwise', 'int8', true],
      ['flatten', 'fp32', false],
      ['dense', 'int8', true],
    ]);
    expect(nodes[1]?.why).toContain("excluded by 'conv'");
    expect(nodes.map(({ inputs }) => inputs)).toEqual([[], [0], [1], [2], [3]]);
    small.dispose();
    model.dispose();
  });

  it('of an ONNX model has its nodes, in float and quantized', async () => {
    const model = network();
    const onnx = await loadOnnx(exportOnnx(model));
    const plot = await plotModel(onnx);
    const kinds = plot.nodes.map(({ kind }) => kind);
    expect(kinds[0]).toBe('Input');
    expect(kinds).toContain('Conv');
    const bytes = plot.nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
    expect(bytes).toBe(4 * model.countParams());
    const small = await quantize(onnx, { weights: 'int8', mode: 'weight-only' });
    const rounded = await plotModel(small);
    expect(rounded.nodes.filter(({ format }) => format === 'int8').length).toBe(3);
    expect(rounded.nodes.every(({ kind }) => kind !== 'DequantizeLinear')).toBe(true);
    await expect(plotModel(small, { color: 'error' })).rejects.toThrow(/choose another|no weights/);
    await small.dispose();
    await onnx.dispose();
    model.dispose();
  });

  it('refuses an error of what was not rounded, and a color that there is not', async () => {
    const model = network();
    await expect(plotModel(model, { color: 'error' })).rejects.toThrow(/no weights of 'network'/);
    await expect(plotModel(model, { color: 'red' as never })).rejects.toThrow(
      "color is 'red'. Allowed: format, error, bytes.",
    );
    model.dispose();
  });
});

describe('the layout', () => {
  it.each([1, 7, 20, 74])('of %i residual blocks lets no box lie over another', async (blocks) => {
    const model = residual(blocks);
    const { layouts } = (await plotModel(model)).result;
    for (const layout of layouts) {
      expect(overlaps(layout)).toBe(0);
      expect(layout.height).toBeLessThan(760);
      for (const { x, y, width, height } of layout.boxes) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(-0.1);
        expect(x + width).toBeLessThanOrEqual(layout.width + 0.1);
        expect(y + height).toBeLessThanOrEqual(layout.height + 0.1);
      }
      for (const { from, to, points } of layout.edges) {
        expect(points.length).toBeGreaterThanOrEqual(4);
        expect([from, to].every((box) => box < layout.boxes.length)).toBe(true);
      }
    }
    model.dispose();
  });

  it('makes each repetition one box, in a deep model alone', async () => {
    const deep = residual(12);
    const { layouts, nodes } = (await plotModel(deep)).result;
    expect(layouts.map(({ name, boxes }) => [name, boxes.length])).toEqual([
      ['blocks', 3 + 12],
      ['layers', nodes.length],
    ]);
    const flat = residual(2);
    expect((await plotModel(flat)).result.layouts.map(({ name }) => name)).toEqual(['layers']);
    deep.dispose();
    flat.dispose();
  });

  it('finds blocks by classes and connections', () => {
    const kinds = 'i a b c a b c a b c o'.split(' ');
    const chain = kinds.map((kind, i) => ({ kind, inputs: i === 0 ? [] : [i - 1] }));
    expect(repeatedBlocks(chain)).toEqual([[0], [1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]);
    const other = chain.map((node, i) => (i === 6 ? { ...node, inputs: [4] } : node));
    expect(repeatedBlocks(other)).not.toContainEqual([4, 5, 6]);
  });
});

describe('what a notebook shows', () => {
  it('is a valid payload, small, and a picture with each name', async () => {
    const model = residual(5);
    const bundle = (await plotModel(model))[JUPYTER_DISPLAY]();
    const sent: unknown = JSON.parse(JSON.stringify(bundle[MIME.modelGraph]));
    expect(schema.safeParse(sent).error).toBeUndefined();
    expect(String(bundle['text/plain'])).toMatch(
      /^\w+ holds \d+\.\d+% of the .* of weights of \d+ layers in fp32/,
    );
    const [picture = ''] = picturesIn(String(bundle['text/html']));
    for (const name of ['stem', 'wide_3', 'head']) expect(picture).toContain(`>${name}</text>`);
    model.dispose();
  });

  it('keeps to 300 kB with 300 layers', async () => {
    const model = residual(74);
    const bundle = (await plotModel(model))[JUPYTER_DISPLAY]();
    expect(JSON.stringify(bundle[MIME.modelGraph]).length).toBeLessThan(300_000);
    const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
    expect(size(bundle) / size(bundle[MIME.modelGraph])).toBeLessThan(3);
    model.dispose();
  });
});
