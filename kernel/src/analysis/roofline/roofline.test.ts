import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { loadBackend } from '../../start';
import { modelCost } from '../cost/model-cost';
import { rooflineChart } from './chart';
import { timeLayers } from './layer-times';
import { logScale } from './log-scale';
import { placeNumbers } from './markers';
import type { Roof, RooflineResult } from './result';
import { pointsOf, roofline } from './roofline';
import { Roofline } from './view';

beforeAll(() => {
  loadBackend();
});

const model = (): tf.Sequential =>
  tf.sequential({
    name: 'net',
    layers: [
      tf.layers.dense({ name: 'wide', inputShape: [256], units: 512, activation: 'relu' }),
      tf.layers.reLU({ name: 'relu' }),
      tf.layers.dense({ name: 'out', units: 4 }),
    ],
  });

/** A machine of 100 GFLOP/s and 10 GB/s: the ridge is at 10 FLOP/B. */
const ROOF: Roof = {
  format: 'fp32',
  execution: 'native',
  peakFlopPerS: 1e11,
  bandwidthBytePerS: 1e10,
  ridgeFlopPerByte: 10,
  reason: 'made up',
};
const NONE = { peakFlopPerS: null, bandwidthBytePerS: null, ridgeFlopPerByte: null };
const SIMULATED: Roof = { format: 'fp16', execution: 'simulated', reason: 'no units', ...NONE };

const resultOf = async (roofs: readonly Roof[], batchSize: number): Promise<RooflineResult> => {
  const { result } = await modelCost(model(), { batchSize });
  return {
    model: 'net',
    batchSize,
    device: 'made up',
    threads: 2,
    loadBefore: 0,
    roofs,
    points: roofs.flatMap((roof) => pointsOf(result.layers, roof, new Map([['wide', 1e-3]]))),
    others: 1,
  };
};

describe('roofline', () => {
  it('measures roofs and layers, and leaves nothing behind', async () => {
    const net = model();
    await roofline(net, { batchSize: 8, formats: ['fp32'] });
    const tensors = tf.memory().numTensors;
    const { result } = await roofline(net, { batchSize: 64, formats: ['fp32', 'int8', 'fp8'] });
    expect(tf.memory().numTensors).toBe(tensors);
    const [fp32, int8, fp8] = result.roofs;
    // A machine slower or faster than these is none that runs this.
    expect(fp32?.peakFlopPerS).toBeGreaterThan(1e8);
    expect(fp32?.peakFlopPerS).toBeLessThan(1e15);
    expect(fp32?.bandwidthBytePerS).toBeGreaterThan(1e7);
    expect(fp32?.bandwidthBytePerS).toBeLessThan(1e14);
    expect(int8?.peakFlopPerS === null).toBe(int8?.execution === 'simulated');
    expect(fp8).toMatchObject({ execution: 'simulated', ...NONE });
    const measured = result.points.filter(({ format }) => format === 'fp32');
    expect(measured.map(({ name }) => name)).toEqual(['wide', 'out']);
    expect(measured.every((point) => (point.measuredFlopPerS ?? 0) > 0)).toBe(true);
    expect(result.points.some(({ format }) => format === 'fp8')).toBe(false);
    expect(result.others).toBe(1);
  }, 120_000);

  it('puts a layer under memory left of the ridge, and under the peak right of it', async () => {
    const [small] = (await resultOf([ROOF], 1)).points;
    expect(small?.bound).toBe('memory');
    expect(small?.attainableFlopPerS).toBeCloseTo(1e10 * (small?.intensityFlopPerByte ?? 0), 0);
    const [large] = (await resultOf([ROOF], 4096)).points;
    expect(large).toMatchObject({ bound: 'compute', attainableFlopPerS: 1e11 });
    expect(large?.measuredFlopPerS).toBeCloseTo((4096 * 2 * 256 * 512) / 1e-3, -3);
  });

  it('shows the same in words: what is simulated, untimed, left out, above the roof', async () => {
    const view = new Roofline(await resultOf([ROOF, SIMULATED], 4096));
    const text = String(view[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toMatch(/^fp32 +native +100 GFLOP\/s +10.0 GB\/s +10.0$/m);
    expect(text).toMatch(/^1 wide +fp32 +[\d.]+ +compute +100 GFLOP\/s +1070 GFLOP\/s/m);
    expect(text).toContain('fp16 is simulated, and has no roof: no units');
    expect(text).toContain('is above its roof');
    expect(text).toContain('1 layer without products is left out');
    expect(text).not.toContain('busy');
    expect(text).not.toContain('bound by neither');
    const points = view.result.points.map((point) => ({ ...point, measuredFlopPerS: 1e9 }));
    const short = new Roofline({ ...view.result, points });
    expect(String(short[JUPYTER_DISPLAY]()['text/plain'])).toContain('bound by neither');
    const busy = new Roofline({ ...(await resultOf([ROOF], 1)), loadBefore: 3 });
    expect(String(busy[JUPYTER_DISPLAY]()['text/plain'])).toContain('The machine was busy');
  });

  it('leaves the states of a recurrent layer alone, and keeps to its batch', async () => {
    const lstm = tf.layers.lstm({ batchInputShape: [2, 3, 4], units: 5, stateful: true });
    const stateful = tf.sequential({ name: 'stateful', layers: [lstm] });
    stateful.predict(tf.ones([2, 3, 4]), { batchSize: 2 });
    const states = (): number[] =>
      (lstm as unknown as { states: tf.Tensor[] }).states.flatMap((state) => [...state.dataSync()]);
    const before = states();
    const { result } = await roofline(stateful, { formats: ['fp32'] });
    expect(result.batchSize).toBe(2);
    expect(result.points[0]?.measuredFlopPerS).toBeGreaterThan(0);
    expect(states()).toEqual(before);
    await expect(roofline(stateful, { batchSize: 8 })).rejects.toThrow(/built for batches of 2/);
  });

  it('says what it cannot draw', async () => {
    await expect(roofline(model(), { formats: [] })).rejects.toThrow(/allowed are one or more of/);
    await expect(roofline(model(), { formats: ['int2' as 'int8'] })).rejects.toThrow(/int2/);
    await expect(roofline(model(), { batchSize: 0 })).rejects.toThrow(/batchSize is 0/);
  });
});

describe('timeLayers', () => {
  it('gives a layer the time of its own kernels, that of a nested model too', () => {
    const heavy = tf.layers.dense({ name: 'heavy', inputShape: [512], units: 2048 });
    const light = tf.layers.dense({ name: 'light', units: 1 });
    const inner = tf.sequential({ name: 'inner', layers: [heavy] });
    const outer = tf.sequential({ layers: [inner, light] });
    const times = timeLayers(outer, new Set([heavy, light]), { batchSize: 256, format: 'fp32' });
    expect([...times.keys()]).toEqual([heavy, light]);
    expect(times.get(heavy)).toBeGreaterThan(times.get(light) ?? Infinity);
  });
});

/** All that a chart says. */
const drawn = (result: RooflineResult): string => JSON.stringify(rooflineChart(result));

describe('the chart', () => {
  it('draws a roof for each format that has one, a marker a layer, and says it in its description', async () => {
    const chart = drawn(await resultOf([ROOF, SIMULATED], 32));
    expect(chart).toContain('fp32: 100 GFLOP/s, 10.0 GB/s');
    expect(chart).not.toContain('fp16');
    expect(chart.match(/bound by/g)).toHaveLength(2);
    expect(chart).not.toMatch(/NaN|Infinity|undefined/);
    expect(rooflineChart(await resultOf([SIMULATED], 32))).toBeUndefined();
  });

  it('escapes names', async () => {
    const result = await resultOf([ROOF], 1);
    const points = result.points.map((point) => ({ ...point, name: '<b>' }));
    expect(drawn({ ...result, points })).not.toContain('<b>');
  });

  it('has logarithmic axes', () => {
    const scale = logScale([1, 10_000], 0, 100);
    expect(scale.at(100)).toBeCloseTo(50, 9);
    expect(scale.ticks).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logScale([2, 30], 0, 100).ticks).toEqual([2, 5, 10, 20]);
  });

  it('puts no number over another, and leaves one out that has no room', () => {
    const apart = placeNumbers([1, 2, 3].map((i) => ({ x: 50 + 8 * i, y: 50, text: String(i) })));
    for (const [i, a] of apart.entries()) {
      for (const b of apart.slice(i + 1)) {
        expect(Math.abs(a.x - b.x) >= 12 || Math.abs(a.y - b.y) >= 10).toBe(true);
      }
    }
    const crowd = Array.from({ length: 30 }, (_, i) => ({ x: 50, y: 50, text: String(i) }));
    expect(placeNumbers(crowd).length).toBeLessThan(30);
  });
});
