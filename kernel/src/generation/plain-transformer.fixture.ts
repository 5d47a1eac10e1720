import type * as tf from '@tensorflow/tfjs';

type Matrix = readonly Float64Array[];

/** What happens to a head's key or value on its way through the cache. */
export type Through = (head: Float32Array) => Float32Array;

/**
 * `characterModel`'s logits [length][vocabulary] for one sequence, number by number in plain arrays of
 * 64-bit floats; no tfjs but for reading the weights, and no part of what it is the judge of.
 */
export function plainLogits(
  model: tf.LayersModel,
  tokens: readonly number[],
  { heads = 4, through = (head) => head }: { readonly heads?: number; readonly through?: Through },
): Matrix {
  const weights = model.getWeights().map((weight) => ({
    values: Float64Array.from(weight.dataSync()),
    columns: weight.shape.at(-1) ?? 0,
  }));
  let next = 0;
  const take = (): { readonly values: Float64Array; readonly columns: number } => {
    const weight = weights[next++];
    if (weight === undefined) throw new Error('the model has other layers');
    return weight;
  };
  const row = ({ values, columns }: ReturnType<typeof take>, i: number): Float64Array =>
    values.subarray(i * columns, (i + 1) * columns);

  const embeddings = take();
  const positions = take();
  let x: Matrix = tokens.map((token, i) => added(row(embeddings, token), row(positions, i)));
  for (let block = 0; block < 2; block++) {
    const [norm1, shift1] = [take(), take()];
    const [wq, bq, wk, bk, wv, bv, wo, bo] = Array.from({ length: 8 }, take) as Take8;
    const [norm2, shift2] = [take(), take()];
    const [w1, b1, w2, b2] = Array.from({ length: 4 }, take) as Take4;
    const normed = x.map((one) => normalized(one, norm1.values, shift1.values, 1e-5));
    const q = normed.map((one) => linear(one, wq, bq));
    const stored = (w: Weight, bias: Weight): Matrix =>
      normed.map((one) => kept(linear(one, w, bias), heads, through));
    const [k, v] = [stored(wk, bk), stored(wv, bv)];
    const attended = q.map((query, i) =>
      attend(query, k.slice(0, i + 1), v.slice(0, i + 1), heads),
    );
    x = x.map((one, i) => added(one, linear(attended[i] ?? one, wo, bo)));
    x = x.map((one) => {
      const hidden = linear(normalized(one, norm2.values, shift2.values, 1e-5), w1, b1).map(gelu);
      return added(one, linear(hidden, w2, b2));
    });
  }
  const [gamma, beta, w, b] = [take(), take(), take(), take()];
  if (next !== weights.length) throw new Error('the model has other layers');
  return x.map((one) => linear(normalized(one, gamma.values, beta.values, 1e-3), w, b));
}

type Weight = { readonly values: Float64Array; readonly columns: number };
type Take4 = [Weight, Weight, Weight, Weight];
type Take8 = [...Take4, ...Take4];

function kept(x: Float64Array, heads: number, through: Through): Float64Array {
  const width = x.length / heads;
  const out = new Float64Array(x.length);
  for (let h = 0; h < heads; h++) {
    out.set(through(Float32Array.from(x.subarray(h * width, (h + 1) * width))), h * width);
  }
  return out;
}

function attend(q: Float64Array, keys: Matrix, values: Matrix, heads: number): Float64Array {
  const width = q.length / heads;
  const out = new Float64Array(q.length);
  for (let h = 0; h < heads; h++) {
    const columns = Array.from({ length: width }, (_, i) => h * width + i);
    const scores = keys.map(
      (key) => sum(columns.map((c) => (q[c] ?? 0) * (key[c] ?? 0))) / Math.sqrt(width),
    );
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    for (const c of columns) {
      out[c] = sum(values.map((value, i) => (value[c] ?? 0) * (weights[i] ?? 0))) / sum(weights);
    }
  }
  return out;
}

function linear(x: Float64Array, { values, columns }: Weight, bias: Weight): Float64Array {
  return Float64Array.from(
    bias.values,
    (b, j) => b + sum(Array.from(x, (value, i) => value * (values[i * columns + j] ?? 0))),
  );
}

function normalized(
  x: Float64Array,
  gamma: Float64Array,
  beta: Float64Array,
  epsilon: number,
): Float64Array {
  const mean = sum([...x]) / x.length;
  const variance = sum(Array.from(x, (value) => (value - mean) ** 2)) / x.length;
  return x.map(
    (value, i) =>
      ((value - mean) / Math.sqrt(variance + epsilon)) * (gamma[i] ?? 1) + (beta[i] ?? 0),
  );
}

/** x P(X <= x) of the standard normal distribution, with the series of its distribution function. */
function gelu(x: number): number {
  if (Math.abs(x) > 6) return Math.max(0, x);
  let term = x;
  let total = x;
  for (let n = 1; n < 120; n++) {
    term *= -(x * x) / 2 / n;
    total += term / (2 * n + 1);
  }
  return x * (0.5 + total / Math.sqrt(2 * Math.PI));
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + (b[i] ?? 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
