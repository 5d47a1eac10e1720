import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { numpy } from '../../../backend/oracle.fixture';
import type { WeightFormat } from '../../../graph/quantized-graph';
import type { WeightGranularity } from '../../../graph/weight-codes';
import { loadBackend } from '../../../start';
import type { LinearNode } from '../float-graph';
import { hessianOf } from '../gptq/hessian';
import { rounding } from '../models.fixture';
import { nearestRounding } from '../rounding';
import { searchFactors } from './awq';
import { channelSizes } from './channel-sizes';
import { clipScales } from './clip';
import { integerError, smoothFactors } from './smoothquant';
import { diagonalBlocks } from './weight-error';

loadBackend();

const reference = (name: string): string => readFileSync(resolve(`test/numpy/${name}.py`), 'utf8');

const [DEPTH, UNITS, ROWS] = [48, 20, 200];

/** A dense layer with random weights. */
function dense(seed: number): LinearNode {
  const kernel = tf.randomNormal([DEPTH, UNITS], 0, 1, 'float32', seed).dataSync<'float32'>();
  return {
    id: `dense${seed}`,
    kind: 'Dense',
    inputs: ['x'],
    output: 'y',
    fused: [`dense${seed}`],
    op: {
      kind: 'linear',
      geometry: { kind: 'dense', inputs: DEPTH, units: UNITS },
      kernel,
      bias: new Float32Array(UNITS),
      activation: 'linear',
      source: undefined,
    },
  };
}

/** Rows of which a few channels are far larger than the others. */
function outlying(): tf.Tensor {
  return tf.tidy(() => {
    const sizes = tf.tensor1d(Float32Array.from({ length: DEPTH }, (_, i) => (i % 12 ? 1 : 20)));
    return tf.mul(tf.randomNormal([ROWS, DEPTH], 0.2, 1, 'float32', 8), sizes);
  });
}

const load = `x = a[0].reshape(${ROWS}, ${DEPTH}).astype(float)
w = a[1].reshape(${DEPTH}, ${UNITS}).T.astype(float)`;

describe('the search for AWQ’s scales', () => {
  test.each<[WeightFormat, WeightGranularity]>([
    ['int4', 'per-channel'],
    ['int3', { group: 16 }],
    ['int2', { group: 8 }],
  ])('finds the alpha and the scales that NumPy finds: %s, %o', (format, granularity) => {
    const node = dense(3);
    const x = outlying();
    const [block = new Float64Array()] = hessianOf(node.op.geometry, [x]).blocks;
    const hessian = diagonalBlocks(block, DEPTH, DEPTH);
    const { meanAbs } = channelSizes([x]);
    const round = rounding({ format, granularity });
    const found = searchFactors([{ node, hessian }], meanAbs, round);
    const high = round(node)?.range?.max ?? NaN;
    const group = typeof granularity === 'object' ? granularity.group : DEPTH;
    const [alpha, error, nearest, ...scales] = numpy(
      `${reference('awq')}
${load}
alpha, scale, error = search_scale(w, x, ${high}, ${group})
nearest = np.mean((x @ (rounded(w, ${high}, ${group}) - w).T) ** 2)
out = np.concatenate([[alpha, error, nearest], scale])`,
      x.dataSync<'float32'>().slice(),
      node.op.kernel,
    );
    expect(found.alpha).toBeGreaterThan(0);
    expect(found.alpha).toBeCloseTo(alpha ?? NaN, 6);
    expect((found.errors[0] ?? NaN) / (error ?? NaN)).toBeCloseTo(1, 5);
    expect((found.nearestErrors[0] ?? NaN) / (nearest ?? NaN)).toBeCloseTo(1, 5);
    scales.forEach((scale, i) => {
      expect((found.factors[i] ?? NaN) / scale).toBeCloseTo(1, 5);
    });
  });

  test('takes no alpha that harms one of the products that share an input', () => {
    const nodes = [dense(3), dense(4)];
    const x = outlying();
    const [block = new Float64Array()] = hessianOf(dense(3).op.geometry, [x]).blocks;
    const hessian = diagonalBlocks(block, DEPTH, DEPTH);
    const found = searchFactors(
      nodes.map((node) => ({ node, hessian })),
      channelSizes([x]).meanAbs,
      rounding({ format: 'int3' }),
    );
    expect(found.alpha).toBeGreaterThan(0);
    found.errors.forEach((error, i) => {
      expect(error).toBeLessThan(found.nearestErrors[i] ?? NaN);
    });
  });
});

describe('the search for AWQ’s clipping', () => {
  test.each<[WeightFormat, WeightGranularity]>([
    ['int3', 'per-channel'],
    ['int4', { group: 16 }],
  ])('shrinks the scales that NumPy shrinks: %s, %o', (format, granularity) => {
    const node = dense(5);
    const x = outlying();
    const rounded = rounding({ format, granularity })(node);
    if (rounded?.range === undefined) throw new Error('not rounded');
    const { weights, range } = rounded;
    const [block = new Float64Array()] = hessianOf(node.op.geometry, [x]).blocks;
    const ones = new Float64Array(DEPTH).fill(1);
    const found = clipScales(node, weights, range, block, ones);
    const judged = numpy(
      `${reference('awq')}
${load}
out = search_clip(w, x, ${range.max}, ${weights.groupSize}).T.ravel()`,
      x.dataSync<'float32'>().slice(),
      node.op.kernel,
    );
    const shrunk = found.scales.map((scale, i) => scale / (weights.scales[i] ?? NaN));
    expect(shrunk.filter((ratio, i) => Math.abs(ratio - (judged[i] ?? NaN)) > 1e-5)).toHaveLength(
      0,
    );
    expect(shrunk.filter((ratio) => ratio < 1).length).toBeGreaterThan(shrunk.length / 4);
  });
});

describe('SmoothQuant’s factors', () => {
  test.each([0.5, 0.75])('are those of NumPy, as is the error of W8A8: alpha %d', (alpha) => {
    const nodes = [dense(6), dense(7)];
    const x = outlying();
    const found = smoothFactors(nodes, channelSizes([x]).maxAbs, alpha);
    const round = nearestRounding(() => ({
      format: 'int8',
      granularity: 'per-channel',
      rule: 'absmax/127',
      int8: { min: -127, max: 127 },
      input: 'static',
    }));
    const [first = dense(6)] = nodes;
    const [smooth, plain, ...judged] = numpy(
      `${reference('smoothquant')}
${load}
v = a[2].reshape(${DEPTH}, ${UNITS}).T.astype(float)
s = factors(x, [w, v], ${alpha})
out = np.concatenate([[w8a8_error(x, w, s), w8a8_error(x, w, np.ones_like(s))], s])`,
      x.dataSync<'float32'>().slice(),
      ...nodes.map(({ op }) => op.kernel),
    );
    judged.forEach((factor, i) => {
      expect((found[i] ?? NaN) / factor).toBeCloseTo(1, 5);
    });
    const ones = new Float64Array(DEPTH).fill(1);
    const errors = [found, ones].map((factors) => integerError(first, [x], factors, round));
    // In float32 a few values fall on the other side of a half.
    expect((errors[0] ?? NaN) / (smooth ?? NaN)).toBeCloseTo(1, 2);
    expect((errors[1] ?? NaN) / (plain ?? NaN)).toBeCloseTo(1, 2);
    expect(errors[0]).toBeLessThan(0.5 * (errors[1] ?? NaN));
  });
});
