/** The largest relative error of one rounding to nearest. */
const ROUNDOFF = { bf16: 2 ** -8, fp16: 2 ** -11 };

/** As many roundings of the largest value as may add up on the way to a result. */
const ROUNDINGS = 8;

/**
 * Lets tfjs-core's comparisons of floats allow what a format's rounding does: 8 roundings of the largest
 * value that is expected, where tfjs's own tolerance (1e-3) is less. Exact comparisons stay exact.
 */
export function widenTolerance(testUtil, format) {
  const { expectArraysClose, expectNumbersClose, testEpsilon } = testUtil;
  const tolerance = (expected, epsilon) =>
    Math.max(epsilon ?? testEpsilon(), ROUNDINGS * ROUNDOFF[format] * largest(expected));
  testUtil.expectArraysClose = (actual, expected, epsilon) =>
    expectArraysClose(actual, expected, tolerance(expected, epsilon));
  testUtil.expectNumbersClose = (actual, expected, epsilon) =>
    expectNumbersClose(actual, expected, tolerance(expected, epsilon));
}

/** The largest finite number in nested arrays; 0 where there is none, as among strings. */
function largest(values) {
  if (typeof values === 'number') return Number.isFinite(values) ? Math.abs(values) : 0;
  if (typeof values !== 'object' || values === null) return 0;
  let size = 0;
  for (const value of values) size = Math.max(size, largest(value));
  return size;
}
