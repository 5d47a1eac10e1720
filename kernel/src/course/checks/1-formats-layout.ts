import type { FloatFormat } from '../../formats/format';

/** How a code is divided: beside its sign, so many bits of exponent and of stored significand. */
export interface Layout {
  readonly exponentBits: number;
  readonly significandBits: number;
}

export const FP16: Layout = { exponentBits: 5, significandBits: 10 };
export const BF16: Layout = { exponentBits: 8, significandBits: 7 };
export const E5M2: Layout = { exponentBits: 5, significandBits: 2 };
export const E3M2: Layout = { exponentBits: 3, significandBits: 2 };

/** A float of IEEE 754's kind with that layout. */
export function formatOf({ exponentBits, significandBits }: Layout): FloatFormat {
  return {
    kind: 'float',
    id: `e${exponentBits}m${significandBits}`,
    label: `E${exponentBits}M${significandBits}`,
    bits: 1 + exponentBits + significandBits,
    precision: significandBits + 1,
    exponentBias: 2 ** (exponentBits - 1) - 1,
    infinities: true,
    nan: 'ieee',
    signed: true,
    subnormals: true,
  };
}
