import { float, typeCode } from '../proto/attribute';
import type { Emitter, LayerScope } from '../writer/layer-scope';
import type { NodeScope } from '../writer/node-scope';
import { type Layout, toChannelsFirst, transpose } from '../writer/layout';

type Activation = (scope: LayerScope, x: string, layout: Layout) => string;

const plain =
  (op: string, attributes = {}): Activation =>
  (scope, x) =>
    scope.op(op, [x], attributes);

/** tfjs's softmax is over the model's last axis, which is axis 1 where channels are first. */
const overChannels =
  (op: string): Activation =>
  (scope, x, layout) =>
    scope.op(op, [x], { axis: layout === 'model' ? -1 : 1 });

/** Every activation of tfjs, by its name. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: plain('Relu'),
  relu6: (scope, x) => clip(scope, x, 0, 6),
  elu: plain('Elu'),
  selu: plain('Selu'),
  sigmoid: plain('Sigmoid'),
  hardSigmoid: plain('HardSigmoid', { alpha: float(0.2), beta: float(0.5) }),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  tanh: plain('Tanh'),
  softmax: overChannels('Softmax'),
  logSoftmax: overChannels('LogSoftmax'),
  gelu: plain('Gelu'),
  gelu_new: plain('Gelu', { approximate: 'tanh' }),
  mish: plain('Mish'),
  swish: (scope, x) => scope.op('Mul', [x, scope.op('Sigmoid', [x])]),
};

/** Adds the activation called `name` after `x`. */
export function activate(scope: LayerScope, x: string, name: string, layout: Layout): string {
  const activation = ACTIVATIONS[name];
  if (activation === undefined) {
    const names = Object.keys(ACTIVATIONS).join(', ');
    throw scope.config.unsupported(`its activation is '${name}'`, `Allowed are: ${names}.`);
  }
  return activation(scope, x, layout);
}

export function clip(scope: NodeScope, x: string, min: number, max: number): string {
  return scope.op('Clip', [x, scope.scalar('min', min), scope.scalar('max', max)]);
}

/** A layer that does one thing to every element, in whichever layout its input is. */
const elementwise =
  (apply: (scope: LayerScope, x: string) => string): Emitter =>
  (scope) => {
    const { layout } = scope;
    scope.output(apply(scope, scope.input(layout)), layout);
  };

const alpha = (scope: LayerScope, otherwise: number) => ({
  alpha: float(scope.config.number('alpha', otherwise)),
});

export const activationLayers: Readonly<Record<string, Emitter>> = {
  Activation: (scope) => {
    const { layout } = scope;
    scope.output(activate(scope, scope.input(layout), scope.config.activation, layout), layout);
  },
  ReLU: elementwise((scope, x) => {
    const max = scope.config.raw('maxValue');
    return typeof max === 'number' ? clip(scope, x, 0, max) : scope.op('Relu', [x]);
  }),
  LeakyReLU: elementwise((scope, x) => scope.op('LeakyRelu', [x], alpha(scope, 0.3))),
  ELU: elementwise((scope, x) => scope.op('Elu', [x], alpha(scope, 1))),
  // ONNX's own operator makes 0 of NaN, and of what is infinite below the threshold.
  ThresholdedReLU: elementwise((scope, x) => {
    const above = scope.op('Greater', [x, scope.scalar('theta', scope.config.number('theta', 1))]);
    return scope.op('Mul', [x, scope.op('Cast', [above], { to: typeCode(scope.writer.float) })]);
  }),
  Rescaling: (scope) => {
    const { layout, config } = scope;
    const x = scope.input(layout);
    const whole = scope.writer.type(scope.inputId()) !== scope.writer.float;
    const floats = whole ? scope.op('Cast', [x], { to: typeCode(scope.writer.float) }) : x;
    const scaled = scope.op('Mul', [floats, scope.scalar('scale', config.number('scale', 1))]);
    const offset = scope.scalar('offset', config.number('offset', 0));
    scope.output(scope.op('Add', [scaled, offset]), layout);
  },
  PReLU: (scope) => {
    const { layout } = scope;
    const [slope] = scope.weights();
    if (slope === undefined) throw new Error(`'${scope.id}' has no slopes`);
    // The slopes have no batch axis; with one they are laid out as the input is.
    const shape = [1, ...slope.shape];
    const laid =
      layout === 'model'
        ? { data: slope.data, shape }
        : transpose(slope.data, shape, toChannelsFirst(shape.length));
    const constant = scope.constant('alpha', laid.data, laid.shape.slice(1));
    scope.output(scope.op('PRelu', [scope.input(layout), constant]), layout);
  },
  Softmax: (scope) => {
    const axes = scope.config.axes('axis', [1]);
    const rank = scope.inputShape().length;
    if (scope.writer.masks.has(scope.inputId()) && axes.some((axis) => (axis + rank) % rank < 2)) {
      throw scope.config.unsupported(
        'its input has a mask',
        'Allowed are inputs without one, and axes within a step.',
      );
    }
    const x = scope.input();
    if (axes.length === 1) {
      scope.output(scope.op('Softmax', [x], { axis: axes[0] ?? -1 }));
      return;
    }
    const sums = scope.op('ReduceLogSumExp', [x, scope.indices('axes', axes)], { keepdims: 1 });
    scope.output(scope.op('Exp', [scope.op('Sub', [x, sums])]));
  },
  Masking: (scope) => {
    const x = scope.input();
    const value = scope.scalar('mask_value', scope.config.number('maskValue', 0));
    const other = scope.op('Not', [scope.op('Equal', [x, value])]);
    const numbers = scope.op('Cast', [other], { to: typeCode(scope.writer.float) });
    const last = scope.indices('last', [-1]);
    const kept = scope.op('ReduceMax', [numbers, last], { keepdims: 1 });
    scope.output(scope.op('Mul', [x, kept]));
    scope.writer.masks.set(scope.outputId(), () => {
      const flags = scope.op('Cast', [kept], { to: typeCode('bool') });
      return scope.op('Squeeze', [flags, last]);
    });
  },
};
