import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import * as halfnote from './index';
import { shortened } from './errors';
import { loadBackend } from './start';

loadBackend();

const NODES = 400;
/** What `tensorflowjs_converter` writes of a graph. */
const graph = {
  node: Array.from({ length: NODES }, (_, i) => ({ name: `n${i}`, op: 'Identity', attr: {} })),
  library: {},
  versions: { producer: 1 },
};
const text = JSON.stringify(graph);
const dense = (): tf.Sequential =>
  tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
const layers = JSON.parse(dense().toJSON() as unknown as string) as object;
const stored = (modelTopology: object): tf.io.IOHandler =>
  tf.io.fromMemory({ modelTopology, weightSpecs: [], weightData: new ArrayBuffer(0) });
/** As JavaScript hands it over, whatever the types say. */
const any = (value: unknown): never => value as never;

async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('no error');
}

describe('an error', () => {
  it('keeps the ends of a message, and of a value in it', () => {
    expect(shortened('a short message')).toBe('a short message');
    const value = shortened(`format is ${'x'.repeat(5000)}; allowed are fp32, fp16.`);
    expect(value).toMatch(
      /^format is x{80}… \(4901 more characters\) …x{19}; allowed are fp32, fp16\.$/,
    );
    const long = shortened(`${'word '.repeat(2000)}end`);
    expect(long.length).toBeLessThan(1300);
    expect(long).toMatch(/^word .* more characters.*end$/);
  });

  it.each<[string, (value: unknown) => unknown]>([
    ['tf.loadLayersModel', () => tf.loadLayersModel(stored(graph))],
    ['tf.loadLayersModel of text', () => tf.loadLayersModel(stored(any(text)))],
    [
      'tf.loadLayersModel of a layer without class',
      () =>
        tf.loadLayersModel(
          stored({ ...layers, className: undefined, class_name: undefined, graph }),
        ),
    ],
    ['tf.models.modelFromJSON', () => tf.models.modelFromJSON(any(graph))],
    ['tf.loadGraphModel', () => tf.loadGraphModel(stored(layers))],
    ['loadTfjs', () => halfnote.loadTfjs(text)],
    ['loadOnnx', () => halfnote.loadOnnx(text)],
    ['quantize', (value) => halfnote.quantize(any(value))],
    ['quantize, weights', (value) => halfnote.quantize(dense(), { weights: any(value) })],
    ['quantize, layers', (value) => halfnote.quantize(dense(), { layers: any(value) })],
    ['quantize, include', () => halfnote.quantize(dense(), { include: any(graph.node) })],
    ['quantize, granularity', (value) => halfnote.quantize(dense(), { granularity: any(value) })],
    ['prepareQat', (value) => halfnote.prepareQat(any(value))],
    ['prepareQat, averaging', (value) => halfnote.prepareQat(dense(), { averaging: any(value) })],
    ['exportOnnx', (value) => halfnote.exportOnnx(any(value))],
    ['exportOnnx, format', (value) => halfnote.exportOnnx(dense(), { format: any(value) })],
    ['exportTflite, format', (value) => halfnote.exportTflite(dense(), { format: any(value) })],
    ['saveTfjs', (value) => halfnote.saveTfjs('/tmp/nowhere', any(value))],
    [
      'saveTfjs, weights',
      (value) => halfnote.saveTfjs('/tmp/nowhere', dense(), { weights: any(value) }),
    ],
    [
      'setPrecision',
      (value) => {
        halfnote.setPrecision(any(value));
      },
    ],
    ['trainingMemory', (value) => halfnote.trainingMemory(dense(), { optimizer: any(value) })],
    [
      'compile',
      (value) => {
        dense().compile({ optimizer: any(String(value)), loss: any(text) });
      },
    ],
  ])('of %s holds no topology', async (_, run) => {
    for (const value of [graph, text]) {
      const message = await messageOf(() => run(value));
      expect(message.length).toBeLessThan(800);
      expect(message).not.toContain(`n${NODES / 2}`);
    }
  });
});

describe('a graph model', () => {
  const says =
    /is a tf\.GraphModel: .* a tf\.LayersModel is needed\.\nLoad it with tf\.loadGraphModel\(\); layersModelOf/;

  it('given to what loads layers is told as one', async () => {
    await expect(tf.loadLayersModel(stored(graph))).rejects.toThrow(says);
    await expect(tf.models.modelFromJSON(any(graph))).rejects.toThrow(says);
    const { node, ...rest } = graph;
    await expect(tf.loadLayersModel(stored({ ...rest, node }))).rejects.toThrow(says);
  });

  it('is not what a layers model is', async () => {
    await expect(tf.loadGraphModel(stored(layers))).rejects.toThrow(
      /is no tf\.GraphModel.*\nA layers model is loaded by tf\.loadLayersModel\(\)/,
    );
  });
});
