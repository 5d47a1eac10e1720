import { rotaryTable } from '../../../layers/rotary-table';
import type { Emitter, LayerScope } from '../writer/layer-scope';

/** Ours: turns pairs of numbers of each head [batch, length, heads * headDim] by their position. */
function rotaryEmbedding(scope: LayerScope): void {
  const headDim = scope.config.number('headDim', 2);
  const pairs = headDim / 2;
  const isSplit = scope.config.text('layout', 'half-split') !== 'interleaved';
  const axis = isSplit ? 3 : 4;
  const width = scope.inputShape().at(-1) ?? headDim;
  const pairing = isSplit ? [2, pairs] : [pairs, 2];
  const shape = scope.indices('pairs', [0, 0, width / headDim, ...pairing]);
  const paired = scope.op('Reshape', [scope.input(), shape]);
  const [first = '', second = ''] = scope.ops('Split', [paired], 2, { axis, num_outputs: 2 });
  const [cos, sin] = tables(scope, headDim, isSplit ? [1, 1, pairs] : [1, pairs, 1]);
  const product = (x: string, factor: string): string => scope.op('Mul', [x, factor]);
  const turned = [
    scope.op('Sub', [product(first, cos), product(second, sin)]),
    scope.op('Add', [product(second, cos), product(first, sin)]),
  ];
  const joined = scope.op('Concat', turned, { axis });
  scope.output(scope.op('Reshape', [joined, scope.indices('joined', [0, 0, width])]));
}

/** For each position of the sequence; of an open one, the first rows of all that there are. */
function tables(
  scope: LayerScope,
  headDim: number,
  shape: readonly number[],
): readonly [cos: string, sin: string] {
  const length = scope.inputShape()[1] ?? null;
  const rows = length ?? scope.config.number('maxLength', 1);
  const table = rotaryTable(scope.config.number('theta', 10000), headDim, 0, rows);
  const whole = (name: 'cos' | 'sin'): string =>
    scope.constant(name, table[name], [rows, ...shape]);
  if (length !== null) return [whole('cos'), whole('sin')];
  const end = scope.op('Shape', [scope.input()], { start: 1, end: 2 });
  const first = (name: 'cos' | 'sin'): string =>
    scope.op('Slice', [whole(name), scope.indices('start', [0]), end, scope.indices('axis', [0])]);
  return [first('cos'), first('sin')];
}

export const rotaryLayers: Readonly<Record<string, Emitter>> = {
  RotaryEmbedding: rotaryEmbedding,
};
