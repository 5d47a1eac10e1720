import type { PrecisionRow } from '../../payloads/precision/table';

type Claim = NonNullable<PrecisionRow['literature']>;

const SOURCE = 'commonly claimed for hardware with the format; no single publication';

const claim = (
  speedup: [number, number],
  memorySaved: number,
  energySaved: [number, number],
): Claim => ({ speedup, memorySaved: [memorySaved, memorySaved], energySaved, source: SOURCE });

const HALF = claim([2, 2], 0.5, [0.3, 0.5]);
const INT8 = claim([4, 6], 0.75, [0, 0.7]);

/**
 * What is commonly claimed for a format against fp32, to be confirmed or refuted by measurement:
 * speedup, and the fractions of memory and energy saved. "Up to" is an interval from 0.
 */
export const LITERATURE: Readonly<Record<string, Claim>> = {
  fp16: HALF,
  bf16: HALF,
  fp8: claim([4, 4], 0.75, [0, 0.6]),
  int8: INT8,
  'int8-static': INT8,
  'int8-dynamic': INT8,
  int4: claim([8, 8], 0.87, [0, 0.8]),
};
