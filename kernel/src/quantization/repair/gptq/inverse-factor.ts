/** Where a matrix turned out not to be positive definite. */
export interface Singular {
  readonly pivot: number;
}

/**
 * The upper triangular U with `UᵀU = H⁻¹`: what GPTQ takes from the inverse of its Hessian. With
 * `H = R Rᵀ`, R upper triangular, it is R's inverse, so that H itself is never inverted.
 * @param hessian Symmetric, row-major `[size, size]`. It is not changed.
 * @returns Row-major `[size, size]`, zeros below the diagonal; or the pivot that was not positive.
 */
export function inverseFactor(hessian: Float64Array, size: number): Float64Array | Singular {
  const factor = upperFactor(hessian, size);
  return 'pivot' in factor ? factor : inverseOfUpper(factor, size);
}

/** Cholesky from the last row up: `H = R Rᵀ`. */
function upperFactor(hessian: Float64Array, size: number): Float64Array | Singular {
  const r = new Float64Array(size * size);
  for (let j = size - 1; j >= 0; j--) {
    const row = r.subarray(j * size + j + 1, (j + 1) * size);
    const pivot = (hessian[j * size + j] ?? 0) - dot(row, row);
    if (!(pivot > 0) || !Number.isFinite(pivot)) return { pivot: j };
    const diagonal = Math.sqrt(pivot);
    r[j * size + j] = diagonal;
    for (let i = 0; i < j; i++) {
      const other = r.subarray(i * size + j + 1, (i + 1) * size);
      r[i * size + j] = ((hessian[i * size + j] ?? 0) - dot(other, row)) / diagonal;
    }
  }
  return r;
}

function inverseOfUpper(r: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    const own = inverse.subarray(i * size, (i + 1) * size);
    for (let k = i + 1; k < size; k++) {
      addTimes(own, inverse, r[i * size + k] ?? 0, k, k * size + k, size - k);
    }
    const diagonal = r[i * size + i] ?? 1;
    for (let j = i + 1; j < size; j++) own[j] = -(own[j] ?? 0) / diagonal;
    own[i] = 1 / diagonal;
  }
  return inverse;
}

/** Four sums side by side: a processor adds them at once. */
function dot(a: Float64Array, b: Float64Array): number {
  const length = a.length;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += (a[i] ?? 0) * (b[i] ?? 0);
    s1 += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    s2 += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    s3 += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  for (; i < length; i++) s0 += (a[i] ?? 0) * (b[i] ?? 0);
  return s0 + s1 + (s2 + s3);
}

/** `target[at + i] += factor * source[from + i]` for `count` elements. */
export function addTimes(
  target: Float64Array,
  source: Float64Array,
  factor: number,
  at: number,
  from: number,
  count: number,
): void {
  if (factor === 0) return;
  for (let i = 0; i < count; i++) {
    target[at + i] = (target[at + i] ?? 0) + factor * (source[from + i] ?? 0);
  }
}
