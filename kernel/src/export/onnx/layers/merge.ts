import type { Emitter, LayerScope } from '../writer/layer-scope';
import { toChannelsFirst } from '../writer/layout';

/** Element by element over inputs of one shape, or of shapes that stretch to it. */
const merge =
  (op: string): Emitter =>
  (scope) => {
    const { inputs } = scope.call;
    const ranks = new Set(inputs.map((id) => scope.writer.shape(id).length));
    if (ranks.size > 1) {
      throw scope.config.unsupported(
        `its inputs have ${[...ranks].join(' and ')} axes`,
        'Allowed are inputs with the same number of axes: put a reshape before it.',
      );
    }
    const { layout } = scope;
    const names = inputs.map((_, i) => scope.input(layout, i));
    scope.output(op === 'Mul' ? product(scope, names) : scope.op(op, names), layout);
  };

/** ONNX multiplies two at a time. */
function product(scope: LayerScope, names: readonly string[]): string {
  return names.reduce((left, right) => scope.op('Mul', [left, right]));
}

function concatenate(scope: LayerScope): void {
  const { layout } = scope;
  const names = scope.call.inputs.map((_, i) => scope.input(layout, i));
  const axis = concatAxis(scope.config.number('axis', -1), scope.inputShape().length, layout);
  scope.output(scope.op('Concat', names, { axis }), layout);
}

/** Where an axis of the model is in a layout. */
export function concatAxis(axis: number, rank: number, layout: 'model' | 'channels-first'): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === 'model' ? positive : toChannelsFirst(rank).indexOf(positive);
}

/** The batched product over one axis of each: tfjs's `dot` layer, for inputs of two or three axes. */
function dot(scope: LayerScope): void {
  const ranks = [scope.inputShape(0).length, scope.inputShape(1).length];
  const given = scope.config.axes('axes', [-1]);
  const axes = ranks.map((rank, i) => {
    const axis = given[i] ?? given[0] ?? -1;
    return axis < 0 ? axis + rank : axis;
  });
  const [left = '', right = ''] = [0, 1].map((i) => {
    const x = scope.input('model', i);
    return scope.config.flag('normalize') ? unit(scope, x, axes[i] ?? -1) : x;
  });
  const [leftRank = 2, rightRank = 2] = ranks;
  if (leftRank === 2 && rightRank === 2) {
    const sum = scope.op('Mul', [left, right]);
    const axis = scope.indices('axis', [1]);
    scope.output(scope.op('ReduceSum', [sum, axis], { keepdims: 1 }));
    return;
  }
  // [batch, rows, shared] x [batch, shared, columns]; two axes get a third of size one.
  const rows = matrix(scope, left, leftRank, axes[0] === 1 && leftRank === 3, 1);
  const columns = matrix(scope, right, rightRank, axes[1] === 2, 2);
  const y = scope.op('MatMul', [rows, columns]);
  const added = [leftRank === 2 ? [1] : [], rightRank === 2 ? [2] : []].flat();
  scope.output(added.length === 0 ? y : scope.op('Squeeze', [y, scope.indices('added', added)]));
}

function matrix(
  scope: LayerScope,
  x: string,
  rank: number,
  flipped: boolean,
  added: number,
): string {
  if (rank === 2) return scope.op('Unsqueeze', [x, scope.indices('added', [added])]);
  return flipped ? scope.op('Transpose', [x], { perm: [0, 2, 1] }) : x;
}

/** Divided by its length along an axis, with tfjs's floor under the square. */
function unit(scope: LayerScope, x: string, axis: number): string {
  const axes = scope.indices('axis', [axis]);
  const square = scope.op('ReduceSumSquare', [x, axes], { keepdims: 1 });
  const floor = scope.scalar('epsilon', scope.writer.float === 'float16' ? 6e-8 : 1e-7);
  return scope.op('Div', [x, scope.op('Sqrt', [scope.op('Max', [square, floor])])]);
}

export const mergeLayers: Readonly<Record<string, Emitter>> = {
  Add: merge('Sum'),
  Multiply: merge('Mul'),
  Average: merge('Mean'),
  Maximum: merge('Max'),
  Minimum: merge('Min'),
  Concatenate: concatenate,
  Dot: dot,
};
