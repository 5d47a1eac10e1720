/** How a layer multiplies: by weights of its own, but for `inputs`, which it multiplies with each other. */
export type LayerProduct =
  | 'dense'
  | 'convolution'
  | 'depthwise'
  | 'separable'
  | 'transposed'
  | 'recurrent'
  | 'attention'
  | 'inputs';

/** What a layer class does, as far as something here goes by it. What is absent does not hold. */
export interface LayerTraits {
  /** The place of a model's input, without work. */
  readonly input?: true;
  /** A model, which as a layer of another is the layers in it. */
  readonly model?: true;
  /** Applies the layer inside: to each step of a sequence, to it in both directions, or with rounding. */
  readonly wraps?: 'steps' | 'directions' | 'rounding';
  /** One step of a recurrent layer, which holds its weights. */
  readonly cell?: true;
  readonly product?: LayerProduct;
  /** The layer's property with the kernel, where training can round it to integers. */
  readonly kernel?: 'kernel' | 'depthwiseKernel';
  /** Of windows: how many axes they move along. */
  readonly axes?: 1 | 2 | 3;
  readonly pools?: 'max' | 'average';
  /** Of a pool: its window is all there is. */
  readonly global?: true;
  /** Zeros around images. */
  readonly pads?: true;
  /** Its weights are a table of vectors that it looks whole numbers up in. */
  readonly looksUp?: true;
  /** Over which values. `batch`: one factor and one term a channel at inference. `rms`: as layer, about 0. */
  readonly normalizes?: 'batch' | 'layer' | 'group' | 'rms';
  /** `named`: by its configuration. */
  readonly activation?: 'named' | 'relu' | 'softmax' | 'other';
  /** How its several inputs become one value. */
  readonly merges?: 'sum' | 'join' | 'elements' | 'product';
  /** Gives the values that it gets, in the same order of memory or in another, or several times. */
  readonly reshapes?: 'in-order' | 'reordered';
  /** Hands its input on as it is, but in training. */
  readonly trainingOnly?: true;
  /** Goes through a sequence with a state, and hands a mask on only with all steps. */
  readonly recurrent?: true;
  /** Says which steps of a sequence are to be left out; `zeros`: where its configuration says so. */
  readonly masks?: 'always' | 'zeros';
  /**
   * Generation runs it on the new positions of a sequence alone: each is computed from that position
   * only, as long as the axis is the last.
   */
  readonly positionwise?: true;
  /** Written to ONNX, it acts on the last axis or on each element: steps are one axis more to it. */
  readonly anyRank?: true;
  /** Stays in float, but a positive factor per channel can be moved through it, and a constant. */
  readonly homogeneous?: true;
  /** The converter in kernel/python can rebuild it; a test holds this to the table there. */
  readonly tflite?: true;
}

const elementwise = { positionwise: true, anyRank: true, tflite: true } as const;
const noise = { trainingOnly: true, anyRank: true, tflite: true } as const;

/** Every layer class of tfjs and of ours. A test goes through the classes that are registered. */
export const LAYER_TRAITS: Readonly<Record<string, LayerTraits>> = {
  InputLayer: { input: true },
  Model: { model: true },
  Functional: { model: true },
  Sequential: { model: true },
  TimeDistributed: { wraps: 'steps', tflite: true },
  Bidirectional: { wraps: 'directions', recurrent: true, tflite: true },

  Dense: { product: 'dense', kernel: 'kernel', ...elementwise },
  Conv1D: { product: 'convolution', kernel: 'kernel', axes: 1, tflite: true },
  Conv2D: { product: 'convolution', kernel: 'kernel', axes: 2, tflite: true },
  Conv3D: { product: 'convolution', axes: 3, tflite: true },
  DepthwiseConv2D: { product: 'depthwise', kernel: 'depthwiseKernel', axes: 2, tflite: true },
  SeparableConv2D: { product: 'separable', axes: 2, tflite: true },
  Conv2DTranspose: { product: 'transposed', axes: 2, tflite: true },
  Conv3DTranspose: { product: 'transposed', axes: 3, tflite: true },
  Embedding: { looksUp: true, masks: 'zeros', tflite: true },
  PositionEmbedding: { tflite: true },
  MultiHeadAttention: { product: 'attention', tflite: true },
  AttentionHeads: { product: 'inputs', tflite: true },
  RotaryEmbedding: {},
  TiedEmbedding: { looksUp: true },

  RNN: { product: 'recurrent', recurrent: true, tflite: true },
  SimpleRNN: { product: 'recurrent', recurrent: true, tflite: true },
  GRU: { product: 'recurrent', recurrent: true, tflite: true },
  LSTM: { product: 'recurrent', recurrent: true, tflite: true },
  ConvLSTM2D: { product: 'recurrent', recurrent: true, axes: 2 },
  SimpleRNNCell: { product: 'recurrent', cell: true },
  GRUCell: { product: 'recurrent', cell: true },
  LSTMCell: { product: 'recurrent', cell: true },
  ConvLSTM2DCell: { product: 'recurrent', cell: true, axes: 2 },
  StackedRNNCells: { product: 'recurrent', cell: true },

  Add: { merges: 'sum', positionwise: true, tflite: true },
  Average: { merges: 'elements', positionwise: true, tflite: true },
  Concatenate: { merges: 'join', positionwise: true, tflite: true },
  Dot: { merges: 'product', product: 'inputs', tflite: true },
  Maximum: { merges: 'elements', positionwise: true, tflite: true },
  Minimum: { merges: 'elements', positionwise: true, tflite: true },
  Multiply: { merges: 'elements', positionwise: true, tflite: true },

  Activation: { activation: 'named', ...elementwise },
  ReLU: { activation: 'relu', ...elementwise },
  Softmax: { activation: 'softmax', positionwise: true, tflite: true },
  ELU: { activation: 'other', ...elementwise },
  LeakyReLU: { activation: 'other', homogeneous: true, ...elementwise },
  PReLU: { activation: 'other', tflite: true },
  ThresholdedReLU: { activation: 'other', ...elementwise },

  BatchNormalization: { normalizes: 'batch', positionwise: true, tflite: true },
  LayerNormalization: { normalizes: 'layer', positionwise: true, tflite: true },
  GroupNormalization: { normalizes: 'group', tflite: true },
  RMSNormalization: { normalizes: 'rms', positionwise: true },

  MaxPooling1D: { pools: 'max', axes: 1, tflite: true },
  MaxPooling2D: { pools: 'max', axes: 2, tflite: true },
  MaxPooling3D: { pools: 'max', axes: 3, tflite: true },
  AveragePooling1D: { pools: 'average', axes: 1, tflite: true },
  AveragePooling2D: { pools: 'average', axes: 2, tflite: true },
  AveragePooling3D: { pools: 'average', axes: 3, tflite: true },
  GlobalMaxPooling1D: { pools: 'max', axes: 1, global: true, tflite: true },
  GlobalMaxPooling2D: { pools: 'max', axes: 2, global: true, tflite: true },
  GlobalAveragePooling1D: { pools: 'average', axes: 1, global: true, tflite: true },
  GlobalAveragePooling2D: { pools: 'average', axes: 2, global: true, tflite: true },

  Flatten: { reshapes: 'in-order', tflite: true },
  Reshape: { reshapes: 'in-order', tflite: true },
  Permute: { reshapes: 'reordered', tflite: true },
  RepeatVector: { reshapes: 'reordered', tflite: true },
  ZeroPadding2D: { pads: true, tflite: true },
  Cropping2D: { tflite: true },
  UpSampling2D: { homogeneous: true, tflite: true },
  Masking: { masks: 'always', tflite: true },
  Rescaling: { tflite: true },
  CategoryEncoding: {},
  CenterCrop: {},
  RandomWidth: {},
  Resizing: {},

  Dropout: { ...noise, positionwise: true },
  SpatialDropout1D: { trainingOnly: true, tflite: true },
  GaussianNoise: noise,
  GaussianDropout: noise,
  AlphaDropout: noise,

  // An op of a graph, whichever it is.
  GraphOp: {},

  // Of models that round as they train.
  FakeQuantizedWeights: { wraps: 'rounding' },
  FreezingBatchNormalization: { wraps: 'rounding' },
  FakeQuantize: {},
};

const UNKNOWN: LayerTraits = {};

/** A layer, or the name of its class. */
export type LayerOrClass = string | { getClassName(): string };

/** A layer class's traits: none of them for a class of somebody else. */
export function traitsOf(layer: LayerOrClass): LayerTraits {
  const name = nameOf(layer);
  return (Object.hasOwn(LAYER_TRAITS, name) ? LAYER_TRAITS[name] : undefined) ?? UNKNOWN;
}

/** False for a layer class of which nothing is known, as a user's own. */
export function isKnownLayer(layer: LayerOrClass): boolean {
  return Object.hasOwn(LAYER_TRAITS, nameOf(layer));
}

/** The layer classes that have a trait, by name. */
export function classesWith(trait: keyof LayerTraits): readonly string[] {
  const named = Object.entries(LAYER_TRAITS).filter(([, traits]) => traits[trait] !== undefined);
  return named.map(([name]) => name).sort();
}

/** True for a normalization that one factor and one term a channel stand for at inference. */
export function isBatchNorm(layer: LayerOrClass): boolean {
  return traitsOf(layer).normalizes === 'batch';
}

function nameOf(layer: LayerOrClass): string {
  return typeof layer === 'string' ? layer : layer.getClassName();
}
