import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphFixture } from '../../importing/graph.fixture';
import { loadBackend } from '../../start';
import { multiHeadAttention } from '../../layers/multi-head-attention';
import { groupNormalization } from '../../layers/group-normalization';
import { positionEmbedding } from '../../layers/position-embedding';
import { quantize } from '../../quantization/quantize';
import type { WeightFormat } from '../../graph/quantized-graph';
import { limits } from '../../formats/limits';
import { elementOf } from '../../graph/float-codes';
import { channelCount } from '../../schemes/channels';
import { decodeWeights, isBlockFormat, isFloatFormat, WEIGHT_BITS } from '../../graph/weight-codes';
import { loadTfjs } from './load-tfjs';
import { saveTfjs, type SaveTfjsOptions } from './save-tfjs';
import { TFJS_WEIGHTS, type TfjsWeights } from './weight-spec';

const STOCK = Object.keys(TFJS_WEIGHTS).filter(
  (name) => TFJS_WEIGHTS[name as TfjsWeights] === 'stock',
) as TfjsWeights[];
const OWN = Object.keys(TFJS_WEIGHTS).filter(
  (name) => TFJS_WEIGHTS[name as TfjsWeights] === 'own',
) as TfjsWeights[];

let folder = '';
beforeAll(() => {
  loadBackend();
  folder = mkdtempSync(join(tmpdir(), 'halfnote-tfjs-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let saves = 0;
const somewhere = (): string => join(folder, String(++saves));

function network(): tf.LayersModel {
  const seed = (n: number): ReturnType<typeof tf.initializers.glorotNormal> =>
    tf.initializers.glorotNormal({ seed: n });
  const model = tf.sequential({ name: 'network' });
  model.add(
    tf.layers.conv2d({
      inputShape: [8, 8, 3],
      filters: 8,
      kernelSize: 3,
      kernelInitializer: seed(1),
    }),
  );
  model.add(tf.layers.batchNormalization());
  model.add(tf.layers.activation({ activation: 'relu' }));
  model.add(
    tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, depthwiseInitializer: seed(2) }),
  );
  model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 16, activation: 'relu', kernelInitializer: seed(3) }));
  model.add(tf.layers.dense({ units: 5, activation: 'softmax', kernelInitializer: seed(4) }));
  return model;
}

const image = (): tf.Tensor => tf.randomUniform([4, 8, 8, 3], -1, 1, 'float32', 7);

/**
 * tfjs without Halfnote: another process, whose only module is `@tensorflow/tfjs` on its CPU backend,
 * loads the folder by a handler that reads files, and prints the output and the weights.
 */
const STOCK_PROGRAM = `
const tf = require('@tensorflow/tfjs');
const { readFileSync } = require('node:fs');
const [, folder, shape, input] = process.argv;
(async () => {
  await tf.setBackend('cpu');
  const json = JSON.parse(readFileSync(folder + '/model.json', 'utf8'));
  const model = await tf.loadLayersModel({ load: () => tf.io.getModelArtifactsForJSON(json, (manifest) => {
    const data = Buffer.concat(manifest.flatMap((g) => g.paths).map((p) => readFileSync(folder + '/' + p)));
    const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
    return Promise.resolve([manifest.flatMap((g) => g.weights), buffer]);
  }) });
  const y = model.predict(tf.tensor(JSON.parse(input), JSON.parse(shape)));
  const numbers = (t) => Array.from(t.dataSync());
  process.stdout.write(JSON.stringify({ output: numbers(y), weights: model.getWeights().map(numbers) }));
})().catch((error) => { process.stderr.write('failed: ' + error.message); process.exitCode = 1; });
`;

interface StockResult {
  readonly output: number[];
  readonly weights: number[][];
}

function stock(path: string, x: tf.Tensor): StockResult {
  const args = [
    '-e',
    STOCK_PROGRAM,
    path,
    JSON.stringify(x.shape),
    JSON.stringify([...x.dataSync()]),
  ];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const cwd = resolve(__dirname, '../../../..');
  const printed = execFileSync(process.execPath, args, { env, cwd, stdio: 'pipe' });
  return JSON.parse(printed.toString()) as StockResult;
}

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0);
}

describe('what tfjs reads itself', () => {
  it.each(STOCK)(
    '%s: loads in a process without Halfnote, with the same outputs as here',
    async (weights) => {
      const model = network();
      const path = somewhere();
      const saved = await saveTfjs(path, model, { weights });
      expect(saved.stock).toBe(true);
      const x = image();
      const theirs = stock(path, x);
      const ours = await loadTfjs(path);
      const kept = ours.getWeights().map(numbers);
      expect(kept.length).toBe(theirs.weights.length);
      kept.forEach((values, i) => {
        expect(furthest(values, theirs.weights[i] ?? [])).toBeLessThan(1e-6);
      });
      expect(furthest(numbers(ours.predict(x) as tf.Tensor), theirs.output)).toBeLessThan(1e-5);
      if (weights === 'float32') expect(kept).toEqual(model.getWeights().map(numbers));
      // One step of a weight's grid, halved: what rounding may cost at most.
      model.getWeights().forEach((weight, i) => {
        const before = numbers(weight);
        const steps = { float32: 0, float16: 2 ** -11, uint16: 1 / 65535, uint8: 1 / 255 }[
          weights as 'uint8'
        ];
        const span = Math.max(...before) - Math.min(...before);
        const matrix = weight.rank > 1;
        expect(furthest(before, kept[i] ?? [])).toBeLessThanOrEqual(
          matrix ? steps * span * 0.51 : 0,
        );
      });
    },
  );

  it('keeps a zero of a weight exactly, and the ends of one without a zero', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [3], units: 2, useBias: false })],
    });
    for (const values of [
      [-1, 0, 0.7, 0, 0.2, 3],
      [5, 5.5, 6, 7, 7.25, 8],
      [2, 2, 2, 2, 2, 2],
      [0, 0, 0, 0, 0, 0],
    ]) {
      model.setWeights([tf.tensor2d(values, [3, 2])]);
      const path = somewhere();
      await saveTfjs(path, model, { weights: 'uint8' });
      const [kernel = []] = stock(path, tf.zeros([1, 3])).weights;
      values.forEach((value, i) => {
        if (value === 0) expect(kernel[i]).toBe(0);
        expect(Math.abs((kernel[i] ?? NaN) - value)).toBeLessThan(0.01);
      });
    }
  });
});

/** The most that rounding can be off: half a step of the largest weight, in blocks what saturates. */
function mostOf(format: WeightFormat, kernel: tf.Tensor): number {
  const largest = Math.max(...numbers(kernel).map(Math.abs));
  if (isBlockFormat(format)) return largest / 4;
  if (isFloatFormat(format)) return (largest * limits(elementOf(format)).epsilon) / 2;
  return (format.startsWith('log') ? 4 : 1) / 2 ** (WEIGHT_BITS[format] - 1);
}

describe('what our loader reads', () => {
  it.each(OWN)(
    '%s: the weights are what quantize makes of them, and the file as small as its bits',
    async (weights) => {
      const model = network();
      const path = somewhere();
      const saved = await saveTfjs(path, model, { weights });
      expect(saved.stock).toBe(false);
      expect(String(saved)).toMatch(/model\.json .*kB.* loadTfjs of Halfnote/);
      const loaded = await loadTfjs(path);
      const dense = (m: tf.LayersModel): tf.Tensor => m.layers[6]?.getWeights()[0] as tf.Tensor;
      const bits = WEIGHT_BITS[weights as WeightFormat];
      // No more of a channel's values than there are codes.
      const columns = (dense(loaded) as tf.Tensor2D).transpose().arraySync() as number[][];
      for (const column of columns) expect(new Set(column).size).toBeLessThanOrEqual(2 ** bits);
      const error = furthest(numbers(dense(model)), numbers(dense(loaded)));
      expect(error).toBeGreaterThan(0);
      if (bits >= 3) expect(error).toBeLessThan(mostOf(weights as WeightFormat, dense(model)));
      const matrices = model.weights.filter(({ shape }) => shape.length > 1);
      const count = matrices.reduce(
        (sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]),
        0,
      );
      const channels = 8 + 8 * 2 + 16 + 5;
      const blocks = matrices.reduce((sum, { originalName, shape }) => {
        const own = channelCount(originalName, shape as number[]);
        const depth = tf.util.sizeFromShape(shape as number[]) / own;
        return sum + Math.ceil(depth / (weights === 'nf4' ? 64 : 32)) * own;
      }, 0);
      const floats = weights.startsWith('codebook')
        ? matrices.length * 2 ** bits
        : !isBlockFormat(weights as WeightFormat)
          ? channels
          : weights === 'nf4'
            ? blocks
            : blocks / 4;
      const vectors = saved.floatWeightBytes - 4 * count;
      expect(saved.weightBytes - vectors - 4 * floats).toBeLessThanOrEqual(
        (count * bits) / 8 + matrices.length,
      );
    },
  );

  it('gives tfjs without Halfnote an error that names us', async () => {
    const path = somewhere();
    await saveTfjs(path, network(), { weights: 'int4' });
    expect(() => stock(path, image())).toThrow(/unknown quantization dtype halfnote:int4/);
    const { userDefinedMetadata } = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')) as {
      userDefinedMetadata: object;
    };
    expect(userDefinedMetadata).toEqual({ halfnote: { weights: 'int4', stock: false } });
  });

  it('keeps groups of a channel apart', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [64], units: 4, useBias: false })],
    });
    const values = Array.from({ length: 256 }, (_, i) => (i < 128 ? 0.01 : 10) * Math.sin(i + 1));
    model.setWeights([tf.tensor2d(values, [64, 4])]);
    const kept = async (options: SaveTfjsOptions): Promise<number[]> => {
      const path = somewhere();
      await saveTfjs(path, model, options);
      return numbers((await loadTfjs(path)).getWeights()[0] as tf.Tensor);
    };
    const groups = await kept({ weights: 'int4', granularity: { group: 32 } });
    expect(furthest(groups.slice(0, 128), values.slice(0, 128))).toBeLessThan(0.01 / 13);
    const channel = await kept({ weights: 'int4' });
    expect(channel.slice(0, 128).every((x) => x === 0)).toBe(true);
  });
});

describe('models of other kinds', () => {
  it('with Halfnote layers come back the same', async () => {
    const input = tf.input({ shape: [6, 8] });
    const placed = positionEmbedding({ maxLength: 6 }).apply(input) as tf.SymbolicTensor;
    const attended = multiHeadAttention({ numHeads: 2, keyDim: 4 }).apply(
      placed,
    ) as tf.SymbolicTensor;
    const normed = groupNormalization({ groups: 2 }).apply(attended) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: normed });
    const x = tf.randomNormal([2, 6, 8], 0, 1, 'float32', 3);
    for (const [weights, limit] of [
      ['float32', 0],
      ['uint16', 1e-3],
      ['int8', 0.2],
    ] as const) {
      const path = somewhere();
      await saveTfjs(path, model, { weights });
      const loaded = await loadTfjs(path);
      const error = furthest(
        numbers(model.predict(x) as tf.Tensor),
        numbers(loaded.predict(x) as tf.Tensor),
      );
      expect(error).toBeLessThanOrEqual(limit);
    }
  });

  it('quantized: what is loaded computes with what the codes stand for', async () => {
    const model = network();
    const x = image();
    for (const options of [{ mode: 'weight-only' }, { calibrate: x }] as const) {
      const small = await quantize(model, options);
      const path = somewhere();
      const saved = await saveTfjs(path, small);
      expect(saved.stock).toBe(false);
      expect(saved.weightBytes).toBeLessThan(0.4 * saved.floatWeightBytes);
      const loaded = await loadTfjs(path);
      expect(loaded.layers.some((layer) => layer.getClassName() === 'BatchNormalization')).toBe(
        false,
      );
      const kept = loaded.weights.filter(({ originalName }) => originalName.endsWith('kernel'));
      const linear = small.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
      expect(kept.map((weight) => numbers(weight.read()))).toEqual(
        linear.map(({ weights }) => [...decodeWeights(weights)]),
      );
      // Whatever runs the quantized model may round activations.
      const ours = numbers(loaded.predict(x) as tf.Tensor);
      expect(furthest(ours, numbers(small.predict(x) as tf.Tensor))).toBeLessThan(0.02);
      await saveTfjs(path, small, { weights: 'uint8' });
      expect(furthest(stock(path, x).output, ours)).toBeLessThan(0.05);
      small.dispose();
    }
  });
});

describe('files', () => {
  it('of the model before are gone, and nothing else is touched', async () => {
    const path = somewhere();
    await saveTfjs(path, network(), { weights: 'float32' });
    writeFileSync(join(path, 'notes.txt'), 'mine');
    const before = readdirSync(path);
    await saveTfjs(path, network(), { weights: 'uint8' });
    const after = readdirSync(path);
    expect(after).toContain('notes.txt');
    expect(after.length).toBe(before.length);
    expect(after.filter((name) => name.endsWith('.bin'))).not.toEqual(
      before.filter((name) => name.endsWith('.bin')),
    );
    await loadTfjs(join(path, 'model.json'));
  });

  it('are cut into shards of 4 MiB, and are as large as is said', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ inputShape: [1500], units: 1000, kernelInitializer: 'zeros' })],
    });
    const path = somewhere();
    const { bytes, file } = await saveTfjs(path, model);
    const names = readdirSync(path);
    expect(names.filter((name) => name.endsWith('.bin'))).toHaveLength(2);
    expect(names.reduce((sum, name) => sum + statSync(join(path, name)).size, 0)).toBe(bytes);
    expect(file).toBe(join(path, 'model.json'));
    expect((await loadTfjs(path)).countParams()).toBe(1_501_000);
  });

  it('leave the old model whole where writing fails', async () => {
    const path = somewhere();
    const model = network();
    await saveTfjs(path, model);
    const [kernel] = model.layers[0]?.getWeights() ?? [];
    const before = numbers(kernel as tf.Tensor);
    model.layers[0]?.setWeights([tf.fill([3, 3, 3, 8], NaN), tf.zeros([8])]);
    await expect(saveTfjs(path, model, { weights: 'uint8' })).rejects.toThrow(/kernel' has NaN/);
    const loaded = await loadTfjs(path);
    expect(numbers(loaded.layers[0]?.getWeights()[0] as tf.Tensor)).toEqual(before);
    writeFileSync(join(folder, 'a file'), '');
    await expect(saveTfjs(join(folder, 'a file'), network())).rejects.toThrow(
      /Can't write the model/,
    );
  });

  it('that are wrong are told apart', async () => {
    await expect(loadTfjs(join(folder, 'nowhere'))).rejects.toThrow(/Can't read .*nowhere/);
    const path = somewhere();
    await saveTfjs(path, network(), { weights: 'int8' });
    const [shard = ''] = readdirSync(path).filter((name) => name.endsWith('.bin'));
    writeFileSync(join(path, shard), readFileSync(join(path, shard)).subarray(0, 100));
    await expect(loadTfjs(path)).rejects.toThrow(/end at 100 bytes, within 'conv2d/);
    const json = readFileSync(join(path, 'model.json'), 'utf8');
    writeFileSync(join(path, 'model.json'), json.replace(shard, '../secret.bin'));
    await expect(loadTfjs(path)).rejects.toThrow(
      /names '..\/secret.bin', which is no file beside it/,
    );
    writeFileSync(join(path, 'model.json'), json.replace('halfnote:int8', 'halfnote:int9'));
    await expect(loadTfjs(path)).rejects.toThrow(/format 'int9'; allowed are .*int8, int4/);
    writeFileSync(join(path, 'model.json'), '{}');
    await expect(loadTfjs(path)).rejects.toThrow(/is no tfjs model/);
  });
});

it('loads a graph model as layers', async () => {
  const fixture = new GraphFixture();
  const w = fixture.constant('w', tf.tensor2d([[1, 2]], [1, 2]));
  fixture.node('y', 'MatMul', [fixture.input('x', [-1, 1]), w]);
  const path = somewhere();
  mkdirSync(path);
  const handler = tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
    const weightsManifest = [{ paths: ['group1.bin'], weights: weightSpecs }];
    const json = { format: 'graph-model', modelTopology, weightsManifest };
    writeFileSync(join(path, 'model.json'), JSON.stringify(json));
    const bytes = tf.io.CompositeArrayBuffer.join(weightData);
    writeFileSync(join(path, 'group1.bin'), new Uint8Array(bytes));
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
    });
  });
  await (await fixture.model()).save(handler);
  const model = await loadTfjs(path);
  expect(model.layers.map(({ name }) => name)).toEqual(['x', 'y']);
  expect([...(model.predict(tf.tensor2d([[3]])) as tf.Tensor).dataSync()]).toEqual([3, 6]);
});

describe('weights that a format does not have', () => {
  const dense = (...kernel: number[]): tf.LayersModel => {
    const layer = tf.layers.dense({ units: 1, inputShape: [kernel.length], useBias: false });
    const model = tf.sequential({ layers: [layer] });
    model.setWeights([tf.tensor2d(kernel, [kernel.length, 1])]);
    return model;
  };

  it.each(['float32', 'float16'] as const)('NaN and infinity are kept in %s', async (weights) => {
    const folderOf = somewhere();
    await saveTfjs(folderOf, dense(1, NaN, Infinity, -Infinity), { weights });
    const [kernel] = (await loadTfjs(folderOf)).getWeights();
    expect([...(kernel?.dataSync() ?? [])]).toEqual([1, NaN, Infinity, -Infinity]);
  });

  it.each([...OWN, 'uint8', 'uint16'] as const)('NaN is refused in %s', async (weights) => {
    const folderOf = somewhere();
    await expect(saveTfjs(folderOf, dense(1, NaN), { weights })).rejects.toMatchObject({
      code: 'not-finite',
    });
    expect(existsSync(folderOf)).toBe(false);
  });

  it('are refused where all become 0 in float16, and the model before stays', async () => {
    const folderOf = somewhere();
    await saveTfjs(folderOf, dense(1));
    const before = readFileSync(join(folderOf, 'model.json'), 'utf8');
    await expect(
      saveTfjs(folderOf, dense(1e-9, 2e-9), { weights: 'float16' }),
    ).rejects.toMatchObject({
      code: 'export-mismatch',
    });
    expect(readFileSync(join(folderOf, 'model.json'), 'utf8')).toBe(before);
  });

  it('are said where fewer bits change much', async () => {
    const { notes } = await saveTfjs(somewhere(), dense(1, 1, 1, -1), { weights: 'binary' });
    expect(notes).toEqual([]);
    const coarse = await saveTfjs(somewhere(), dense(1, 0.6, 0.3, 0.1), { weights: 'binary' });
    expect(coarse.notes.join()).toMatch(/^More than 5.*% off: .* with binary weights/);
  });
});

describe('bad input', () => {
  it('is named with what is allowed', async () => {
    const path = somewhere();
    const bad = (source: unknown, options: object = {}): Promise<unknown> =>
      saveTfjs(path, source as tf.LayersModel, options);
    await expect(bad(network(), { weights: 'uint4' })).rejects.toThrow(
      /Unknown weight format 'uint4'. Allowed: float32, float16, uint16, uint8, .*int8, int4/,
    );
    await expect(bad(undefined)).rejects.toThrow(/saveTfjs\(\) takes a tf.Sequential/);
    await expect(bad({})).rejects.toThrow(/saveTfjs\(\) takes a tf.Sequential/);
    await expect(bad(network(), { granularity: 'per-tensor' })).rejects.toThrow(
      /not for what a model/,
    );
    await expect(bad(network(), { weights: 'int4', granularity: { group: 7 } })).rejects.toThrow(
      /Groups of 7 do not divide/,
    );
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] });
    model.setWeights([tf.tensor2d([1e6], [1, 1]), tf.zeros([1])]);
    await expect(bad(model, { weights: 'float16' })).rejects.toThrow(
      /has 1000000; float16 goes to 65504/,
    );
    expect(existsSync(path)).toBe(false);
  });
});
