/** The same numbers in every run: magnitudes from `low` to 1, of either sign. */
export function random(count, seed, low = 0.25) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => {
    const magnitude = low + (1 - low) * next();
    return next() < 0.5 ? -magnitude : magnitude;
  });
}

/**
 * A product of matrices in float64, and the sums of its terms' magnitudes, by which errors are judged.
 * @returns {{exact: Float64Array, magnitude: Float64Array}}
 */
export function matrixProduct(a, b, [m, k, n]) {
  const exact = new Float64Array(m * n);
  const magnitude = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const left = a[i * k + p];
      for (let j = 0; j < n; j++) {
        const term = left * b[p * n + j];
        exact[i * n + j] += term;
        magnitude[i * n + j] += Math.abs(term);
      }
    }
  return { exact, magnitude };
}

/** The rows that a convolution without padding multiplies by its filter: `[h w c]` windows of an image. */
export function windows(image, [height, width, channels], size) {
  const [rows, columns] = [height - size + 1, width - size + 1];
  const depth = size * size * channels;
  const result = new Float32Array(rows * columns * depth);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let dy = 0; dy < size; dy++)
        for (let dx = 0; dx < size; dx++)
          for (let c = 0; c < channels; c++)
            result[(y * columns + x) * depth + (dy * size + dx) * channels + c] =
              image[((y + dy) * width + x + dx) * channels + c];
  return { values: result, rows: rows * columns, depth };
}

/**
 * The most by which results miss, in parts of what is allowed: above 1 is wrong. NaN counts as infinite.
 * @param {{output: number, sum: number}} error the relative error of a result, and of what is added up
 */
export function worstError(actual, { exact, magnitude }, { output, sum }) {
  let worst = 0;
  exact.forEach((want, i) => {
    const allowed = Math.abs(want) * output + magnitude[i] * sum;
    const part = Math.abs(actual[i] - want) / allowed;
    worst = Math.max(worst, Number.isNaN(part) ? Infinity : part);
  });
  return worst;
}
