import { float } from '../proto/attribute';
import type { Emitter, LayerScope } from '../writer/layer-scope';
import { product, range } from '../writer/layout';

/**
 * At inference a batch normalization multiplies and adds per channel. It is written as ONNX's own
 * operator where channels are on axis 1, else as these two steps, so that nothing is transposed.
 */
function batchNormalization(scope: LayerScope): void {
  const rank = scope.inputShape().length;
  const given = scope.config.number('axis', -1);
  const axis = given < 0 ? given + rank : given;
  const epsilon = scope.config.number('epsilon', 1e-3);
  const weights = scope.weights();
  const channels = weights.at(-1)?.data.length ?? 0;
  const gamma = scope.config.flag('scale', true) ? weights.shift() : undefined;
  const beta = scope.config.flag('center', true) ? weights.shift() : undefined;
  const [mean, variance] = weights;
  if (mean === undefined || variance === undefined) throw new Error(`'${scope.id}' isn't built`);

  const layout = axis === rank - 1 ? scope.layout : 'model';
  const x = scope.input(layout);
  if (layout === 'channels-first' || axis === 1) {
    const inputs = [
      x,
      scope.constant('gamma', gamma?.data ?? filled(channels, 1), [channels]),
      scope.constant('beta', beta?.data ?? filled(channels, 0), [channels]),
      scope.constant('moving_mean', mean.data, [channels]),
      scope.constant('moving_variance', variance.data, [channels]),
    ];
    scope.output(scope.op('BatchNormalization', inputs, { epsilon: float(epsilon) }), layout);
    return;
  }
  const gain = variance.data.map((v, c) => (gamma?.data[c] ?? 1) / Math.sqrt(v + epsilon));
  const offset = mean.data.map((m, c) => (beta?.data[c] ?? 0) - m * (gain[c] ?? 1));
  const shape = range(axis, rank).map((i) => (i === axis ? channels : 1));
  const scaled = scope.op('Mul', [x, scope.constant('gain', gain, shape)]);
  scope.output(scope.op('Add', [scaled, scope.constant('offset', offset, shape)]));
}

function layerNormalization(scope: LayerScope): void {
  const rank = scope.inputShape().length;
  const axes = scope.config
    .axes('axis', [-1])
    .map((axis) => (axis < 0 ? axis + rank : axis))
    .sort((a, b) => a - b);
  const epsilon = scope.config.number('epsilon', 1e-3);
  const weights = scope.weights();
  const sizes = axes.map((axis) => scope.inputShape()[axis] ?? 1);
  const gamma = scope.config.flag('scale', true) ? weights.shift() : undefined;
  const beta = scope.config.flag('center', true) ? weights.shift() : undefined;
  const trailing = axes.every((axis, i) => axis === rank - axes.length + i);
  if (!trailing) {
    throw scope.config.unsupported(
      `it normalizes over the axes ${axes.join(', ')} of ${rank}`,
      'Allowed are the last axes, without a gap.',
    );
  }
  const scale = scope.constant('gamma', gamma?.data ?? filled(product(sizes), 1), sizes);
  const bias = beta === undefined ? [] : [scope.constant('beta', beta.data, sizes)];
  const attributes = { axis: -axes.length, epsilon: float(epsilon) };
  scope.output(scope.op('LayerNormalization', [scope.input(), scale, ...bias], attributes));
}

/**
 * Ours: over the groups of the last axis and all positions. ONNX's own operator is made of the mean of
 * squares less the square of the mean, of which nothing is left where values are far from 0; this one
 * takes the mean away first.
 */
function groupNormalization(scope: LayerScope): void {
  scope.writer.inFloat('float32', () => {
    const shape = scope.inputShape();
    const channels = shape.at(-1) ?? 1;
    const groups = scope.config.number('groups', 32);
    const layout = shape.length > 2 ? 'channels-first' : 'model';
    const x = scope.input(layout);
    const grouped = scope.op('Reshape', [x, scope.indices('groups', [0, groups, -1])]);
    const inputs = [
      grouped,
      scope.constant('ones', filled(groups, 1), [groups]),
      scope.constant('zeros', filled(groups, 0), [groups]),
    ];
    const epsilon = float(scope.config.number('epsilon', 1e-3));
    const normalized = scope.op('InstanceNormalization', inputs, { epsilon });
    let y = scope.op('Reshape', [normalized, scope.op('Shape', [x])]);
    const weights = scope.weights();
    const steps = [
      ['scale', 'Mul', 'gamma'],
      ['center', 'Add', 'beta'],
    ] as const;
    for (const [flag, operator, name] of steps) {
      const weight = scope.config.flag(flag, true) ? weights.shift() : undefined;
      if (weight === undefined) continue;
      const spread = [channels, ...shape.slice(2).map(() => 1)];
      y = scope.op(operator, [y, scope.constant(name, weight.data, spread)]);
    }
    scope.output(y, layout);
  });
}

/** Ours: divided by the root of the mean square. */
function rmsNormalization(scope: LayerScope): void {
  const [gain] = scope.weights();
  if (gain === undefined) throw new Error(`'${scope.id}' has no gain`);
  const x = scope.input();
  const square = scope.op('Pow', [x, scope.scalar('two', 2)]);
  const mean = scope.op('ReduceMean', [square, scope.indices('axes', [-1])], { keepdims: 1 });
  const epsilon = scope.scalar('epsilon', scope.config.number('epsilon', 1e-6));
  const root = scope.op('Sqrt', [scope.op('Add', [mean, epsilon])]);
  const factor = scope.constant('gain', gain.data, gain.shape);
  scope.output(scope.op('Mul', [scope.op('Div', [x, root]), factor]));
}

const filled = (size: number, value: number): Float32Array => new Float32Array(size).fill(value);

export const normalizationLayers: Readonly<Record<string, Emitter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: rmsNormalization,
};
