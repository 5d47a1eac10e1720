import * as tf from '@tensorflow/tfjs';
import { multiHeadAttention } from '../layers/multi-head-attention';
import { transformerBlock } from '../layers/transformer';
import { splitAttention } from '../graph/split-attention';

const { layers } = tf;
type Layer = tf.layers.Layer;
type Value = tf.SymbolicTensor;

const ROW = [4];
const IMAGE = [6, 6, 3];
const SEQUENCE = [5, 4];

const dense = (name: string, units = 4): Layer => layers.dense({ name, units });
const conv = (name: string): Layer =>
  layers.conv2d({ name, filters: 3, kernelSize: 3, padding: 'same' });
const input = (shape: readonly number[], name = 'x'): Value =>
  tf.input({ name, shape: [...shape] });
const one = (layer: Layer, ...inputs: readonly Value[]): Value =>
  layer.apply(inputs.length === 1 ? (inputs[0] as Value) : [...inputs]) as Value;
const several = (layer: Layer, ...inputs: readonly Value[]): Value[] =>
  layer.apply(inputs.length === 1 ? (inputs[0] as Value) : [...inputs]) as Value[];
const join = (...inputs: readonly Value[]): Value => one(layers.concatenate(), ...inputs);
const add = (...inputs: readonly Value[]): Value => one(layers.add(), ...inputs);
/** Through one layer after another. */
const through = (value: Value, ...stages: readonly Layer[]): Value =>
  stages.reduce((before, layer) => one(layer, before), value);
const model = (inputs: Value | Value[], outputs: Value | Value[]): tf.LayersModel =>
  tf.model({ inputs, outputs });

const inner = (): tf.Sequential =>
  tf.sequential({
    name: 'inner',
    layers: [
      layers.dense({ name: 'a', units: 5, inputShape: ROW, activation: 'relu' }),
      layers.batchNormalization({ name: 'norm' }),
      dense('b'),
    ],
  });

/** One layer is called twice, with another between. */
function twice(shape: readonly number[], layer: Layer, between: () => Layer): tf.LayersModel {
  const x = input(shape);
  return model(x, through(x, layer, between(), layer));
}

/** How models can be wired, with what layers that matters for. */
export const TOPOLOGIES: Readonly<Record<string, () => tf.LayersModel>> = {
  'a dense layer called twice': () => {
    const [x, shared] = [input(ROW), dense('shared')];
    return model(x, through(x, shared, shared));
  },
  'a layer shared by two inputs': () => {
    const [x, y, shared] = [input(ROW), input(ROW, 'y'), dense('shared')];
    return model([x, y], add(one(shared, x), one(shared, y)));
  },
  'a convolution called twice': () => twice(IMAGE, conv('shared'), () => layers.reLU()),
  'a separable convolution called twice': () => {
    const shared = layers.separableConv2d({
      name: 'shared',
      filters: 3,
      kernelSize: 3,
      padding: 'same',
    });
    const x = input(IMAGE);
    return model(x, through(x, shared, shared));
  },
  'a convolution along a line called twice': () => {
    const shared = layers.conv1d({ name: 'shared', filters: 4, kernelSize: 3, padding: 'same' });
    const x = input(SEQUENCE);
    return model(x, through(x, shared, shared));
  },
  'a normalization called twice': () => {
    const shared = layers.batchNormalization({ name: 'shared' });
    return model(...ends(IMAGE, [conv('a'), shared, conv('b'), shared]));
  },
  'a layer normalization called twice': () =>
    twice(ROW, layers.layerNormalization({ name: 'shared' }), () => dense('a')),
  'an activation called twice': () => twice(ROW, layers.reLU({ name: 'shared' }), () => dense('a')),
  'learned slopes called twice': () =>
    twice(ROW, layers.prelu({ name: 'shared' }), () => dense('a')),
  'dropout called twice': () => {
    const shared = layers.dropout({ name: 'shared', rate: 0.5 });
    return model(...ends(ROW, [shared, dense('a'), shared, dense('b')]));
  },
  'a pool called twice': () => {
    const shared = layers.averagePooling2d({ name: 'shared', poolSize: 2 });
    return model(...ends(IMAGE, [conv('a'), shared, conv('b'), shared]));
  },
  'padding called twice': () => {
    const narrow = (name: string): Layer => layers.conv2d({ name, filters: 3, kernelSize: 3 });
    const shared = layers.zeroPadding2d({ name: 'shared' });
    return model(...ends(IMAGE, [shared, narrow('a'), shared, narrow('b')]));
  },
  'flattening called twice': () => {
    const [x, shared] = [input([2, 2, 3]), layers.flatten({ name: 'shared' })];
    return model(x, join(through(x, shared, dense('a')), through(x, conv('c'), shared)));
  },
  'a sum of two called twice': () => {
    const [x, shared] = [input(ROW), layers.add({ name: 'shared' })];
    const a = one(dense('a'), x);
    return model(x, one(dense('b'), one(shared, one(shared, x, a), a)));
  },
  'a sum of three called twice, and of two': () => {
    const [x, shared] = [input(ROW), layers.add({ name: 'shared' })];
    const [a, b] = [one(dense('a'), x), one(dense('b'), x)];
    const sum = one(shared, one(shared, x, a, b), a, b);
    return model(x, one(dense('c'), one(shared, sum, a)));
  },
  'a join called twice': () => {
    const [x, shared] = [input(ROW), layers.concatenate({ name: 'shared' })];
    const [a, b] = [one(dense('a'), x), one(dense('b'), x)];
    return model(x, add(one(shared, a, b), one(shared, b, a)));
  },
  'a value joined with itself': () => {
    const x = input(ROW);
    const a = one(dense('a'), x);
    return model(x, one(dense('b'), join(a, a)));
  },
  'a value added to itself': () => {
    const x = input(ROW);
    const a = one(dense('a'), x);
    return model(x, one(dense('b'), add(a, a)));
  },
  'several inputs and outputs': () => {
    const [x, y] = [input(ROW), input([3], 'y')];
    const both = one(dense('a'), join(x, y));
    return model([x, y], [both, one(dense('b'), both), one(dense('c', 2), both)]);
  },
  'an input that is an output': () => {
    const x = input(ROW);
    return model(x, [x, one(dense('a'), x)]);
  },
  'an input that no product reads': () => {
    const [x, y] = [input(ROW), input(ROW, 'y')];
    return model([x, y], [one(dense('a'), x), one(layers.reLU(), y)]);
  },
  'a model that is the first layer of a sequential one': () =>
    tf.sequential({ layers: [inner(), dense('c')] }),
  'a model called twice': () => {
    const [x, shared] = [input(ROW), inner()];
    return model(x, through(x, shared, shared));
  },
  'two models that share their layers (siamese)': () => {
    const [x, y, shared] = [input(ROW), input(ROW, 'y'), inner()];
    return model([x, y], one(dense('c', 1), join(one(shared, x), one(shared, y))));
  },
  'a model in a model called twice': () => {
    const outer = tf.sequential({ name: 'outer', layers: [inner(), dense('c')] });
    const x = input(ROW);
    return model(x, through(x, outer, outer));
  },
  'a model of several inputs and outputs in another': () => {
    const [a, b] = [input(ROW, 'first'), input(ROW, 'second')];
    const part = tf.model({
      name: 'part',
      inputs: [a, b],
      outputs: [one(dense('p'), a), add(a, one(dense('r'), b))],
    });
    const [x, y] = [input(ROW), input(ROW, 'y')];
    return model([x, y], join(...several(part, x, y)));
  },
  'a layer in a model and outside of it': () => {
    const [a, shared] = [input(ROW, 'first'), dense('shared')];
    const part = tf.model({ name: 'part', inputs: a, outputs: one(shared, a) });
    const x = input(ROW);
    return model(x, through(x, shared, part));
  },
  'a layer for each step': () =>
    model(
      ...ends(SEQUENCE, [dense('a'), layers.timeDistributed({ layer: dense('b', 3) }), dense('c')]),
    ),
  'a model for each step': () =>
    model(...ends([3, 4], [layers.timeDistributed({ layer: inner() }), dense('c')])),
  'a recurrent layer in both directions': () =>
    model(
      ...ends(SEQUENCE, [
        layers.bidirectional({ layer: layers.gru({ units: 3 }), mergeMode: 'concat' }),
        dense('c'),
      ]),
    ),
  'a recurrent layer called twice': () => {
    const shared = layers.lstm({ name: 'shared', units: 4, returnSequences: true });
    return model(...ends(SEQUENCE, [shared, shared, dense('a')]));
  },
  'a recurrent layer whose output and state go separate ways': () => {
    const x = input(SEQUENCE);
    const [y = x, state = x] = several(layers.gru({ units: 4, returnState: true }), x);
    return model(x, join(one(dense('a'), y), one(dense('b'), state)));
  },
  'a recurrent layer that begins with the state of another': () => {
    const x = input(SEQUENCE);
    const [, ...states] = several(layers.lstm({ units: 4, returnState: true }), x);
    const next = layers.lstm({ units: 4 }).apply(x, { initialState: states }) as Value;
    return model(x, one(dense('a'), next));
  },
  'cells on each other': () =>
    model(
      ...ends(SEQUENCE, [
        layers.rnn({ cell: [layers.lstmCell({ units: 3 }), layers.gruCell({ units: 3 })] }),
        dense('a'),
      ]),
    ),
  'steps that are left out': () =>
    model(...ends(SEQUENCE, [layers.masking(), dense('a'), layers.gru({ units: 3 }), dense('b')])),
  'attention called twice': () => {
    const shared = multiHeadAttention({ name: 'shared', numHeads: 2, keyDim: 2 });
    return model(...ends(SEQUENCE, [shared, shared, dense('a')]));
  },
  'attention between two sequences': () => {
    const [x, y] = [input(SEQUENCE), input([6, 4], 'y')];
    const across = multiHeadAttention({ numHeads: 2, keyDim: 2 });
    return model([x, y], one(dense('a'), one(across, x, y)));
  },
  'attention in its parts': () => {
    const x = input(SEQUENCE);
    const attended = one(multiHeadAttention({ name: 'at', numHeads: 2, keyDim: 2 }), x);
    return splitAttention(model(x, one(dense('a'), attended)));
  },
  'a block of a transformer': () => {
    const x = input(SEQUENCE);
    return model(x, one(dense('a'), transformerBlock(x, { numHeads: 2, mlpDim: 8 })));
  },
  'a net with a way around its middle (U-Net)': () => {
    const x = input(IMAGE);
    const down = one(conv('a'), x);
    const pooled = through(down, layers.maxPooling2d({ poolSize: 2 }), conv('b'));
    return model(x, one(conv('c'), join(down, one(layers.upSampling2d({}), pooled))));
  },
  'products of values': () => {
    const x = input(ROW);
    const gate = layers.dense({ name: 'gate', units: 4, activation: 'sigmoid' });
    const gated = one(layers.multiply(), one(dense('a'), x), one(gate, x));
    return model(x, one(dense('b'), one(layers.dot({ axes: 1 }), gated, gated)));
  },
  'names that parts of other layers would have': () => {
    const x = input(ROW);
    const sum = one(layers.add({ name: 'sum' }), x, one(dense('a'), x), one(dense('b'), x));
    return model(x, through(sum, dense('sum/sum2'), dense('x/fake_quantize')));
  },
  'a layer that is not trained': () => {
    const frozen = layers.dense({ name: 'a', units: 4, trainable: false });
    return model(...ends(ROW, [frozen, dense('b')]));
  },
  'a batch and a length that are open': () => {
    const x = tf.input({ name: 'x', batchShape: [null, null, 4] });
    return model(x, through(x, dense('a'), layers.globalAveragePooling1d({}), dense('b')));
  },
};

function ends(shape: readonly number[], stages: readonly Layer[]): [Value, Value] {
  const x = input(shape);
  return [x, through(x, ...stages)];
}
