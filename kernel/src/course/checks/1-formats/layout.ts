import type { FloatFormat } from '../../../formats/format';
import { FORMATS } from '../../../formats/table';

/** How a code is divided: beside its sign, so many bits of exponent and of stored significand. */
export interface Layout {
  readonly exponentBits: number;
  readonly significandBits: number;
}

export const FP16: Layout = { exponentBits: 5, significandBits: 10 };
export const BF16: Layout = { exponentBits: 8, significandBits: 7 };
export const E5M2: Layout = { exponentBits: 5, significandBits: 2 };
export const E3M2: Layout = { exponentBits: 3, significandBits: 2 };

const NAMED = [FORMATS.fp16, FORMATS.bf16, FORMATS.e5m2];

/** A float of IEEE 754's kind with that layout, by its name where it has one. */
export function formatOf({ exponentBits, significandBits }: Layout): FloatFormat {
  const bits = 1 + exponentBits + significandBits;
  const named = NAMED.find(
    (format) => format.bits === bits && format.precision === significandBits + 1,
  );
  if (named !== undefined) return named;
  return {
    kind: 'float',
    id: `e${exponentBits}m${significandBits}`,
    label: `E${exponentBits}M${significandBits}`,
    bits,
    precision: significandBits + 1,
    exponentBias: 2 ** (exponentBits - 1) - 1,
    infinities: true,
    nan: 'ieee',
    signed: true,
    subnormals: true,
  };
}
