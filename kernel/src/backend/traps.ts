import type { StorageFormat } from './contract';

/**
 * A kernel of TensorFlow that gives wrong or very slow results in a format, and what the backend runs
 * in its place. Data, so that planners and reports can say why an op left its format.
 */
export interface KernelTrap {
  readonly op: string;
  readonly formats: readonly StorageFormat[];
  readonly device: 'cpu' | 'gpu' | 'any';
  readonly useInstead: StorageFormat;
  /**
   * True: the result is rounded to the format that was asked for, so only the speed differs (range and
   * rounding stay the format's). False: the result stays in `useInstead`, for the format can't hold it.
   */
  readonly roundResult: boolean;
  readonly why: string;
}

const LOW: readonly StorageFormat[] = ['bf16', 'fp16'];

function inFp32(ops: readonly string[], why: string): KernelTrap[] {
  return ops.map((op) => ({
    op,
    formats: LOW,
    device: 'any',
    useInstead: 'fp32',
    roundResult: false,
    why,
  }));
}

const TRAPS: readonly KernelTrap[] = [
  ...inFp32(
    ['Sum', 'Mean', 'Prod', 'BiasAddGrad', 'Cumsum', 'Cumprod', 'EuclideanNorm', 'L2Loss'],
    'adds up in 16 bits: 512 ones sum to 256 in bf16, 100352 ones to 8192 in fp16',
  ),
  ...inFp32(['Bincount', 'DenseBincount', 'UnsortedSegmentSum'], 'adds up in 16 bits'),
  ...inFp32(
    ['Square', 'SquaredDifference'],
    'the square of a small gradient underflows in fp16, and Adam then diverges',
  ),
  ...inFp32(
    [
      'FusedBatchNorm',
      'Rint',
      'Erfinv',
      'Lgamma',
      'LinSpace',
      'Bucketize',
      'Complex',
      'CropAndResize',
    ],
    'has no 16-bit kernel',
  ),
  ...inFp32(
    [
      'ResizeBilinear',
      'ResizeBilinearGrad',
      'ResizeNearestNeighborGrad',
      'ImageProjectiveTransformV3',
    ],
    'mixes 16-bit images with fp32 coordinates or results',
  ),
  {
    op: 'Conv2DBackpropFilter',
    formats: ['fp16'],
    device: 'cpu',
    useInstead: 'fp32',
    roundResult: true,
    why: 'oneDNN has no fp16 kernel for it and falls back to a reference loop, up to 1000 times slower',
  },
  {
    op: 'Conv2DBackpropInput',
    formats: ['fp16'],
    device: 'cpu',
    useInstead: 'fp32',
    roundResult: true,
    why: 'oneDNN has no fast fp16 kernel for it on most CPUs',
  },
];

/** On CPUs without bf16 instructions: convolution gradients run 10 times slower in bf16 than in fp32. */
const WITHOUT_BF16_HARDWARE: readonly KernelTrap[] = [
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
].map((op) => ({
  op,
  formats: ['bf16'],
  device: 'cpu',
  useInstead: 'fp32',
  roundResult: true,
  why: 'without bf16 instructions TensorFlow falls back to a reference loop, 10 times slower than fp32',
}));

/** What a device runs natively, as far as traps depend on it. */
export interface TrapDevice {
  readonly device: 'cpu' | 'gpu';
  readonly nativeBf16: boolean;
}

/** The traps of a device: what the backend runs elsewhere, and why. */
export function kernelTraps({ device, nativeBf16 }: TrapDevice): readonly KernelTrap[] {
  return [...TRAPS, ...(nativeBf16 ? [] : WITHOUT_BF16_HARDWARE)].filter(
    (trap) => trap.device === 'any' || trap.device === device,
  );
}

/** Finds traps by op and format, in constant time. */
export class TrapIndex {
  private readonly byOp = new Map<string, KernelTrap>();

  add(trap: KernelTrap): void {
    for (const format of trap.formats) this.byOp.set(`${trap.op}/${format}`, trap);
  }

  find(op: string, format: StorageFormat): KernelTrap | undefined {
    return format === 'fp32' ? undefined : this.byOp.get(`${op}/${format}`);
  }
}
