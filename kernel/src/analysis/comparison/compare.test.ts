import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../../backend/load';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { MIME } from '../../payloads/mime-types';
import { precisionTable } from '../../payloads/precision/table';
import { compare } from './compare';
import { COMPARE_FORMAT_NAMES } from './compare-formats';

beforeAll(() => {
  loadBackend();
});

function classifier(): tf.Sequential {
  return tf.sequential({
    name: 'classifier',
    layers: [
      tf.layers.dense({
        inputShape: [20],
        units: 64,
        activation: 'relu',
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
      }),
      tf.layers.dense({
        units: 5,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
      }),
    ],
  });
}

const inputs = (): tf.Tensor => tf.randomNormal([70, 20], 0, 1, 'float32', 3);

describe('compare', () => {
  it('gives one row per format, with errors that grow as bits go', async () => {
    const model = classifier();
    const x = inputs();
    const y = tf.argMax(model.predict(x) as tf.Tensor, 1);
    const comparison = await compare(model, {
      formats: ['fp32', 'fp16', 'bf16', 'fp8', 'int8'],
      data: { x, y },
      batchSize: 32,
      repeats: 3,
      measureEnergy: false,
    });
    const { payload } = comparison;
    expect(precisionTable.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
    expect(payload).toMatchObject({ baseline: 'fp32', metric: 'accuracy', samples: 70 });
    const named = ['fp32', 'fp16', 'bf16', 'fp8', 'int8'].map((name) => comparison.row(name));
    const errors = named.map((row) => row?.maxError as number);
    expect(errors[0]).toBe(0);
    expect(errors[1]).toBeGreaterThan(0);
    expect(errors[1]).toBeLessThan(1e-3);
    expect(errors[2]).toBeGreaterThan(errors[1] as number);
    expect(errors[2]).toBeLessThan(1e-2);
    expect(errors[3]).toBeGreaterThan(errors[2] as number);
    expect(errors[4]).toBeGreaterThan(0);
    expect(comparison.row('fp32')).toMatchObject({ score: 1, speedup: 1, sqnrDb: 'Infinity' });
    for (const row of payload.rows) expect(row.score).toBeGreaterThan(0.9);
    const [first, ...others] = payload.rows;
    expect(first?.scoreTest).toBeUndefined();
    for (const { score, scoreInterval, scoreTest } of others) {
      expect(scoreInterval?.[0]).toBeLessThan(Number(score));
      expect(scoreTest).toMatchObject({ test: 'mcnemar' });
      expect(scoreTest?.difference).toBeCloseTo(Number(score) - Number(first?.score), 12);
    }
    expect(payload.notes.join('\n')).toMatch(/Intervals of the accuracy are 95%.*McNemar's test/);
  });

  it('counts the bytes that the weights take', async () => {
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'bf16', 'int8'],
      data: { x: inputs() },
      repeats: 1,
    });
    const matrices = 20 * 64 + 64 * 5;
    const vectors = 64 + 5;
    const { payload } = comparison;
    const bytes = (format: string): unknown => comparison.row(format)?.weightBytes;
    expect(['fp32', 'bf16', 'int8'].map(bytes)).toEqual([
      4 * (matrices + vectors),
      2 * matrices + 4 * vectors,
      matrices + 4 * vectors + 4 * vectors,
    ]);
    expect(payload.metric).toBe('none');
    expect(payload.rows.every((row) => row.score === null)).toBe(true);
  });

  it('claims no time, speedup or energy for a format that is only simulated', async () => {
    const { payload } = await compare(classifier(), {
      formats: ['fp32', 'bf16', 'fp8', 'int8'],
      data: { x: inputs() },
      repeats: 2,
      measureEnergy: (_, work) => {
        work();
        return { energyJ: 1, method: 'modelled', source: 'test' };
      },
    });
    for (const row of payload.rows.filter(({ format }) => format !== 'fp32-ort')) {
      const support = deviceFacts().formats[row.format as 'fp8'];
      expect(row.execution).toBe(support.execution);
      const figures = [row.latencyS, row.throughputPerS, row.speedup, row.energyJ];
      const simulated = row.execution === 'simulated';
      expect(figures.every((figure) => (figure === null) === simulated)).toBe(true);
    }
    expect(payload.rows.some((row) => row.execution === 'simulated')).toBe(true);
    expect(payload.notes.join('\n')).toMatch(/Simulated here.*: .*fp8/);
  });

  it('measures energy with the session’s meter, and says how', async () => {
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'int8'],
      data: { x: inputs() },
      repeats: 1,
    });
    const energy = comparison.row('fp32')?.energyJ;
    expect(energy?.value).toBeGreaterThan(0);
    const [low, high] = energy?.interval ?? [];
    expect(low).toBeLessThanOrEqual(Number(energy?.value));
    expect(high).toBeGreaterThan(Number(energy?.value));
    expect(['counter', 'modelled']).toContain(energy?.method);
    expect(energy?.source).toMatch(/^(cpu|gpu): /);
    expect(comparison.row('fp32')?.co2eG).toBeGreaterThan(0);
  });

  it('goes on without energy figures when the meter fails', async () => {
    const { payload } = await compare(classifier(), {
      formats: ['fp32'],
      data: { x: inputs() },
      repeats: 1,
      measureEnergy: () => {
        throw new Error('no counter');
      },
    });
    expect(payload.rows[0]?.energyJ).toBeNull();
    expect(payload.notes).toContain('No energy figures: no counter');
  });

  it('says so when lower precision does not pay', async () => {
    const tiny = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 2 })] });
    const { payload } = await compare(tiny, {
      formats: ['fp32', 'int8'],
      data: { x: tf.ones([8, 1]) },
      repeats: 5,
    });
    expect(payload.notes).toContain('More memory for weights than fp32 takes on this model: int8.');
  });

  it('takes every format that there is, each with the bytes of its codes and scales', async () => {
    const model = classifier();
    const x = inputs();
    const y = tf.argMax(model.predict(x) as tf.Tensor, 1);
    const tensors = tf.memory().numTensors;
    const comparison = await compare(model, {
      formats: COMPARE_FORMAT_NAMES,
      data: { x, y },
      calibrate: x,
      repeats: 1,
      measureEnergy: false,
    });
    const { payload } = comparison;
    expect(precisionTable.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
    const sqnr = (format: string): number => Number(comparison.row(format)?.sqnrDb);
    const bytes = (format: string): number => comparison.row(format)?.weightBytes ?? NaN;
    // Each bit is worth about 6 dB.
    expect(sqnr('fp8-e3m4')).toBeGreaterThan(sqnr('fp8-e4m3') + 4);
    expect(sqnr('fp8-e4m3')).toBeGreaterThan(sqnr('fp8-e5m2') + 4);
    expect(sqnr('int8-weight-only')).toBeGreaterThan(sqnr('int4') + 15);
    expect(sqnr('int4')).toBeGreaterThan(sqnr('int3') + 4);
    expect(sqnr('mxint8')).toBeGreaterThan(sqnr('mxfp8'));
    for (const format of COMPARE_FORMAT_NAMES.slice(1)) expect(sqnr(format)).toBeGreaterThan(0);
    const [vectors, channels] = [4 * (64 + 5), 64 + 5];
    expect(bytes('fp8-e4m3')).toBe(20 * 64 + 64 * 5 + 4 * channels + vectors);
    // Blocks of 32: one for the 20 inputs of each unit, two for the 64 of the next layer.
    expect(bytes('mxfp4')).toBe((20 * 64 + 64 * 5) / 2 + 64 + 2 * 5 + vectors);
    expect(bytes('nf4')).toBe((20 * 64 + 64 * 5) / 2 + 4 * (64 + 5) + vectors);
    for (const { format, execution, latencyS } of payload.rows) {
      expect(latencyS === null, format).toBe(execution === 'simulated');
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('tells an engine\u2019s gain from a format\u2019s', async () => {
    const model = classifier();
    const tensors = tf.memory().numTensors;
    const comparison = await compare(model, {
      formats: ['fp32', 'fp32-ort', 'int8'],
      data: { x: inputs() },
      repeats: 3,
      measureEnergy: false,
    });
    const [fp32, there, int8] = ['fp32', 'fp32-ort', 'int8'].map((f) => comparison.row(f));
    expect(there).toMatchObject({ execution: 'native', speedup: 1, against: 'fp32-ort' });
    expect(there?.weightBytes).toBe(fp32?.weightBytes);
    expect(there?.sqnrDb).toBeGreaterThan(100);
    const base = int8?.against === 'fp32' ? fp32 : there;
    const [a, b] = [base, int8].map((row) => Number(row?.latencyS?.median));
    expect(int8?.speedup).toBeCloseTo(Number(a) / Number(b), 10);
    expect(comparison.payload.notes.join()).toContain('Against fp32 layer by layer');
    expect(tf.memory().numTensors).toBe(tensors + 1);
  });

  it('says so where fp32 itself gives NaN', async () => {
    const bad = tf.tidy(() => tf.concat([inputs(), tf.fill([1, 20], NaN)]));
    const { payload } = await compare(classifier(), {
      formats: ['fp32'],
      data: { x: bad },
      repeats: 1,
      measureEnergy: false,
    });
    expect(payload.notes.join()).toMatch(/fp32 itself gives 5 outputs that are NaN or infinite/);
  });

  it('refuses int8-static without examples', async () => {
    await expect(
      compare(classifier(), { formats: ['int8-static'], data: { x: inputs() } }),
    ).rejects.toThrow(/'static' needs example inputs/);
  });

  it('calibrates int8 with the examples it is given', async () => {
    const x = inputs();
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'int8'],
      data: { x },
      calibrate: x,
      repeats: 1,
    });
    expect(comparison.row('int8')?.note).toMatch(/^static quantization/);
  });

  it('measures one model once, whatever the names that it is asked for by', async () => {
    const x = inputs();
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'int8', 'int8-dynamic', 'int8-static'],
      data: { x },
      calibrate: x,
      repeats: 3,
    });
    const int8 = comparison.row('int8');
    expect(int8).toBeDefined();
    expect({ ...comparison.row('int8-static'), format: 'int8' }).toEqual(int8);
    expect(comparison.row('int8-dynamic')?.sqnrDb).not.toEqual(int8?.sqnrDb);
    expect(comparison.payload.notes).toContain('int8-static is int8: one model, measured once.');
  });

  it('leaves the model, the data and the memory as they were', async () => {
    const model = classifier();
    const x = inputs();
    const before = (model.predict(x) as tf.Tensor).dataSync();
    const tensors = tf.memory().numTensors;
    await compare(model, {
      formats: ['int8', 'bf16', 'fp32'],
      data: { x },
      repeats: 1,
      measureEnergy: false,
    });
    expect(tf.memory().numTensors).toBe(tensors);
    expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(before);
  });

  it('compares models with convolutions and several outputs', async () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const conv = tf.layers
      .conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' })
      .apply(input) as tf.SymbolicTensor;
    const flat = tf.layers.flatten().apply(conv) as tf.SymbolicTensor;
    const head = tf.layers.dense({ units: 2 }).apply(flat) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [head, conv] });
    const { payload } = await compare(model, {
      formats: ['fp32', 'bf16', 'int8'],
      data: { x: tf.randomUniform([6, 8, 8, 3]), y: tf.zeros([6, 2]) },
      repeats: 1,
    });
    expect(payload.metric).toBe('loss');
    for (const row of payload.rows.slice(1)) expect(row.sqnrDb).toBeGreaterThan(20);
  });

  it('shows itself as a table', async () => {
    const comparison = await compare(classifier(), {
      formats: ['fp32', 'int8'],
      data: { x: inputs() },
      repeats: 1,
    });
    const bundle = comparison[JUPYTER_DISPLAY]();
    expect(bundle[MIME.precisionTable]).toEqual(comparison.payload);
    expect(bundle['text/plain']).toContain('int8');
  });

  it.each([[['bf16', 'fp32']], [['int8']], [['fp32', 'bf16', 'int8']]])(
    'shows the claims of each format, and whom they are of: %j',
    async (formats) => {
      const { payload } = await compare(classifier(), {
        formats,
        data: { x: inputs() },
        repeats: 1,
        measureEnergy: false,
      });
      const { sources = [] } = payload;
      const claimed = payload.rows.filter(({ claims = [] }) => claims.length > 0);
      expect(claimed.map(({ format }) => format)).toEqual(
        formats.filter((format) => format !== 'fp32'),
      );
      for (const { source } of claimed.flatMap(({ claims = [] }) => claims))
        if (source !== undefined) expect(sources.map(({ key }) => key)).toContain(source);
      expect(payload.rows.every(({ literature }) => literature === null)).toBe(true);
    },
  );

  it('names what is wrong with its input', async () => {
    const model = classifier();
    const x = inputs();
    const fails = async (options: object, message: RegExp): Promise<void> => {
      const all = { formats: ['fp32'], data: { x }, ...options };
      await expect(compare(model, all)).rejects.toThrow(message);
    };
    await fails(
      { formats: ['fp32', 'fb16'] },
      /Unknown format 'fb16'\. Allowed: fp32, tf32, .*bf16, .*fp16, .*fp8, .*binary, .*codebook2, fp32-ort\.\nDid you mean/,
    );
    await fails({ formats: [] }, /No formats/);
    await fails({ data: { x: tf.ones([3, 7]) } }, /shape \[3, 7\]; the model takes \[any, 20\]/);
    await fails({ data: { x, y: tf.ones([3]) } }, /70 samples, but data\.y has 3 rows/);
    await fails({ formats: undefined }, /No formats/);
    await fails({ formats: 'fp32' }, /formats must be a list of names, not a string/);
    await fails({ data: undefined }, /data must be \{x\} or \{x, y\}, not undefined/);
    await fails({ data: x }, /data must be \{x\} or \{x, y\}, not a tensor/);
    await fails({ data: {} }, /data\.x must be a tensor.* not undefined/);
    await fails({ data: { x: null } }, /data\.x must be a tensor.* not null/);
    await fails({ data: { x: [x, undefined] } }, /data\.x must be a tensor.* not undefined/);
    await fails({ data: { x: [[1, 2]] } }, /data\.x must be a tensor.* not a list/);
    await fails({ data: { x, y: [1, 2] } }, /data\.y must be a tensor, not a list/);
    await fails(
      { formats: ['int8'], calibrate: tf.zeros([0, 20]) },
      /calibrate has no samples: its shape is \[0, 20\]/,
    );
    const all = { formats: ['fp32'], data: { x } };
    await expect(compare(null as unknown as tf.LayersModel, all)).rejects.toThrow(
      /^compare\(\) takes a tf\.Sequential .*, not null/,
    );
    await expect(compare(model, undefined as unknown as typeof all)).rejects.toThrow(/No formats/);
    await fails({ batchSize: 0 }, /batchSize is 0/);
    await fails({ repeats: 1.5 }, /repeats is 1\.5/);
  });
});
