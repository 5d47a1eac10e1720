/**
 * What rounding to a format does to a value, as the judge copies it: `relative`, the largest relative
 * error of one rounding; `absolute`, the largest among subnormal numbers; `range`, what a product of two
 * rounded values is still far from. fp32: several roundings, since sums are made in another order.
 */
export const NOISE = {
  fp32: { relative: 2 ** -21, absolute: 2 ** -118, range: 1e37 },
  tf32: { relative: 2 ** -11, absolute: 2 ** -118, range: 1e37 },
  bf16: { relative: 2 ** -8, absolute: 2 ** -118, range: 1e37 },
  fp16: { relative: 2 ** -10, absolute: 2 ** -24, range: 65504 / 2 },
  // Values of products are scaled to the format's range: what is lost is a part of the largest of them.
  fp8: { relative: 2 ** -8, absolute: 2 ** -118, range: 1e37, factors: 2 ** -3, span: 2 ** -16 },
  // A step of 8 bits of the span of what a product reads, and of each weight's largest value.
  int8: { relative: 2 ** -21, absolute: 2 ** -118, range: 1e37, span: 2 ** -7 },
  // Results are codes too.
  static: { relative: 2 ** -21, absolute: 2 ** -118, range: 1e37, span: 2 ** -7, results: 2 ** -7 },
  // Files: whatever is read is rounded, weights and constants too.
  'fp16 file': { relative: 2 ** -10, absolute: 2 ** -24, range: 65504 / 2, anywhere: true },
  'uint16 file': {
    relative: 2 ** -21,
    absolute: 2 ** -118,
    range: 1e37,
    span: 2 ** -15,
    anywhere: true,
  },
  'int8 file': {
    relative: 2 ** -21,
    absolute: 2 ** -118,
    range: 1e37,
    span: 2 ** -7,
    anywhere: true,
  },
  'int4 file': {
    relative: 2 ** -21,
    absolute: 2 ** -118,
    range: 1e37,
    span: 2 ** -3,
    anywhere: true,
  },
  int4: { relative: 2 ** -21, absolute: 2 ** -118, range: 1e37, span: 2 ** -3 },
};
