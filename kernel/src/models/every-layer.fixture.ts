import * as tf from '@tensorflow/tfjs';
import { GraphOp } from '../layers/graph-op';
import { groupNormalization } from '../layers/group-normalization';
import { multiHeadAttention } from '../layers/multi-head-attention';
import { positionEmbedding } from '../layers/position-embedding';
import { rmsNormalization } from '../layers/rms-normalization';
import { rotaryEmbedding } from '../layers/rotary-embedding';
import { tiedEmbedding } from '../layers/tied-embedding';

type Layer = tf.layers.Layer;
type Symbolic = tf.SymbolicTensor;

const { layers } = tf;
const LINE = [8, 4];
const IMAGE = [8, 8, 4];
const VOLUME = [4, 4, 4, 2];

/** Between two dense layers, which run in integers whatever the rank is. */
export interface Single {
  readonly shape: readonly number[];
  readonly layer: (name: string) => Layer;
  /** Whole numbers below this go into the layer itself: nothing is before it. */
  readonly tokens?: number;
}
/** Joins two values of a shape. */
export interface Joining {
  readonly joins: (name: string) => Layer;
}

/** A layer of every class that there is, and of more than one where its options decide. */
export const EVERY_LAYER: Readonly<Record<string, Single | Joining>> = {
  ReLU: { shape: LINE, layer: (name) => layers.reLU({ name }) },
  LeakyReLU: { shape: LINE, layer: (name) => layers.leakyReLU({ name }) },
  PReLU: { shape: LINE, layer: (name) => layers.prelu({ name }) },
  ELU: { shape: LINE, layer: (name) => layers.elu({ name }) },
  ThresholdedReLU: { shape: LINE, layer: (name) => layers.thresholdedReLU({ name, theta: 0.1 }) },
  Softmax: { shape: LINE, layer: (name) => layers.softmax({ name, axis: -1 }) },
  Activation: { shape: LINE, layer: (name) => layers.activation({ name, activation: 'sigmoid' }) },
  Dense: { shape: LINE, layer: (name) => layers.dense({ name, units: 5 }) },
  Conv1D: { shape: LINE, layer: (name) => layers.conv1d({ name, filters: 5, kernelSize: 3 }) },
  Conv2D: { shape: IMAGE, layer: (name) => layers.conv2d({ name, filters: 5, kernelSize: 3 }) },
  'Conv2D, dilated': {
    shape: IMAGE,
    layer: (name) => layers.conv2d({ name, filters: 5, kernelSize: 3, dilationRate: 2 }),
  },
  DepthwiseConv2D: {
    shape: IMAGE,
    layer: (name) => layers.depthwiseConv2d({ name, kernelSize: 3, depthMultiplier: 2 }),
  },
  SeparableConv2D: {
    shape: IMAGE,
    layer: (name) => layers.separableConv2d({ name, filters: 5, kernelSize: 3 }),
  },
  Conv3D: { shape: VOLUME, layer: (name) => layers.conv3d({ name, filters: 3, kernelSize: 2 }) },
  Conv2DTranspose: {
    shape: IMAGE,
    layer: (name) => layers.conv2dTranspose({ name, filters: 3, kernelSize: 2, strides: 2 }),
  },
  Conv3DTranspose: {
    shape: VOLUME,
    layer: (name) => layers.conv3dTranspose({ name, filters: 3, kernelSize: 2, strides: 2 }),
  },
  ZeroPadding2D: { shape: IMAGE, layer: (name) => layers.zeroPadding2d({ name, padding: 1 }) },
  Cropping2D: {
    shape: IMAGE,
    layer: (name) =>
      layers.cropping2D({
        name,
        cropping: [
          [1, 1],
          [2, 0],
        ],
      }),
  },
  UpSampling2D: { shape: IMAGE, layer: (name) => layers.upSampling2d({ name }) },
  MaxPooling1D: { shape: LINE, layer: (name) => layers.maxPooling1d({ name }) },
  AveragePooling1D: { shape: LINE, layer: (name) => layers.averagePooling1d({ name }) },
  MaxPooling2D: { shape: IMAGE, layer: (name) => layers.maxPooling2d({ name }) },
  AveragePooling2D: { shape: IMAGE, layer: (name) => layers.averagePooling2d({ name }) },
  MaxPooling3D: {
    shape: VOLUME,
    layer: (name) => layers.maxPooling3d({ name, poolSize: 2, strides: 2 }),
  },
  AveragePooling3D: {
    shape: VOLUME,
    layer: (name) => layers.averagePooling3d({ name, poolSize: 2, strides: 2 }),
  },
  GlobalMaxPooling1D: { shape: LINE, layer: (name) => layers.globalMaxPooling1d({ name }) },
  GlobalAveragePooling1D: { shape: LINE, layer: (name) => layers.globalAveragePooling1d({ name }) },
  GlobalMaxPooling2D: { shape: IMAGE, layer: (name) => layers.globalMaxPooling2d({ name }) },
  GlobalAveragePooling2D: {
    shape: IMAGE,
    layer: (name) => layers.globalAveragePooling2d({ name }),
  },
  BatchNormalization: { shape: IMAGE, layer: (name) => layers.batchNormalization({ name }) },
  'BatchNormalization, first': {
    shape: [3],
    tokens: 5,
    layer: (name) => layers.batchNormalization({ name }),
  },
  LayerNormalization: { shape: LINE, layer: (name) => layers.layerNormalization({ name }) },
  Dropout: { shape: LINE, layer: (name) => layers.dropout({ name, rate: 0.5 }) },
  SpatialDropout1D: { shape: LINE, layer: (name) => layers.spatialDropout1d({ name, rate: 0.5 }) },
  GaussianNoise: { shape: LINE, layer: (name) => layers.gaussianNoise({ name, stddev: 1 }) },
  GaussianDropout: { shape: LINE, layer: (name) => layers.gaussianDropout({ name, rate: 0.5 }) },
  AlphaDropout: { shape: LINE, layer: (name) => layers.alphaDropout({ name, rate: 0.5 }) },
  Flatten: { shape: IMAGE, layer: (name) => layers.flatten({ name }) },
  Reshape: { shape: LINE, layer: (name) => layers.reshape({ name, targetShape: [4, 8] }) },
  Permute: { shape: LINE, layer: (name) => layers.permute({ name, dims: [2, 1] }) },
  RepeatVector: { shape: [6], layer: (name) => layers.repeatVector({ name, n: 3 }) },
  Masking: { shape: LINE, layer: (name) => layers.masking({ name }) },
  Embedding: {
    shape: [6],
    tokens: 7,
    layer: (name) => layers.embedding({ name, inputDim: 7, outputDim: 4 }),
  },
  SimpleRNN: { shape: LINE, layer: (name) => layers.simpleRNN({ name, units: 5 }) },
  GRU: { shape: LINE, layer: (name) => layers.gru({ name, units: 5 }) },
  LSTM: { shape: LINE, layer: (name) => layers.lstm({ name, units: 5, returnSequences: true }) },
  RNN: {
    shape: LINE,
    layer: (name) => layers.rnn({ name, cell: layers.lstmCell({ units: 5 }) }),
  },
  ConvLSTM2D: {
    shape: [3, 5, 5, 2],
    layer: (name) => layers.convLstm2d({ name, filters: 3, kernelSize: 2 }),
  },
  TimeDistributed: {
    shape: LINE,
    layer: (name) => layers.timeDistributed({ name, layer: layers.dense({ units: 5 }) }),
  },
  Bidirectional: {
    shape: LINE,
    layer: (name) =>
      layers.bidirectional({
        name,
        layer: layers.gru({ units: 5 }),
        mergeMode: 'concat',
      }),
  },
  Rescaling: { shape: IMAGE, layer: (name) => layers.rescaling({ name, scale: 0.5, offset: 1 }) },
  CenterCrop: { shape: IMAGE, layer: (name) => layers.centerCrop({ name, height: 6, width: 6 }) },
  MultiHeadAttention: {
    shape: LINE,
    layer: (name) => multiHeadAttention({ name, numHeads: 2, keyDim: 3 }),
  },
  GroupNormalization: { shape: IMAGE, layer: (name) => groupNormalization({ name, groups: 2 }) },
  GraphOp: {
    shape: LINE,
    layer: (name) =>
      new GraphOp({
        name,
        definition: {
          op: 'Square',
          attributes: {},
          arguments: [{ from: 'input' }],
          results: [{ index: 0, shape: [null, ...LINE], dtype: 'float32' }],
        },
      }),
  },
  PositionEmbedding: { shape: LINE, layer: (name) => positionEmbedding({ name, maxLength: 8 }) },
  RMSNormalization: { shape: LINE, layer: (name) => rmsNormalization({ name }) },
  RotaryEmbedding: {
    shape: LINE,
    layer: (name) => rotaryEmbedding({ name, headDim: 2, maxLength: 8 }),
  },
  TiedEmbedding: {
    shape: LINE,
    layer: (name) => tiedEmbedding({ name, inputDim: 5, outputDim: 4 }),
  },
  'TiedEmbedding, of tokens': {
    shape: [6],
    tokens: 7,
    layer: (name) => tiedEmbedding({ name, inputDim: 7, outputDim: 4 }),
  },
  Add: { joins: (name) => layers.add({ name }) },
  Multiply: { joins: (name) => layers.multiply({ name }) },
  Average: { joins: (name) => layers.average({ name }) },
  Maximum: { joins: (name) => layers.maximum({ name }) },
  Minimum: { joins: (name) => layers.minimum({ name }) },
  Concatenate: { joins: (name) => layers.concatenate({ name }) },
  Dot: { joins: (name) => layers.dot({ name, axes: 2 }) },
};

const init = (seed: number) => ({
  kernelInitializer: tf.initializers.glorotNormal({ seed }),
});

/** The layer called `it`, before and after a dense layer. */
export function modelOf(name: string, kind: Single | Joining): tf.LayersModel {
  const single: Pick<Single, 'shape' | 'tokens'> = 'joins' in kind ? { shape: LINE } : kind;
  const x = tf.input({ shape: [...single.shape], name: 'x' });
  const width = single.shape.at(-1) ?? 1;
  const before = (seed: number): Symbolic =>
    layers.dense({ name: `before${seed}`, units: width, ...init(seed) }).apply(x) as Symbolic;
  const start = single.tokens === undefined ? before(1) : x;
  const middle =
    'joins' in kind
      ? kind.joins('it').apply([start, before(2)])
      : (kind.layer('it').apply(start) as Symbolic);
  const last = layers.dense({ name: 'after', units: 3, ...init(3) }).apply(middle) as Symbolic;
  return tf.model({ inputs: x, outputs: last, name: name.replace(/\W+/g, '_') });
}

/** Six rows. */
export function inputsOf(kind: Single | Joining): tf.Tensor {
  const { shape, tokens } = 'joins' in kind ? { shape: LINE, tokens: undefined } : kind;
  const full = [6, ...shape];
  return tokens === undefined
    ? tf.randomNormal(full, 0, 1, 'float32', 7)
    : tf.cast(tf.randomUniform(full, 0, tokens, 'int32', 7), 'float32');
}
