import type { CastRule } from './autocast-table';

/** Where the autocast table leaves PyTorch's lists, and why. */
export interface AutocastDifference {
  readonly ops: readonly string[];
  /** The PyTorch operator that does the same. */
  readonly pytorch: string;
  /** Whose list says otherwise. */
  readonly device: 'cuda' | 'cpu';
  /** What PyTorch does; `follow` where its lists don't name the operator. */
  readonly theirs: CastRule;
  readonly why: string;
}

const SUMS_IN_16_BITS =
  "PyTorch's kernel adds up in fp32 and rounds; TensorFlow's adds up in 16 bits";
const NO_KERNEL = 'TensorFlow has no 16-bit kernel for it';
const CUDA_RULE = 'the rule of CUDA holds on every device, so that a model computes alike on both';

/**
 * Every difference between our table and PyTorch's lists. On the CPU PyTorch lists fewer operators than
 * on CUDA; what it doesn't list there goes by CUDA's list here, and is no entry.
 */
export const AUTOCAST_DIFFERENCES: readonly AutocastDifference[] = [
  { ops: ['Mean'], pytorch: 'mean', device: 'cuda', theirs: 'follow', why: SUMS_IN_16_BITS },
  {
    ops: ['SegmentSum', 'UnsortedSegmentSum'],
    pytorch: 'index_add',
    device: 'cuda',
    theirs: 'follow',
    why: SUMS_IN_16_BITS,
  },
  {
    ops: ['ScatterNd'],
    pytorch: 'scatter_add',
    device: 'cuda',
    theirs: 'promote',
    why: SUMS_IN_16_BITS,
  },
  {
    ops: ['FusedBatchNorm', 'FusedBatchNormV3', 'FusedBatchNormGradV3'],
    pytorch: 'batch_norm',
    device: 'cuda',
    theirs: 'follow',
    why: "its statistics belong in fp32, where PyTorch's kernel has them by itself",
  },
  { ops: ['Lgamma'], pytorch: 'lgamma', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  { ops: ['Rint'], pytorch: 'round', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  {
    ops: ['CropAndResize', 'ImageProjectiveTransformV3'],
    pytorch: 'grid_sampler',
    device: 'cuda',
    theirs: 'promote',
    why: NO_KERNEL,
  },
  {
    ops: ['Multinomial', 'StatelessMultinomial'],
    pytorch: 'multinomial',
    device: 'cuda',
    theirs: 'follow',
    why: 'probabilities of rare classes underflow in fp16',
  },
  { ops: ['FFT'], pytorch: 'fft_fft', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  { ops: ['IFFT'], pytorch: 'fft_ifft', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  { ops: ['RFFT'], pytorch: 'fft_rfft', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  { ops: ['IRFFT'], pytorch: 'fft_irfft', device: 'cuda', theirs: 'follow', why: NO_KERNEL },
  { ops: ['AvgPool3D'], pytorch: 'avg_pool3d', device: 'cpu', theirs: 'fp32', why: CUDA_RULE },
  { ops: ['MaxPool3D'], pytorch: 'max_pool3d', device: 'cpu', theirs: 'fp32', why: CUDA_RULE },
  {
    ops: ['MirrorPad'],
    pytorch: 'reflection_pad2d',
    device: 'cpu',
    theirs: 'fp32',
    why: CUDA_RULE,
  },
];
