/**
 * TensorFlow's ops by what 16 bits do to them. The traps of a device and the autocast table are both
 * made of these groups, so that an op's name stands in one place.
 */

/** Products: what autocast gives the low format, and what a CPU without such instructions simulates. */
export const PRODUCTS = [
  'MatMul',
  'BatchMatMul',
  'BatchMatMulV2',
  'BatchMatMulV3',
  'Einsum',
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  'Conv3D',
  'Conv3DBackpropInputV2',
  'Conv3DBackpropFilterV2',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
] as const;

/** Sums and products of many numbers, whose result the format can't hold. */
export const REDUCTIONS = [
  'Sum',
  'Mean',
  'Prod',
  'BiasAddGrad',
  'Cumsum',
  'Cumprod',
  'EuclideanNorm',
  'L2Loss',
] as const;

/** Sums whose terms are found by an index. */
export const INDEXED_SUMS = [
  'Bincount',
  'DenseBincount',
  'ScatterNd',
  'SegmentSum',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'UnsortedSegmentSum',
] as const;

/** Squares, which underflow before their sum does. */
export const SQUARES = ['Square', 'SquaredDifference'] as const;

/** TensorFlow has no 16-bit kernel for them. */
export const WITHOUT_LOW_KERNEL = [
  'Bucketize',
  'Complex',
  'CropAndResize',
  'Erfinv',
  'FusedBatchNorm',
  'Lgamma',
  'LinSpace',
  'Rint',
] as const;

/** They take 16-bit images, but coordinates or results are fp32. */
export const RESAMPLING = [
  'ImageProjectiveTransformV3',
  'ResizeBilinear',
  'ResizeBilinearGrad',
  'ResizeNearestNeighborGrad',
] as const;

/** Means over a window: of values that the format holds, so the result is in it again. */
export const AVERAGES = ['AvgPool', 'AvgPoolGrad', 'AvgPool3D', 'AvgPool3DGrad'] as const;
