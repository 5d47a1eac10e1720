/** Operators of ONNX, by the op of TensorFlow that does the same: autocast's table is of the latter. */
const TENSORFLOW: Readonly<Record<string, readonly string[]>> = {
  // Products, also those that are fused with what follows them.
  Conv2D: ['Conv', 'CausalConvWithState', 'DeformConv', 'FusedConv', 'NhwcConv'],
  Conv2DBackpropInput: ['ConvTranspose'],
  MatMul: ['Gemm', 'FusedGemm', 'GRU', 'LSTM', 'RNN'],
  BatchMatMulV2: ['MatMul', 'FusedMatMul', 'SwiGLU'],
  Einsum: [
    'Einsum',
    'Attention',
    'GroupQueryAttention',
    'LinearAttention',
    'MultiHeadAttention',
    'PackedMultiHeadAttention',
  ],
  // Statistics, powers and sums.
  FusedBatchNormV3: [
    'BatchNormalization',
    'EmbedLayerNormalization',
    'GroupNorm',
    'GroupNormalization',
    'InstanceNormalization',
    'LayerNormalization',
    'LpNormalization',
    'MeanVarianceNormalization',
    'RMSNormalization',
    'SimplifiedLayerNormalization',
    'SkipLayerNormalization',
    'SkipSimplifiedLayerNormalization',
  ],
  SoftmaxCrossEntropyWithLogits: ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'],
  Sum: ['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSum', 'ReduceSumSquare'],
  Mean: ['ReduceMean'],
  Prod: ['Det', 'ReduceProd'],
  Cumsum: ['CumSum'],
  Cumprod: ['CumProd'],
  ScatterNd: ['Col2Im'],
  Pow: ['GlobalLpPool', 'LpPool', 'Pow'],
  Softplus: ['Mish', 'Softplus'],
  ResizeBilinear: ['AffineGrid', 'GridSample', 'Resize', 'RoiAlign', 'Upsample'],
  NonMaxSuppressionV3: ['NonMaxSuppression'],
  Multinomial: ['Bernoulli', 'Multinomial'],
  RFFT: ['DFT', 'MelWeightMatrix', 'STFT'],
  // What meets in the widest format. `Max`, `Min`, `Mean` and `Sum` take values element by element.
  Maximum: ['Max'],
  Minimum: ['Min'],
  AddN: ['Mean', 'Sum'],
  ConcatV2: ['Concat', 'ConcatFromSequence', 'SequenceConstruct', 'SequenceInsert'],
  ClipByValue: ['Clip'],
  PadV2: ['CenterCropPad', 'Pad'],
  SelectV2: ['Trilu', 'Where'],
  GreaterEqual: ['GreaterOrEqual'],
  LessEqual: ['LessOrEqual'],
  TensorScatterUpdate: ['MaxUnpool', 'Scatter', 'ScatterElements', 'ScatterND', 'TensorScatter'],
  Mul: ['Mul', 'RotaryEmbedding'],
  // What runs in its input's format.
  AvgPool: ['AveragePool', 'GlobalAveragePool'],
  MaxPool: ['GlobalMaxPool', 'MaxPool', 'MaxRoiPool'],
  Max: ['ReduceMax'],
  Min: ['ReduceMin'],
  Elu: ['Celu', 'Elu'],
  Erf: ['BiasGelu', 'Erf', 'FastGelu', 'Gelu', 'QuickGelu'],
  Relu6: ['HardSigmoid', 'HardSwish'],
  Sigmoid: ['Sigmoid', 'Softsign', 'Swish'],
  LeakyRelu: ['LeakyRelu', 'PRelu', 'Shrink', 'ThresholdedRelu'],
  ArgMax: ['ArgMax', 'Hardmax'],
  ZerosLike: ['EyeLike', 'RandomNormalLike', 'RandomUniformLike'],
  IsNan: ['IsNaN'],
  Where: ['NonZero'],
  Tile: ['Expand', 'Tile'],
  GatherV2: ['Compress', 'Gather', 'GatherElements', 'SequenceAt', 'SequenceErase'],
  GatherNd: ['GatherND'],
  ReverseV2: ['ReverseSequence'],
  SpaceToBatchND: ['SpaceToDepth'],
  Split: ['Split', 'SplitToSequence'],
  TopKV2: ['TopK'],
  UniqueV2: ['Unique'],
  Cast: ['BitCast', 'Cast', 'CastLike'],
  Identity: ['Dropout', 'Identity', 'Optional', 'OptionalGetElement'],
  Reshape: ['Flatten', 'Reshape', 'Unsqueeze'],
};

const OP_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(TENSORFLOW).flatMap(([op, theirs]) => theirs.map((one) => [one, op] as const)),
);

/**
 * The op of TensorFlow that does what an operator of ONNX, or of ONNX Runtime, does. Many have one name;
 * one that is unknown keeps its own, and promotes.
 */
export function tensorflowOp(operator: string): string {
  return OP_OF.get(operator) ?? operator;
}

/** Operators that take or give codes, or hold graphs of their own: no policy changes what they compute in. */
const UNTOUCHED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'MatMulNBits'],
      ...['ConvInteger', 'MatMulInteger', 'MatMulIntegerToFloat', 'DynamicQuantizeMatMul'],
      ...['QLinearConv', 'QLinearMatMul', 'QLinearAdd', 'QGemm', 'GatherBlockQuantized'],
    ].map((op) => [op, 'computes with codes and scales of the file: no policy changes them']),
  ),
  ...Object.fromEntries(
    ['Shape', 'Size', 'SequenceLength', 'OptionalHasElement'].map((op) => [
      op,
      'looks at no value: no policy changes it',
    ]),
  ),
  ...Object.fromEntries(
    ['If', 'Loop', 'Scan', 'SequenceMap'].map((op) => [
      op,
      'holds graphs of its own, which are not looked at',
    ]),
  ),
};

/** Why no policy changes what an operator computes in; undefined where one does. */
export function untouched(operator: string): string | undefined {
  return Object.hasOwn(UNTOUCHED, operator) ? UNTOUCHED[operator] : undefined;
}
