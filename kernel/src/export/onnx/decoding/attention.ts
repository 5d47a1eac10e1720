import { rotaryTable } from '../../../layers/rotary-table';
import { linear } from '../layers/dense';
import { projections } from '../layers/attention';
import { typeCode } from '../proto/attribute';
import { MICROSOFT, type OnnxBuilder } from '../proto/builder';
import { LayerScope } from '../writer/layer-scope';

/** What a step is given beside tokens: where they stand, and how many there are with them. */
export interface Place {
  /** int64 [1]: the place of the first token. */
  readonly first: string;
  /** int32 [batch]: the place of the last one. */
  readonly last: string;
  /** int32: tokens so far and now. */
  readonly total: string;
}

/** Inputs `first`, `last` and `total` of int32. */
export function placeInputs(onnx: OnnxBuilder): Place {
  const given = onnx.input('first', 'int32', [1]);
  const last = onnx.input('last', 'int32', ['batch']);
  const total = onnx.input('total', 'int32', []);
  const attributes = { to: typeCode('int64') };
  const [first = ''] = onnx.node('first', 'Cast', [given], { attributes });
  return { first, last, total };
}

/** Heads of one attention; head h of queries sees head floor(h / (heads / kvHeads)) of keys. */
interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Ours, with earlier keys and values: inputs `past_key_<place>`, `past_value_<place>`, outputs `present_...`. */
export function attentionHeads(scope: LayerScope, place: Place, index: number): void {
  const heads = scope.config.number('numHeads', 1);
  const kvHeads = scope.config.number('numKvHeads', heads);
  const headDim = (scope.inputShape(1).at(-1) ?? kvHeads) / kvHeads;
  const inputs = [0, 1, 2].map((i) => scope.input('model', i));
  scope.output(attended(scope, inputs, { heads, kvHeads, headDim }, place, index));
}

/** As {@link attentionHeads}, with the projections before and after. */
export function multiHeadAttention(scope: LayerScope, place: Place, index: number): void {
  const weights = projections(scope);
  const project = (name: keyof typeof weights, x: string): string =>
    linear(scope, x, { name, ...weights[name], rank: 3 });
  const heads = scope.config.number('numHeads', 1);
  const headDim = scope.config.number('keyDim', 1);
  const x = scope.input();
  const inputs = (['query', 'key', 'value'] as const).map((name) => project(name, x));
  const sizes = { heads, kvHeads: heads, headDim };
  scope.output(project('output', attended(scope, inputs, sizes, place, index)));
}

/** Keys and values go to their places in what is past, which a runtime may do without a copy. */
function attended(
  scope: LayerScope,
  inputs: readonly string[],
  { heads, kvHeads, headDim }: Heads,
  { last, total }: Place,
  index: number,
): string {
  const { onnx } = scope.writer;
  const shape = ['batch', kvHeads, 'capacity', headDim];
  const past = ['key', 'value'].map((name) =>
    onnx.input(`past_${name}_${index}`, 'float32', shape),
  );
  const [y = '', ...present] = onnx.node(
    scope.id,
    'GroupQueryAttention',
    [...inputs, ...past, last, total],
    { attributes: { num_heads: heads, kv_num_heads: kvHeads }, outputs: 3, domain: MICROSOFT },
  );
  ['key', 'value'].forEach((name, i) => {
    onnx.output(`present_${name}_${index}`, present[i] ?? '', 'float32', shape);
  });
  return y;
}

/** Ours, from the place of the first token on. */
export function rotaryEmbedding(scope: LayerScope, place: Place): void {
  const headDim = scope.config.number('headDim', 2);
  const length = scope.config.number('maxLength', 1);
  const table = rotaryTable(scope.config.number('theta', 10000), headDim, 0, length);
  // One table for all layers that turn alike.
  const id = `rotary_${scope.config.number('theta', 10000)}_${headDim}_${length}`;
  const known = (name: 'cos' | 'sin'): string =>
    scope.writer.shared(`${id}_${name}`, table[name], [length, headDim / 2]);
  const interleaved = scope.config.text('layout', 'half-split') === 'interleaved' ? 1 : 0;
  const inputs = [scope.input(), place.first, known('cos'), known('sin')];
  scope.output(scope.runtimeOp('RotaryEmbedding', inputs, { interleaved }));
}

/** Ours, from the place of the first token on. */
export function positionEmbedding(scope: LayerScope, place: Place): void {
  const [positions] = scope.weights();
  if (positions === undefined) throw new Error(`'${scope.id}' has no positions`);
  const x = scope.input();
  const length = scope.op('Shape', [x], { start: 1, end: 2 });
  const rows = scope.op('Slice', [
    scope.constant('positions', positions.data, positions.shape),
    place.first,
    scope.op('Add', [place.first, length]),
    scope.indices('axis', [0]),
  ]);
  scope.output(scope.op('Add', [x, rows]));
}
