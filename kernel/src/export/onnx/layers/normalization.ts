import { float } from '../proto/attribute';
import type { Emitter, LayerScope, Weight } from '../writer/layer-scope';
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

/** Ours: over the groups of the last axis and all positions. */
function groupNormalization(scope: LayerScope): void {
  const shape = scope.inputShape();
  const rank = shape.length;
  const channels = shape.at(-1) ?? 1;
  const [gamma, beta] = affine(scope, channels);
  const attributes = {
    num_groups: scope.config.number('groups', 32),
    epsilon: float(scope.config.number('epsilon', 1e-3)),
  };
  if (rank > 2) {
    const inputs = [scope.input('channels-first'), gamma, beta];
    scope.output(scope.op('GroupNormalization', inputs, attributes), 'channels-first');
    return;
  }
  const axes = scope.indices('axes', [2]);
  const x = scope.op('Unsqueeze', [scope.input(), axes]);
  const y = scope.op('GroupNormalization', [x, gamma, beta], attributes);
  scope.output(scope.op('Squeeze', [y, axes]));
}

function affine(scope: LayerScope, channels: number): [string, string] {
  const weights = scope.weights();
  const gamma: Weight | undefined = scope.config.flag('scale', true) ? weights.shift() : undefined;
  const beta: Weight | undefined = scope.config.flag('center', true) ? weights.shift() : undefined;
  return [
    scope.constant('gamma', gamma?.data ?? filled(channels, 1), [channels]),
    scope.constant('beta', beta?.data ?? filled(channels, 0), [channels]),
  ];
}

const filled = (size: number, value: number): Float32Array => new Float32Array(size).fill(value);

export const normalizationLayers: Readonly<Record<string, Emitter>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
};
