import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cloneModel } from '../models/walk';
import { ensureBackend } from '../start';
import { GraphFixture, int, ints, noise, window } from './graph.fixture';
import { asLayersModel, layersModelOf } from './layers-model-of';

beforeAll(async () => {
  await ensureBackend();
});

/** A convolution, and a softmax of the means of its channels. */
async function classifier(): Promise<tf.GraphModel> {
  const graph = new GraphFixture();
  const x = graph.input('image', [-1, 8, 8, 3]);
  const kernel = graph.constant('kernel', noise([3, 3, 3, 4], 1));
  graph.node('net/Conv2D', 'Conv2D', [x, kernel], window(1, 'SAME'));
  graph.node('net/Relu', 'Relu', ['net/Conv2D']);
  graph.node('net/Mean', 'Mean', ['net/Relu', axes(graph, 'axes', 1, 2)]);
  graph.node('net/Softmax', 'Softmax', ['net/Mean']);
  graph.node('classes', 'Identity', ['net/Softmax']);
  graph.node('features', 'Identity', ['net/Mean']);
  return graph.model(['features', 'classes']);
}

function axes(graph: GraphFixture, name: string, ...values: number[]): string {
  return graph.constant(name, tf.tensor1d(values, 'int32'));
}

function valuesOf(result: tf.Tensor | tf.Tensor[] | tf.NamedTensorMap): number[][] {
  return ([result].flat() as tf.Tensor[]).map((tensor) => [...tensor.dataSync()]);
}

describe('a GraphModel as layers', () => {
  it('keeps the names of nodes, inputs and outputs, and their order', async () => {
    const model = layersModelOf(await classifier());
    expect(model.inputNames).toEqual(['image']);
    expect(model.outputNames).toEqual(['features', 'classes']);
    expect(model.layers.map(({ name }) => name)).toContain('net/Conv2D');
  });

  it('owns its weights, and leaves nothing else behind', async () => {
    const graph = await classifier();
    const before = tf.memory().numTensors;
    const model = layersModelOf(graph);
    expect(tf.memory().numTensors - before).toBe(model.weights.length);
    const x = noise([2, 8, 8, 3], 2);
    const wanted = valuesOf(graph.predict(x));
    graph.dispose();
    const given = valuesOf(model.predict(x));
    given.flat().forEach((y, i) => {
      expect(y).toBeCloseTo(wanted.flat()[i] ?? NaN, 5);
    });
  });

  it('is converted once where several functions take it', async () => {
    const graph = await classifier();
    expect(asLayersModel(graph, 'compare')).toBe(asLayersModel(graph, 'quantize'));
  });

  it('is cloned, saved and loaded with the ops that no layer computes', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [-1, 6]);
    const table = fixture.constant('C_d', noise([4, 6], 3));
    const shape = axes(fixture, 'wide', -1, 1, 6);
    fixture.node('row', 'Reshape', [x, shape]);
    fixture.node('d', 'SquaredDifference', ['row', table]);
    fixture.node('y', 'Min', ['d', axes(fixture, 'at', 1)], { keep_dims: { b: false } });
    const model = layersModelOf(await fixture.model());
    const data = noise([3, 6], 4);
    const wanted = valuesOf(model.predict(data));
    expect(valuesOf((await cloneModel(model)).predict(data))).toEqual(wanted);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
        });
      }),
    );
    const json = JSON.parse(JSON.stringify(saved?.modelTopology)) as object;
    const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology: json }));
    expect(valuesOf(loaded.predict(data))).toEqual(wanted);
  });

  it('made for one row takes several where each gives what it gives alone', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [1, 2, 3]);
    fixture.node('flat', 'Reshape', [x, axes(fixture, 'shape', 1, 6)]);
    fixture.node('y', 'MatMul', ['flat', fixture.constant('w', noise([6, 2], 1))]);
    const graph = await fixture.model();
    const model = layersModelOf(graph);
    const rows = noise([3, 2, 3], 2);
    const given = valuesOf(model.predict(rows))[0] ?? [];
    const alone = [0, 1, 2].flatMap((row) => valuesOf(graph.predict(tf.slice(rows, row, 1)))[0]);
    given.forEach((y, i) => {
      expect(y).toBeCloseTo(alone[i] ?? NaN, 5);
    });
  });

  it('made for one row stays so where rows would mix', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [1, 4, 4]);
    fixture.node('matrix', 'Squeeze', [x], { squeeze_dims: ints(0) });
    fixture.node('y', 'MatMul', ['matrix', 'matrix']);
    const graph = await fixture.model();
    const model = layersModelOf(graph);
    expect(model.inputs[0]?.shape).toEqual([1, 4, 4]);
    const several = noise([3, 4, 4], 2);
    const alone = [0, 1, 2].flatMap((i) => valuesOf(graph.predict(tf.slice(several, i, 1)))[0]);
    expect(valuesOf(model.predict(several))[0]).toEqual(alone);
    const row = noise([1, 4, 4], 1);
    expect(valuesOf(model.predict(row))).toEqual(valuesOf(graph.predict(row)));
  });

  it('takes images of any size where the graph does', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [-1, -1, -1, 3]);
    fixture.node(
      'c',
      'Conv2D',
      [x, fixture.constant('w', noise([3, 3, 3, 2], 1))],
      window(2, 'SAME'),
    );
    fixture.node('y', 'Tanh', ['c']);
    const graph = await fixture.model();
    const model = layersModelOf(graph);
    expect(model.inputs[0]?.shape).toEqual([null, null, null, 3]);
    const image = noise([1, 10, 12, 3], 1);
    expect(valuesOf(model.predict(image))).toEqual(valuesOf(graph.predict(image)));
  });

  it('begins at the nodes that are named', async () => {
    const graph = await classifier();
    const model = layersModelOf(graph, { inputs: { 'net/Relu': [null, 8, 8, 4] } });
    expect(model.inputNames).toEqual(['net/Relu']);
    const x = noise([2, 8, 8, 4], 3);
    const wanted = valuesOf(graph.execute({ 'net/Relu': x }, ['features', 'classes']));
    expect(valuesOf(model.predict(x))).toEqual(wanted);
  });

  it('ends at the nodes that are named', async () => {
    const model = layersModelOf(await classifier(), { outputs: ['net/Relu'] });
    expect(model.outputNames).toEqual(['net/Relu']);
    expect(model.outputs[0]?.shape).toEqual([null, 8, 8, 4]);
  });
});

describe('a GraphModel that no layers can be made of is refused:', () => {
  it('with control flow and results of any number, by the names of nodes', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('boxes', [-1, 4]);
    const scores = fixture.input('scores', [-1]);
    const limit = fixture.constant('limit', tf.scalar(5, 'int32'));
    const [overlap, least] = [0.5, 0.1].map((value) =>
      fixture.constant(`c${value}`, tf.scalar(value)),
    );
    fixture.node('pick/NMS', 'NonMaxSuppressionV3', [
      x,
      scores,
      limit,
      overlap as string,
      least as string,
    ]);
    fixture.node('y', 'GatherV2', [x, 'pick/NMS', fixture.constant('axis', tf.scalar(0, 'int32'))]);
    const graph = await fixture.model();
    expect(() => layersModelOf(graph)).toThrow(/'pick\/NMS' \(NonMaxSuppressionV3\) gives as many/);
  });

  it('with an op that tfjs does not know', async () => {
    const fixture = new GraphFixture();
    fixture.node('odd', 'FrobnicateV2', [fixture.input('x', [-1, 4])]);
    const graph = await fixture.model();
    expect(() => layersModelOf(graph)).toThrow(/'odd' \(FrobnicateV2\) is an op that tfjs/);
  });

  it('with weights that are NaN', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [-1, 2]);
    fixture.node('y', 'MatMul', [x, fixture.constant('w', tf.tensor2d([[1], [NaN]]))]);
    const graph = await fixture.model();
    expect(() => layersModelOf(graph)).toThrow(/weight 'w' of shape \[2, 1\] holds NaN/);
  });

  it('with an op that is random', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [-1, 2]);
    fixture.node('shape', 'Shape', [x]);
    fixture.node('r', 'RandomUniform', ['shape'], {
      dtype: { type: 'DT_FLOAT' },
      seed: int(0),
    });
    fixture.node('y', 'Add', [x, 'r']);
    const graph = await fixture.model();
    expect(() => layersModelOf(graph)).toThrow(/node 'r' \(RandomUniform\)/);
  });

  it('by the name of a node that it does not have', async () => {
    const graph = await classifier();
    expect(() => layersModelOf(graph, { outputs: ['net/Reluu'] })).toThrow(/no node 'net\/Reluu'/);
  });
});
