import type { StorageFormat } from './contract';
import {
  AVERAGES,
  INDEXED_SUMS,
  PRODUCTS,
  REDUCTIONS,
  RESAMPLING,
  SQUARES,
  WITHOUT_LOW_KERNEL,
} from './traps-ops';

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

/** The result is a sum or a statistic: it stays in fp32. */
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

/** Computed in fp32 from rounded inputs, and rounded: what hardware with the format does. */
function throughFp32(
  ops: readonly string[],
  formats: readonly StorageFormat[],
  device: KernelTrap['device'],
  why: string,
): KernelTrap[] {
  return ops.map((op) => ({ op, formats, device, useInstead: 'fp32', roundResult: true, why }));
}

const TRAPS: readonly KernelTrap[] = [
  ...inFp32(
    REDUCTIONS,
    'adds up in 16 bits: 512 ones sum to 256 in bf16, 100352 ones to 8192 in fp16',
  ),
  ...inFp32(INDEXED_SUMS, 'adds up in 16 bits: 4096 ones sum to 256 in bf16, to 2048 in fp16'),
  ...inFp32(SQUARES, 'the square of a small gradient underflows in fp16, and Adam then diverges'),
  ...inFp32(WITHOUT_LOW_KERNEL, 'has no 16-bit kernel'),
  ...inFp32(RESAMPLING, 'mixes 16-bit images with fp32 coordinates or results'),
  ...throughFp32(AVERAGES, LOW, 'cpu', 'adds up in 16 bits: the mean of 4096 ones is 0.06 in bf16'),
  ...throughFp32(
    ['Einsum', 'DepthwiseConv2dNativeBackpropFilter'],
    LOW,
    'cpu',
    'adds up in 16 bits: 4096 ones sum to 256 in bf16, to 2048 in fp16',
  ),
  ...throughFp32(
    ['Conv2DBackpropFilter', 'Conv2DBackpropInput'],
    ['fp16'],
    'cpu',
    'oneDNN has no fp16 kernel for it and falls back to a reference loop, up to 1000 times slower',
  ),
];

/** What a device runs natively, as far as traps depend on it. */
export interface TrapDevice {
  readonly device: 'cpu' | 'gpu';
  /** The 16-bit formats that the processor has instructions for. */
  readonly native: readonly StorageFormat[];
}

/** The traps of a device: what the backend runs elsewhere, and why. */
export function kernelTraps({ device, native }: TrapDevice): readonly KernelTrap[] {
  const simulated = LOW.filter((format) => !native.includes(format));
  return [
    ...TRAPS,
    ...throughFp32(
      PRODUCTS,
      simulated,
      'cpu',
      'without 16-bit instructions it is a loop that rounds partial sums to 16 bits or is up to 10 times slower',
    ),
  ].filter((trap) => trap.formats.length > 0 && (trap.device === 'any' || trap.device === device));
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
