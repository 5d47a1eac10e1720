import type { Emitter, LayerScope } from '../writer/layer-scope';
import { range } from '../writer/layout';
import { imageLayout, isChannelsFirst } from './convolution';

/** Dropout and noise, which only act in training. */
const identity: Emitter = (scope) => {
  scope.writer.alias(scope.outputId(), scope.inputId());
};

/** `Reshape` to the output's shape: 0 keeps the batch, and at most one other size may be open. */
export function reshapeTo(scope: LayerScope, x: string, shape: readonly (number | null)[]): string {
  const sizes = shape.map((size, axis) => size ?? (axis === 0 ? 0 : -1));
  if (sizes.filter((size) => size === -1).length > 1) {
    throw scope.config.unsupported(
      `its output [${shape.map((s) => s ?? 'any').join(', ')}] has more than one open size`,
      'Give the model an inputShape with numbers.',
    );
  }
  return scope.op('Reshape', [x, scope.indices('shape', sizes)]);
}

function flatten(scope: LayerScope): void {
  const rank = scope.inputShape().length;
  const x = isChannelsFirst(scope)
    ? scope.writer.transposed(scope.inputId(), [0, ...range(2, rank), 1], scope.id)
    : scope.input();
  scope.output(scope.op('Flatten', [x], { axis: 1 }));
}

function repeat(scope: LayerScope): void {
  const across = scope.op('Unsqueeze', [scope.input(), scope.indices('axes', [1])]);
  const sizes = scope.indices('repeats', [1, scope.config.number('n', 1), 1]);
  scope.output(scope.op('Expand', [across, sizes]));
}

function zeroPadding(scope: LayerScope): void {
  const layout = imageLayout(scope);
  const [height = [1, 1], width = [1, 1]] = pairs(scope.config.raw('padding'));
  const pads = [0, 0, height[0] ?? 0, width[0] ?? 0, 0, 0, height[1] ?? 0, width[1] ?? 0];
  scope.output(scope.op('Pad', [scope.input(layout), scope.indices('pads', pads)]), layout);
}

function cropping(scope: LayerScope): void {
  const layout = imageLayout(scope);
  const [height = [0, 0], width = [0, 0]] = pairs(scope.config.raw('cropping'));
  const starts = [height[0] ?? 0, width[0] ?? 0];
  const ends = [height[1] ?? 0, width[1] ?? 0].map((cut) => (cut === 0 ? END : -cut));
  const inputs = [
    scope.input(layout),
    scope.indices('starts', starts),
    scope.indices('ends', ends),
    scope.indices('axes', [2, 3]),
  ];
  scope.output(scope.op('Slice', inputs), layout);
}

/** Beyond every axis: `Slice` stops at its end. */
const END = 2 ** 31 - 1;

function pairs(value: unknown): number[][] {
  return Array.isArray(value) ? (value as number[][]) : [];
}

export const shapeLayers: Readonly<Record<string, Emitter>> = {
  Dropout: identity,
  SpatialDropout1D: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  AlphaDropout: identity,
  Flatten: flatten,
  Reshape: (scope) => {
    scope.output(reshapeTo(scope, scope.input(), scope.outputShape()));
  },
  Permute: (scope) => {
    const permutation = [0, ...scope.config.axes('dims', [])];
    scope.output(scope.writer.transposed(scope.inputId(), permutation, scope.id));
  },
  RepeatVector: repeat,
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
};
