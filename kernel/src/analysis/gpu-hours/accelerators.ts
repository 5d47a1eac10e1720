import { HalfnoteError, nearest, shown } from '../../errors';
import type { Publication } from '../../quantities/publication';

/** What a data sheet says of an accelerator. */
export interface Accelerator {
  readonly name: string;
  /** Dense products by format, FLOP/s (of integers: OP/s), without structured sparsity. */
  readonly peakFlops: Readonly<Record<string, number>>;
  /** Maximum power of the board. */
  readonly tdpW: number;
  readonly source: Publication;
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

/** Figures of NVIDIA's data sheets and product pages; where those count sparsity, half of it. */
const ACCELERATORS: Readonly<Record<string, Accelerator>> = {
  v100: {
    name: 'V100 SXM2',
    peakFlops: { fp32: 15.7 * T, fp16: 125 * T },
    tdpW: 300,
    source: {
      name: 'NVIDIA V100 data sheet',
      year: 2018,
      url: 'https://images.nvidia.com/content/technologies/volta/pdf/tesla-volta-v100-datasheet-letter-fnl-web.pdf',
    },
  },
  t4: {
    name: 'T4',
    peakFlops: { fp32: 8.1 * T, fp16: 65 * T, int8: 130 * T },
    tdpW: 70,
    source: {
      name: 'NVIDIA T4 data sheet',
      year: 2019,
      url: 'https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/tesla-t4/t4-tensor-core-datasheet-951643.pdf',
    },
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
    source: {
      name: 'NVIDIA A100 data sheet',
      year: 2021,
      url: 'https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf',
    },
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
    source: {
      name: 'NVIDIA L4 specifications',
      year: 2023,
      url: 'https://www.nvidia.com/en-us/data-center/l4/',
    },
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
    source: {
      name: 'NVIDIA L40S specifications',
      year: 2023,
      url: 'https://www.nvidia.com/en-us/data-center/l40s/',
    },
  },
  h100: {
    name: 'H100 SXM',
    peakFlops: HOPPER,
    tdpW: 700,
    source: {
      name: 'NVIDIA H100 specifications',
      year: 2023,
      url: 'https://www.nvidia.com/en-us/data-center/h100/',
    },
  },
  h200: {
    name: 'H200 SXM',
    peakFlops: HOPPER,
    tdpW: 700,
    source: {
      name: 'NVIDIA H200 specifications',
      year: 2024,
      url: 'https://www.nvidia.com/en-us/data-center/h200/',
    },
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
