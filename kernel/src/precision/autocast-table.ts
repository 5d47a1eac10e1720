/**
 * What autocast does with each TensorFlow op, as one table.
 *
 * After PyTorch's lists (torch.amp, "Autocast Op Reference"), with TensorFlow's op names, and with
 * the reductions, squares and gradients that saturate in 16 bits moved to fp32.
 */
export type CastRule =
  /** Inputs are cast to the policy's compute format. */
  | 'low'
  /** Inputs are cast to fp32. */
  | 'fp32'
  /** Inputs are cast to the widest format among them; a variable doesn't widen. */
  | 'promote'
  /** The op runs in the format of its input. */
  | 'follow';

const RULES: Readonly<Record<CastRule, readonly string[]>> = {
  low: [
    'MatMul',
    'BatchMatMul',
    'BatchMatMulV2',
    'BatchMatMulV3',
    'Einsum',
    'BiasAdd',
    'Conv2D',
    'Conv2DBackpropInput',
    'Conv2DBackpropFilter',
    'Conv3D',
    'Conv3DBackpropInputV2',
    'Conv3DBackpropFilterV2',
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
  ],
  fp32: [
    // Transcendental functions whose results leave fp16's range or lose their digits.
    'Acos',
    'Asin',
    'Cosh',
    'Sinh',
    'Tan',
    'Erfinv',
    'Exp',
    'Expm1',
    'Lgamma',
    'Log',
    'Log1p',
    'Pow',
    'Reciprocal',
    'Rsqrt',
    'Softplus',
    'SoftplusGrad',
    // Softmax, losses, norms and distances.
    'Softmax',
    'LogSoftmax',
    'SoftmaxCrossEntropyWithLogits',
    'SparseSoftmaxCrossEntropyWithLogits',
    'SquaredDifference',
    'Square',
    'L2Loss',
    'EuclideanNorm',
    'FusedBatchNorm',
    'FusedBatchNormV3',
    'FusedBatchNormGradV3',
    'LRN',
    'LRNGrad',
    // Sums and products: 512 ones sum to 256 in bf16.
    'Sum',
    'Mean',
    'Prod',
    'Cumsum',
    'Cumprod',
    'BiasAddGrad',
    'SegmentSum',
    'UnsortedSegmentSum',
    'Bincount',
    'DenseBincount',
    // Up- and downsampling.
    'CropAndResize',
    'ResizeBilinear',
    'ResizeBilinearGrad',
    'ResizeNearestNeighbor',
    'ResizeNearestNeighborGrad',
    'ImageProjectiveTransformV3',
    // No 16-bit meaning.
    'FFT',
    'IFFT',
    'RFFT',
    'IRFFT',
    'Complex',
    'LinSpace',
    'Multinomial',
    'NonMaxSuppressionV3',
    'NonMaxSuppressionV4',
    'NonMaxSuppressionV5',
  ],
  promote: [
    'Add',
    'AddV2',
    'AddN',
    'Atan2',
    'Concat',
    'ConcatV2',
    'Div',
    'DivNoNan',
    'Equal',
    'FloorDiv',
    'FloorMod',
    'GatherNd',
    'Greater',
    'GreaterEqual',
    'Less',
    'LessEqual',
    'Maximum',
    'Minimum',
    'Mod',
    'Mul',
    'NotEqual',
    'Pack',
    'PadV2',
    'RealDiv',
    'ScatterNd',
    'Select',
    'SelectV2',
    'Sub',
    'TensorScatterUpdate',
  ],
  follow: [
    'Abs',
    'AvgPool',
    'AvgPoolGrad',
    'Cast',
    'Elu',
    'EluGrad',
    'ExpandDims',
    'GatherV2',
    'Identity',
    'LeakyRelu',
    'Max',
    'MaxPool',
    'MaxPoolGrad',
    'Min',
    'MirrorPad',
    'Neg',
    'Relu',
    'Relu6',
    'ReluGrad',
    'Reshape',
    'ReverseV2',
    'Selu',
    'SeluGrad',
    'Sigmoid',
    'Sign',
    'Slice',
    'Split',
    'SplitV',
    'Sqrt',
    'Squeeze',
    'StridedSlice',
    'Tanh',
    'Tile',
    'Transpose',
    'Unpack',
  ],
};

const RULE_OF: ReadonlyMap<string, CastRule> = new Map(
  Object.entries(RULES).flatMap(([rule, names]) =>
    names.map((name) => [name, rule as CastRule] as const),
  ),
);

/** The rule of an op; one that isn't listed promotes, which never loses a digit. */
export function castRule(opName: string): CastRule {
  return RULE_OF.get(opName) ?? 'promote';
}

/** The table itself, for documentation and tests. */
export function castTable(): Readonly<Record<CastRule, readonly string[]>> {
  return RULES;
}
