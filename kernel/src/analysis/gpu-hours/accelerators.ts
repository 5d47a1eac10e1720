import { HalfnoteError, nearest, shown } from '../../errors';

/** What a data sheet says of an accelerator. */
export interface Accelerator {
  readonly name: string;
  /** Dense products by format, FLOP/s (of integers: OP/s), without structured sparsity. */
  readonly peakFlops: Readonly<Record<string, number>>;
  /** Maximum power of the board. */
  readonly tdpW: number;
  readonly source: string;
}

const T = 1e12;

/** The H200 differs from the H100 in its memory. */
const HOPPER = {
  fp32: 67 * T,
  tf32: 494.5 * T,
  fp16: 989.5 * T,
  bf16: 989.5 * T,
  fp8: 1979 * T,
  int8: 1979 * T,
};

/** Figures of NVIDIA's data sheets; where those count sparsity, half of it. */
const ACCELERATORS: Readonly<Record<string, Accelerator>> = {
  v100: {
    name: 'V100 SXM2',
    peakFlops: { fp32: 15.7 * T, fp16: 125 * T },
    tdpW: 300,
    source: 'NVIDIA V100 data sheet, 2020',
  },
  t4: {
    name: 'T4',
    peakFlops: { fp32: 8.1 * T, fp16: 65 * T, int8: 130 * T },
    tdpW: 70,
    source: 'NVIDIA T4 data sheet, 2019',
  },
  a100: {
    name: 'A100 SXM',
    peakFlops: {
      fp32: 19.5 * T,
      tf32: 156 * T,
      fp16: 312 * T,
      bf16: 312 * T,
      int8: 624 * T,
    },
    tdpW: 400,
    source: 'NVIDIA A100 data sheet, 2021',
  },
  l4: {
    name: 'L4',
    peakFlops: {
      fp32: 30.3 * T,
      tf32: 60 * T,
      fp16: 121 * T,
      bf16: 121 * T,
      fp8: 242.5 * T,
      int8: 242.5 * T,
    },
    tdpW: 72,
    source: 'NVIDIA L4 data sheet, 2023',
  },
  l40s: {
    name: 'L40S',
    peakFlops: {
      fp32: 91.6 * T,
      tf32: 183 * T,
      fp16: 362 * T,
      bf16: 362 * T,
      fp8: 733 * T,
      int8: 733 * T,
    },
    tdpW: 350,
    source: 'NVIDIA L40S data sheet, 2023',
  },
  h100: {
    name: 'H100 SXM',
    peakFlops: HOPPER,
    tdpW: 700,
    source: 'NVIDIA H100 data sheet, 2023',
  },
  h200: {
    name: 'H200 SXM',
    peakFlops: HOPPER,
    tdpW: 700,
    source: 'NVIDIA H200 data sheet, 2024',
  },
};

export const ACCELERATOR_NAMES = Object.keys(ACCELERATORS);

/** @throws HalfnoteError `invalid-argument` that lists those that there are. */
export function acceleratorNamed(device: string): Accelerator {
  const key = typeof device === 'string' ? device.trim().toLowerCase() : '';
  const found = Object.hasOwn(ACCELERATORS, key) ? ACCELERATORS[key] : undefined;
  if (found !== undefined) return found;
  const [near] = nearest(key, ACCELERATOR_NAMES, 1);
  throw new HalfnoteError(
    'invalid-argument',
    `No accelerator ${shown(device)} is known.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    `Known are ${ACCELERATOR_NAMES.join(', ')}. Of another one give peakFlops and powerW.`,
  );
}

/** @throws HalfnoteError `invalid-argument` for a format without a peak. */
export function peakOf({ name, peakFlops }: Accelerator, format: string): number {
  const peak = Object.hasOwn(peakFlops, format) ? peakFlops[format] : undefined;
  if (peak !== undefined) return peak;
  throw new HalfnoteError(
    'invalid-argument',
    `The ${name} has no peak for ${shown(format)}.`,
    `It has one for ${Object.keys(peakFlops).join(', ')}.`,
  );
}
