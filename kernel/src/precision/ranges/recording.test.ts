import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBackend } from '../../start';
import { HOST, JUPYTER_DISPLAY, type DisplayOutput } from '../../host';
import { MIME } from '../../payloads/mime-types';
import { gradientRanges as payloadSchema } from '../../payloads/ranges/schema';
import type { GradientRanges, RangeLayer } from '../../payloads/ranges/schema';
import { StaticLossScaler } from '../loss-scale/static';
import { QUIET } from '../quiet.fixture';
import { lossScaler, setLossScaler } from '../session';
import { setPrecision } from '../status';
import { gradientRanges, recordGradients } from './gradient-ranges';

beforeAll(() => {
  loadBackend();
});

const globals = globalThis as { [HOST]?: unknown };

afterEach(() => {
  Reflect.deleteProperty(globals, HOST);
  recordGradients(false);
  setPrecision('fp32');
});

/** What the backend asks of a notebook before each op. */
function throwIfInterrupted(): void {
  // Nobody interrupts.
}

/** Exponents and counts of a row. */
function bins({ bins: counts, firstExponent, zero }: RangeLayer): Record<string, number> {
  const found: Record<string, number> = zero > 0 ? { zero } : {};
  counts.forEach((count, index) => {
    if (count > 0) found[String(firstExponent + index)] = count;
  });
  return found;
}

function row(kind: RangeLayer['kind'], name: string): RangeLayer {
  const found = gradientRanges().payload.layers.find((r) => r.kind === kind && r.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** loss = sum(relu(x * 2) * 4), with x = [1, -1, 8]. */
function network(): { step: () => void; dispose: () => void } {
  const layers = [
    tf.layers.dense({ name: 'double', units: 1, useBias: false, inputShape: [1] }),
    tf.layers.reLU({ name: 'rectify' }),
    tf.layers.reshape({ name: 'flat', targetShape: [1] }),
    tf.layers.dense({ name: 'quadruple', units: 1, useBias: false }),
  ];
  const model = tf.sequential({ layers });
  model.setWeights([tf.tensor2d([[2]]), tf.tensor2d([[4]])]);
  const optimizer = tf.train.sgd(0);
  const x = tf.tensor2d([[1], [-1], [8]]);
  return {
    step: () => {
      optimizer.minimize(() => tf.sum(model.apply(x, { training: true }) as tf.Tensor));
    },
    dispose: () => {
      model.dispose();
      x.dispose();
    },
  };
}

describe('what layers put out', () => {
  it('is counted while gradients are computed, and the gradients that come back', () => {
    const { step, dispose } = network();
    recordGradients(true, { of: ['activations', 'activation-gradients'], every: 2 });
    step();
    step();
    // Outputs 2, -2, 16; then 2, 0, 16; then 8, 0, 64. A layer that only reshapes shows nothing.
    expect(bins(row('activation', 'double'))).toEqual({ '1': 2, '4': 1 });
    expect(bins(row('activation', 'rectify'))).toEqual({ zero: 1, '1': 1, '4': 1 });
    expect(bins(row('activation', 'quadruple'))).toEqual({ zero: 1, '3': 1, '6': 1 });
    expect(row('activation', 'double').shape).toEqual([1]);
    // d loss / d output: 1 behind the last layer, 4 before it, 0 where relu is off.
    expect(bins(row('activation-gradient', 'quadruple'))).toEqual({ '0': 3 });
    expect(bins(row('activation-gradient', 'rectify'))).toEqual({ '2': 3 });
    expect(bins(row('activation-gradient', 'double'))).toEqual({ zero: 1, '2': 2 });
    expect(gradientRanges().payload.layers).toHaveLength(6);
    dispose();
  });

  it('is recorded without the loss scale', () => {
    const { step, dispose } = network();
    setPrecision('fp16');
    setLossScaler(new StaticLossScaler(1024));
    recordGradients(true, { of: ['activation-gradients'] });
    step();
    expect(bins(row('activation-gradient', 'rectify'))).toEqual({ '2': 3 });
    dispose();
  });

  it('leaves no tensor behind, and none is counted in predictions', () => {
    const { step, dispose } = network();
    step();
    recordGradients(true, { of: ['activations', 'activation-gradients', 'weights'], every: 1 });
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
    const counted = row('activation', 'double').count;
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'double', units: 1, inputShape: [1] })],
    });
    tf.dispose(model.predict(tf.ones([4, 1])));
    expect(row('activation', 'double').count).toBe(counted);
    dispose();
  });
});

describe('names in training loops of the user', () => {
  const train = (...variables: tf.Variable[]): void => {
    recordGradients(true);
    tf.train.sgd(0).minimize(() => tf.sum(tf.addN(variables.map((v) => tf.sum(v)))));
  };
  const names = (): string[] => gradientRanges().payload.layers.map(({ name }) => name);

  it('are the places where the notebook keeps the variables', () => {
    const [w, b, scale] = [tf.ones([2]), tf.ones([3]), tf.ones([4])].map((t) => t.variable());
    const named = tf.variable(tf.ones([5]), true, 'mine');
    if (!w || !b || !scale) throw new Error('no variables');
    const variables = new Map<string, unknown>([
      ['text', 'no object'],
      ['parameters', [w, { bias: b }]],
      ['scale', scale],
    ]);
    globals[HOST] = { variables: () => variables, throwIfInterrupted };
    train(w, b, scale, named);
    expect(names()).toEqual(['parameters[0]', 'parameters[1].bias', 'scale', 'mine']);
    tf.dispose([w, b, scale, named]);
  });

  it('are numbers from one on where nobody knows better', () => {
    const variables = [tf.ones([2]), tf.ones([3])].map((t) => t.variable());
    train(...variables);
    expect(names()).toEqual(['variable 1', 'variable 2']);
    tf.dispose(variables);
  });
});

describe('the live display', () => {
  it('is one output of the cell that trains, cumulative, throttled, and final at its end', () => {
    const outputs: DisplayOutput[] = [];
    const ends: (() => void)[] = [];
    globals[HOST] = {
      variables: () => new Map(),
      throwIfInterrupted,
      display: (output: DisplayOutput) => outputs.push(output),
      onCellEnd: (listener: () => void) => ends.push(listener),
    };
    const { step, dispose } = network();
    recordGradients(true, { every: 1, live: true });
    for (let i = 0; i < 20; i++) step();
    expect(outputs.length).toBeLessThan(20);
    expect(outputs[0]?.update).toBe(false);
    ends.splice(0).forEach((end) => {
      end();
    });
    const last = outputs.at(-1);
    expect(last).toMatchObject({ update: true, displayId: outputs[0]?.displayId });
    const payload = last?.data[MIME.gradientRanges] as GradientRanges;
    expect(payload).toMatchObject({ step: 20, recordedSteps: 20 });
    step();
    expect(outputs.at(-1)).toMatchObject({ update: false });
    expect(outputs.at(-1)?.displayId).not.toBe(last?.displayId);
    dispose();
  });
});

describe('bad input', () => {
  it('is refused by name', () => {
    expect(() => {
      recordGradients(true, { of: ['biases' as 'weights'] });
    }).toThrow(/of is \[biases\]; allowed are one or more of gradients, weights, activations/);
    expect(() => {
      recordGradients(true, { of: [] });
    }).toThrow(/allowed are one or more/);
  });
});

describe('gradients that were computed in fp16', () => {
  it('are shown with a word on what became zero before it was counted', () => {
    setPrecision('fp16');
    setLossScaler('none');
    recordGradients(true, { every: 1 });
    expect(gradientRanges().payload.notes).toEqual([]);
    const optimizer = tf.train.sgd(0);
    const weight = tf.variable(tf.scalar(1));
    optimizer.minimize(() => tf.mul(weight, 0).asScalar());
    const shown = gradientRanges();
    expect(shown.payload.notes?.[0]).toMatch(/^Zero includes what was lost: .* below 2⁻²⁵ /);
    expect(shown[JUPYTER_DISPLAY]()['text/plain']).toMatch(/Zero or lost[^]*Zero includes/);
    setPrecision('fp32');
    recordGradients(true, { every: 1 });
    optimizer.minimize(() => tf.mul(weight, 0).asScalar());
    expect(gradientRanges().payload.notes).toEqual([]);
    tf.dispose(weight);
  });
});

describe('steps', () => {
  it('are kept apart, each with the loss scale that its gradients were computed at', () => {
    const { step, dispose } = network();
    setPrecision('fp16');
    const scaler = setLossScaler(new StaticLossScaler(1024));
    recordGradients(true, { every: 2, of: ['gradients', 'activations'] });
    step();
    step();
    setLossScaler(new StaticLossScaler(8));
    step();
    expect(scaler.step).toBe(2);
    const { time, layers } = gradientRanges().payload;
    expect(time?.slots).toEqual([
      { firstStep: 0, lastStep: 0, recordedSteps: 1, scale: 1024 },
      { firstStep: 2, lastStep: 2, recordedSteps: 1, scale: 8 },
    ]);
    expect(time?.layers).toHaveLength(layers.length);
    dispose();
  });

  it('are shown up to the one that was stopped', () => {
    const { step, dispose } = network();
    recordGradients(true, { every: 1, of: ['activations'] });
    step();
    expect(gradientRanges().payload.time).toBeUndefined();
    step();
    const stopped = tf.train.sgd(0);
    expect(() =>
      stopped.minimize(() => {
        step();
        throw new Error('stopped');
      }),
    ).toThrow('stopped');
    const { time, layers } = gradientRanges().payload;
    expect(time?.slots.map(({ firstStep }) => firstStep)).toEqual([0, 1, 2]);
    expect(payloadSchema.safeParse({ ...gradientRanges().payload }).error).toBeUndefined();
    expect(layers.length).toBe(time?.layers.length);
    dispose();
  });
});

it('counts the gradient of each activation once, also of a first step whose scale was too large', async () => {
  vi.spyOn(console, 'info').mockReturnValue();
  setPrecision('fp16');
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'inner', units: 1, inputShape: [4], kernelInitializer: 'ones' }),
      tf.layers.dense({ name: 'outer', units: 1, kernelInitializer: 'ones' }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(1e-9), loss: 'meanSquaredError' });
  recordGradients(true, { every: 1, of: ['activation-gradients'] });
  await model.fit(tf.fill([8, 4], 50), tf.zeros([8, 1]), { batchSize: 8, verbose: QUIET });
  expect(lossScaler().skippedSteps).toBe(1);
  expect([
    row('activation-gradient', 'inner').count,
    row('activation-gradient', 'outer').count,
  ]).toEqual([8, 8]);
  vi.restoreAllMocks();
  model.dispose();
});
