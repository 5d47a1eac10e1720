import {
  AVERAGES,
  INDEXED_SUMS,
  PRODUCTS,
  REDUCTIONS,
  RESAMPLING,
  SQUARES,
  WITHOUT_LOW_KERNEL,
} from '../backend/traps-ops';

/**
 * What autocast does with each TensorFlow op, as one table: every op with float inputs that
 * TensorFlow.js's kernels and their gradients run stands in exactly one list.
 *
 * After PyTorch's lists (torch.amp, "Autocast Op Reference"), with TensorFlow's op names; what differs
 * from them is in `autocast-differences.ts`.
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

/** Results leave fp16's range or lose their digits. */
const TRANSCENDENTAL = [
  'Acos',
  'Asin',
  'Cosh',
  'Exp',
  'Expm1',
  'Log',
  'Log1p',
  'Pow',
  'Reciprocal',
  'ReciprocalGrad',
  'Rsqrt',
  'RsqrtGrad',
  'Sinh',
  'Softplus',
  'SoftplusGrad',
  'Tan',
];

const LOSSES_AND_NORMS = [
  'FusedBatchNormGradV3',
  'FusedBatchNormV3',
  'LRN',
  'LRNGrad',
  'LogSoftmax',
  'Softmax',
  'SoftmaxCrossEntropyWithLogits',
  'SparseSoftmaxCrossEntropyWithLogits',
];

/** Complex numbers of 32 bits, random numbers, boxes and sequences: they have no 16-bit meaning. */
const FULL_PRECISION_ONLY = [
  'ComplexAbs',
  'FFT',
  'IFFT',
  'IRFFT',
  'Imag',
  'Multinomial',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'RFFT',
  'Range',
  'Real',
  'StatelessMultinomial',
];

const RULES: Readonly<Record<CastRule, readonly string[]>> = {
  low: [...PRODUCTS, 'BiasAdd'],
  fp32: [
    ...TRANSCENDENTAL,
    ...LOSSES_AND_NORMS,
    ...REDUCTIONS,
    ...INDEXED_SUMS,
    'Dilation2DBackpropFilter',
    'Dilation2DBackpropInput',
    ...SQUARES,
    ...RESAMPLING,
    'ResizeNearestNeighbor',
    ...WITHOUT_LOW_KERNEL,
    ...FULL_PRECISION_ONLY,
  ],
  promote: [
    'Add',
    'AddN',
    'AddV2',
    'Atan2',
    'ClipByValue',
    'Concat',
    'ConcatV2',
    'Dilation2D',
    'Div',
    'DivNoNan',
    'Equal',
    'FloorDiv',
    'FloorMod',
    'Greater',
    'GreaterEqual',
    'Less',
    'LessEqual',
    'Maximum',
    'Minimum',
    'Mod',
    'Mul',
    'NotEqual',
    'OneHot',
    'Pack',
    'PadV2',
    'RaggedRange',
    'RaggedTensorToTensor',
    'RealDiv',
    'Select',
    'SelectV2',
    'SparseFillEmptyRows',
    'SparseToDense',
    'Sub',
    'TensorScatterUpdate',
  ],
  follow: [
    ...AVERAGES,
    'Abs',
    'Acosh',
    'ArgMax',
    'ArgMin',
    'Asinh',
    'Atan',
    'Atanh',
    'BatchToSpaceND',
    'Cast',
    'Ceil',
    'Cos',
    'DepthToSpace',
    'Diag',
    'Elu',
    'EluGrad',
    'Erf',
    'ExpandDims',
    'Fill',
    'Floor',
    'GatherNd',
    'GatherV2',
    'Identity',
    'IsFinite',
    'IsInf',
    'IsNan',
    'LeakyRelu',
    'LeakyReluGrad',
    'LowerBound',
    'Max',
    'MaxPool',
    'MaxPool3D',
    'MaxPool3DGrad',
    'MaxPoolGrad',
    'MaxPoolWithArgmax',
    'Min',
    'MirrorPad',
    'Neg',
    'OnesLike',
    'RaggedGather',
    'Relu',
    'Relu6',
    'Relu6Grad',
    'ReluGrad',
    'Reshape',
    'ReverseV2',
    'RotateWithOffset',
    'Round',
    'Selu',
    'SeluGrad',
    'Sigmoid',
    'SigmoidGrad',
    'Sign',
    'Sin',
    'Slice',
    'SpaceToBatchND',
    'Split',
    'SplitV',
    'Sqrt',
    'SqrtGrad',
    'Squeeze',
    'StridedSlice',
    'Tanh',
    'TanhGrad',
    'Tile',
    'TopKV2',
    'Transpose',
    'UniqueV2',
    'Unpack',
    'UpperBound',
    'Where',
    'ZerosLike',
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
