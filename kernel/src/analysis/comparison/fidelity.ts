/** How far an output is from the reference: the largest error, and the ratio of signal to noise. */
export interface Fidelity {
  /** The largest absolute difference; NaN where the output is NaN and the reference is not. */
  readonly maxError: number;
  /** `10 log10(sum(reference^2) / sum((reference - output)^2))`; Infinity when they are equal. */
  readonly sqnrDb: number;
}

/** Compares outputs of the same lengths, batch by batch, with sums in float64. */
export function fidelity(
  reference: readonly Float32Array[],
  output: readonly Float32Array[],
): Fidelity {
  let maxError = 0;
  let signal = 0;
  let noise = 0;
  reference.forEach((expected, batch) => {
    const actual = output[batch];
    expected.forEach((a, i) => {
      const b = actual?.[i] ?? NaN;
      // Math.max keeps NaN. Equal infinities and NaNs are no error, though their difference is NaN.
      const error = Object.is(a, b) ? 0 : Math.abs(a - b);
      maxError = Math.max(maxError, error);
      if (Number.isFinite(a)) signal += a * a;
      noise += error * error;
    });
  });
  return { maxError, sqnrDb: noise === 0 ? Infinity : 10 * Math.log10(signal / noise) };
}
