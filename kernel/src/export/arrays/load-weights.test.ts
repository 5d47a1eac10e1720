import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { python } from '../../formats/ml-dtypes.fixture';
import { ensureBackend } from '../../start';
import { saveSafetensors } from './array-files';
import { loadWeights } from './load-weights';

const folder = mkdtempSync(join(tmpdir(), 'halfnote-weights-'));
const at = (name: string): string => join(folder, name);

function network(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({ name: 'hidden', units: 4, inputShape: [3], activation: 'relu' }),
      tf.layers.dense({ name: 'head', units: 2 }),
    ],
  });
}

const weightsOf = (model: tf.LayersModel): number[][] =>
  model.weights.map((weight) => [...weight.read().dataSync()]);

beforeAll(async () => {
  await ensureBackend();
});

describe('loadWeights', () => {
  it('gives a model what another of its kind has, whatever tfjs numbers their weights', async () => {
    const [from, to] = [network(), network()];
    const named = Object.fromEntries(from.weights.map((w) => [w.originalName, w.read()]));
    await saveSafetensors(at('own.safetensors'), { ...named, step: tf.scalar(3, 'int32') });
    const { loaded, missing, unused } = await loadWeights(to, at('own.safetensors'));
    expect(weightsOf(to)).toEqual(weightsOf(from));
    expect([loaded.length, missing, unused]).toEqual([4, [], ['step']]);
  });

  it("takes PyTorch's layout and names by a map, and predicts what NumPy does", async () => {
    const expected = python(`
import os; os.chdir(${JSON.stringify(folder)})
r = np.random.default_rng(5)
w = {k: r.standard_normal(s).astype(np.float32) for k, s in {'0.weight': (4, 3), '0.bias': (4,), '2.weight': (2, 4), '2.bias': (2,)}.items()}
np.savez('torch', **w)
x = np.float32([[1, -2, 3]])
put(np.maximum(x @ w['0.weight'].T + w['0.bias'], 0) @ w['2.weight'].T + w['2.bias'])`);
    const model = network();
    const [kernel = '', bias = '', headKernel = '', headBias = ''] = model.weights.map(
      (w) => w.name,
    );
    const map = {
      [kernel]: { name: '0.weight', transpose: [1, 0] },
      [bias]: '0.bias',
      [headKernel]: { name: '2.weight', transpose: [1, 0] },
      [headBias]: '2.bias',
    };
    await loadWeights(model, at('torch.npz'), { map });
    const y = (model.predict(tf.tensor2d([[1, -2, 3]])) as tf.Tensor).dataSync();
    expect(y[0]).toBeCloseTo(expected.readFloatLE(0), 4);
    expect(y[1]).toBeCloseTo(expected.readFloatLE(4), 4);
  });

  it('changes nothing where a weight lacks or has another shape, and says which', async () => {
    const model = network();
    const before = weightsOf(model);
    const [kernel = ''] = model.weights.map((w) => w.name);
    await expect(loadWeights(model, at('torch.npz'))).rejects.toThrow(/lacks 'hidden\/kernel/);
    await expect(
      loadWeights(model, at('torch.npz'), { map: { [kernel]: '0.weight' }, partial: true }),
    ).rejects.toThrow(/is float32 \[3, 4\], but '0\.weight' of .* is float32 \[4, 3\]\.\nTurn it/);
    await expect(
      loadWeights(model, at('torch.npz'), { map: { [`${kernel}x`]: '0.weight' } }),
    ).rejects.toThrow(`Did you mean '${kernel}'?`);
    expect(weightsOf(model)).toEqual(before);
    const some = await loadWeights(model, at('torch.npz'), { partial: true });
    expect([some.loaded.length, some.missing.length]).toEqual([0, 4]);
  });
});
