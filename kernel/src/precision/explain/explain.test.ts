import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { JUPYTER_DISPLAY } from '../../host';
import { recordGradients } from '../ranges/gradient-ranges';
import { lossScaler, setLossScaler } from '../session';
import { loadBackend } from '../../start';
import { setPrecision } from '../status';
import { QUIET as verbose } from '../quiet.fixture';
import { explainLayers } from './explain';
import type { ExplainedOp } from './result';

beforeAll(() => {
  loadBackend();
});
beforeEach(() => {
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  setPrecision('fp32');
});

function classifier(): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'hidden', units: 8, inputShape: [4], activation: 'relu' }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.dense({ name: 'score', units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  return model;
}

const data = (): { x: tf.Tensor; y: tf.Tensor } => ({
  x: tf.randomNormal([16, 4], 0, 1, 'float32', 7),
  y: tf.oneHot(tf.range(0, 16).toInt().mod(tf.scalar(3, 'int32')), 3).toFloat(),
});

const find = (
  ops: readonly ExplainedOp[],
  layer: string,
  op: RegExp,
  direction: string,
): ExplainedOp[] =>
  ops.filter((row) => row.layer === layer && op.test(row.op) && row.direction === direction);

describe('explainLayers', () => {
  it('passes back once though the loss scale is too large, and says nothing of it', () => {
    const info = vi.spyOn(console, 'info').mockReturnValue();
    const model = classifier();
    setPrecision('fp16');
    setLossScaler(2 ** 40);
    const { ops } = explainLayers(model, { data: data() }).payload;
    const backward = find(ops, 'hidden', /MatMul/, 'backward');
    expect(backward.map(({ calls }) => calls)).toEqual([1]);
    expect(info).not.toHaveBeenCalled();
    info.mockRestore();
  });

  it('tells the format of each op of each layer, forward and backward, and the rule', () => {
    const model = classifier();
    setPrecision('bf16', { keep: 'score=fp32' });
    const { payload } = explainLayers(model, { data: data() });
    const { ops } = payload;
    const product = find(ops, 'hidden', /MatMul/, 'forward')[0];
    expect(product).toMatchObject({ calls: 1, format: 'bf16', policy: 'bf16' });
    const { execution } = deviceFacts().formats.bf16;
    expect(product?.execution).toBe(execution);
    expect(product?.why).toMatch(
      execution === 'native'
        ? /^low list/
        : /^computed in fp32 from rounded inputs, and rounded to bf16: TensorFlow's bf16 kernel on this CPU/,
    );
    // One product for the weights: the input needs no gradient.
    const backward = find(ops, 'hidden', /MatMul/, 'backward');
    expect(backward.map(({ calls }) => calls).reduce((a, b) => a + b, 0)).toBe(1);
    for (const direction of ['forward', 'backward']) {
      expect(find(ops, 'score', /MatMul/, direction)[0]).toMatchObject({
        format: 'fp32',
        execution: 'native',
        decision: 'kept',
        why: 'kept by score=fp32',
      });
    }
    expect(find(ops, 'hidden', /^Relu$/, 'forward')[0]?.why).toBe("follows its input's format");
    expect(find(ops, 'norm', /^Rsqrt$/, 'backward')[0]?.why).toMatch(/^fp32 list: /);
    expect(payload.loss).toBe("the model's compiled loss");
    expect(find(ops, '', /^Log$/, 'forward')).not.toEqual([]);
  });

  it('adds up casts with their bytes and their time', () => {
    setPrecision('bf16');
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'only', units: 32, inputShape: [64], useBias: false })],
    });
    const { payload } = explainLayers(model, { data: { x: tf.ones([8, 64]) } });
    const down = find(payload.ops, 'only', /MatMul/, 'forward')
      .flatMap(({ casts }) => casts)
      .filter(({ from }) => from === 'fp32');
    // x and the weights, rounded to 2 bytes; or, where products run in fp32 from rounded values, to 4
    // bytes, and the result back to 2.
    const native = deviceFacts().formats.bf16.execution === 'native';
    const bytes = native ? (8 * 64 + 64 * 32) * 2 : (8 * 64 + 64 * 32) * 4 + 8 * 32 * 2;
    expect(down.reduce((sum, cast) => sum + cast.bytes, 0)).toBe(bytes);
    expect(down.every(({ seconds }) => seconds > 0)).toBe(true);
    expect(payload.castSeconds).toBeGreaterThan(0);
    expect(payload.castSeconds).toBeLessThan(payload.passSeconds);
    expect(payload.loss).toBe('the mean square of the outputs');
  });

  it('casts nothing in fp32, for which nothing is proposed', () => {
    const { payload } = explainLayers(classifier(), { data: data() });
    expect(payload.castBytes).toBe(0);
    expect(new Set(payload.ops.map(({ why }) => why))).toEqual(new Set(['the policy is fp32']));
    expect(payload.proposals).toEqual([]);
  });

  it('changes neither weights, nor statistics, nor the loss scale, and leaves no tensor', () => {
    const model = classifier();
    setPrecision('fp16');
    const batch = data();
    explainLayers(model, { data: batch });
    const before = model.getWeights().map((weight) => [...weight.dataSync()]);
    const tensors = tf.memory().numTensors;
    explainLayers(model, { data: batch });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual(before);
    expect([lossScaler().step, lossScaler().scale]).toEqual([0, 2 ** 16]);
  });

  it('proposes a layer whose activations overflow, with the line that keeps it', () => {
    const model = classifier();
    const [kernel, ...rest] = model.getWeights();
    if (kernel !== undefined) model.setWeights([tf.mul(kernel, 1e6), ...rest]);
    setPrecision('fp16', { keep: 'score=fp32' });
    const explanation = explainLayers(model, { data: data() });
    expect(explanation.payload.ranges).toBe('one pass in fp32');
    expect(explanation.payload.proposals).toMatchObject([
      {
        layer: 'hidden',
        keep: 'hidden=fp32',
        reason: expect.stringContaining('activations overflow') as string,
      },
    ]);
    expect(explanation.magic).toBe('%precision fp16 --keep "score=fp32,hidden=fp32"');
  });

  it('proposes what overflows although a training that it made NaN was recorded', async () => {
    const constant = (value: number): ReturnType<typeof tf.initializers.constant> =>
      tf.initializers.constant({ value });
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          name: 'huge',
          units: 8,
          inputShape: [8],
          kernelInitializer: constant(300),
        }),
        tf.layers.dense({ name: 'o', units: 1, kernelInitializer: constant(1) }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const [x, y] = [tf.randomUniform([16, 8], 50, 100, 'float32', 5), tf.ones([16, 1])];
    setPrecision('fp16');
    recordGradients(true, { every: 1 });
    await model.fit(x, y, { epochs: 3, verbose });
    recordGradients(false);
    const explanation = explainLayers(model, { data: { x, y } });
    expect(explanation.payload.ranges).toMatch(/^one pass in fp32, for .* NaN or infinite/);
    expect(explanation.magic).toBe('%precision fp16 --keep "huge=fp32,o=fp32"');
    recordGradients(true);
    recordGradients(false);
  });

  it('proposes nothing where fp32 has NaN too, and says so', () => {
    setPrecision('fp16');
    const { x, y } = data();
    const spoiled = explainLayers(classifier(), { data: { x: tf.mul(x, NaN), y } });
    expect(spoiled.payload).toMatchObject({ broken: 'hidden', proposals: [] });
    expect(spoiled[JUPYTER_DISPLAY]()['text/plain']).toMatch(/hidden has NaN .* in fp32 too/);
  });

  it('proposes loss scaling before layers in fp32 where it is missing', () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'b', units: 4, inputShape: [4], useBias: false })],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = tf.mul(tf.ones([8, 4]), 1e-5);
    const y = tf.mul(tf.ones([8, 4]), 1e-4);
    setPrecision('fp16');
    setLossScaler('none');
    const explanation = explainLayers(model, { data: { x, y } });
    expect(explanation.payload.lossScale?.code).toContain("setLossScaler('pytorch')");
    expect(explanation.payload.proposals).toEqual([]);
    expect(explanation[JUPYTER_DISPLAY]()['text/plain']).toMatch(/Scale the loss: /);
  });

  it('names the formats of fp8: what products read, forward and backward, and what they give', () => {
    setPrecision('fp8');
    const { ops } = explainLayers(classifier(), { data: data() }).payload;
    const product = (direction: string): ExplainedOp | undefined =>
      find(ops, 'hidden', /MatMul/, direction)[0];
    expect(product('forward')?.formats).toBe('E4M3 × E4M3 → bf16');
    expect(product('backward')?.formats).toBe('E5M2 × E4M3 → bf16');
    expect(product('forward')?.why).toMatch(/E4M3.*E5M2.*keep the result in bf16/);
  });

  it('has what to do first, a row per layer, and each reason once', () => {
    setPrecision('bf16');
    const layers = Array.from({ length: 6 }, (_, i) =>
      tf.layers.dense({ name: `layer${i}`, units: 4, inputShape: [4] }),
    );
    const bundle = explainLayers(tf.sequential({ layers }), { data: { x: tf.ones([4, 4]) } })[
      JUPYTER_DISPLAY
    ]();
    const html = String(bundle['text/html']);
    expect(html).toContain('no layer needs fp32');
    expect(html.indexOf('no layer needs fp32')).toBeLessThan(html.indexOf('<table'));
    const [shown = ''] = html.split('<details');
    expect(shown.match(/<th scope="row"/g)).toHaveLength(5);
    expect(html).toContain('All 7 layers');
    expect(html.match(/kernel on this CPU/g)?.length ?? 0).toBeLessThanOrEqual(3);
    expect(html).not.toMatch(/fp32 → fp32/);
    setPrecision('bf16', { keep: 'layer0=bf16' });
    const kept = explainLayers(tf.sequential({ layers }), { data: { x: tf.ones([4, 4]) } });
    const text = String(kept[JUPYTER_DISPLAY]()['text/plain']);
    expect(text.match(/kept by layer0=bf16/g)).toHaveLength(1);
    expect(text.match(/follows its input's format/g)).toHaveLength(1);
  });

  it('shows itself as a table, without scripts', () => {
    setPrecision('bf16', { keep: 'score=fp32' });
    const bundle = explainLayers(classifier(), { data: data() })[JUPYTER_DISPLAY]();
    const html = String(bundle['text/html']);
    expect(html).toContain('<table');
    expect(html).not.toContain('<script');
    expect(html).toMatch(/kept by score=fp32/);
    expect(bundle['text/plain']).toMatch(/Casts took .* \(.*%, measured\)/);
  });

  it('refuses what it can not run, and says what it takes', () => {
    const model = classifier();
    expect(() => explainLayers(model, {} as never)).toThrow(/data\.x must be a tensor/);
    expect(() => explainLayers({} as never, { data: data() })).toThrow(/takes a tf\.LayersModel/);
    setPrecision('bf16', { keep: 'scoer=fp32' });
    expect(() => explainLayers(model, { data: data() })).toThrow(/Did you mean score/);
  });
});
