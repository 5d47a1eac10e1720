import { typeCode } from '../proto/attribute';
import { int32Tensor } from '../proto/tensor';
import type { Emitter, LayerScope, Weight } from '../writer/layer-scope';
import { linear } from './dense';

/** Far below any logit, and a number of fp16 too. */
const MASKED = { float32: -1e9, float16: -6e4 };

type Projection = 'query' | 'key' | 'value' | 'output';

/** Ours: attention with learned projections before and after. */
function multiHeadAttention(scope: LayerScope): void {
  const { config } = scope;
  const weights = projections(scope);
  const project = (name: Projection, x: string): string =>
    linear(scope, x, { name, ...weights[name], rank: 3 });
  // Keras's order of inputs: query, value, key; what is missing is the one before.
  const from = (name: Projection, i: number): string =>
    project(name, scope.input('model', Math.min(i, scope.call.inputs.length - 1)));
  const keyDim = config.number('keyDim', 1);
  const joined = attend(scope, {
    query: from('query', 0),
    key: from('key', 2),
    value: from('value', 1),
    width: keyDim,
    valueWidth: keyDim,
  });
  scope.output(project('output', joined));
}

/** Ours: what lies between the projections, of queries, keys and values. */
function attentionHeads(scope: LayerScope): void {
  const heads = scope.config.number('numHeads', 1);
  const kvHeads = scope.config.number('numKvHeads', heads);
  const [query = '', key = '', value = ''] = [0, 1, 2].map((i) => scope.input('model', i));
  const widthOf = (i: number): number => (scope.inputShape(i).at(-1) ?? kvHeads) / kvHeads;
  const widths = { width: widthOf(1), valueWidth: widthOf(2) };
  scope.output(attend(scope, { query, key, value, ...widths }));
}

/** [batch, length, heads * width] each, with the widths of one head. */
interface Attended {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly width: number;
  readonly valueWidth: number;
}

/** How heads lie as axes of their own: queries that share a head of keys have one more. */
interface HeadAxes {
  readonly query: readonly number[];
  readonly shared: readonly number[];
  readonly perm: Readonly<Record<'rows' | 'columns' | 'back', readonly number[]>>;
}

function headAxes(heads: number, kvHeads: number): HeadAxes {
  if (heads === kvHeads) {
    const perm = { rows: [0, 2, 1, 3], columns: [0, 2, 3, 1], back: [0, 2, 1, 3] };
    return { query: [heads], shared: [heads], perm };
  }
  const perm = { rows: [0, 2, 3, 1, 4], columns: [0, 2, 3, 4, 1], back: [0, 3, 1, 2, 4] };
  return { query: [kvHeads, heads / kvHeads], shared: [kvHeads, 1], perm };
}

/** softmax(q k^T / sqrt(width)) v for each head, joined again. */
function attend(scope: LayerScope, { query, key, value, width, valueWidth }: Attended): string {
  const { config } = scope;
  const heads = config.number('numHeads', 1);
  const axes = headAxes(heads, config.number('numKvHeads', heads));
  // Reshape's 0 keeps the size of batch and sequence.
  const split = (x: string, sizes: readonly number[], perm: readonly number[]): string => {
    const shape = scope.indices('heads', [0, 0, ...sizes]);
    return scope.op('Transpose', [scope.op('Reshape', [x, shape])], { perm });
  };
  const scaled = scope.op('Mul', [
    split(query, [...axes.query, width], axes.perm.rows),
    scope.scalar('scale', 1 / Math.sqrt(width)),
  ]);
  const keys = split(key, [...axes.shared, width], axes.perm.columns);
  let logits = scope.op('MatMul', [scaled, keys]);
  if (config.flag('causal')) logits = scope.op('Add', [logits, causalMask(scope)]);
  const shares = scope.op('Softmax', [logits], { axis: -1 });
  const values = split(value, [...axes.shared, valueWidth], axes.perm.rows);
  const attended = scope.op('MatMul', [shares, values]);
  return scope.op('Reshape', [
    scope.op('Transpose', [attended], { perm: axes.perm.back }),
    scope.indices('joined', [0, 0, heads * valueWidth]),
  ]);
}

export function projections(
  scope: LayerScope,
): Record<Projection, { kernel: Weight; bias?: Weight }> {
  const weights = scope.weights();
  const useBias = scope.config.flag('useBias', true);
  const next = () => {
    const kernel = weights.shift();
    const bias = useBias ? weights.shift() : undefined;
    if (kernel === undefined) throw new Error(`'${scope.id}' has no projections`);
    return bias === undefined ? { kernel } : { kernel, bias };
  };
  return { query: next(), key: next(), value: next(), output: next() };
}

/** [queries, keys]: far below zero where query i would see a key after i + keys - queries. */
function causalMask(scope: LayerScope): string {
  const masked = MASKED[scope.writer.float];
  const last = Math.min(2, scope.call.inputs.length - 1);
  const queries = scope.inputShape()[1] ?? null;
  const keys = scope.inputShape(last)[1] ?? null;
  if (queries !== null && keys !== null) {
    const values = new Float32Array(queries * keys);
    for (let i = 0; i < queries; i++) {
      values.fill(
        masked,
        i * keys + Math.max(0, Math.min(keys, i + keys - queries + 1)),
        (i + 1) * keys,
      );
    }
    return scope.constant('causal_mask', values, [queries, keys]);
  }
  const sizes = [0, last].map((i) =>
    scope.op('Shape', [scope.input('model', i)], { start: 1, end: 2 }),
  );
  const [rows = '', columns = ''] = sizes;
  const all = scope.op('Expand', [
    scope.scalar('masked', masked),
    scope.op('Concat', sizes, { axis: 0 }),
  ]);
  const first = scope.op('Sub', [columns, rows]);
  const diagonal = scope.op('Squeeze', [scope.op('Add', [first, scope.indices('next', [1])])]);
  return scope.op('Trilu', [all, diagonal], { upper: 1 });
}

/** Ours: adds the first rows of a table to each position. */
function positionEmbedding(scope: LayerScope): void {
  const [positions] = scope.weights();
  if (positions === undefined) throw new Error(`'${scope.id}' has no positions`);
  const x = scope.input();
  const table = scope.constant('positions', positions.data, positions.shape);
  const length = scope.inputShape()[1] ?? null;
  if (length === positions.shape[0]) {
    scope.output(scope.op('Add', [x, table]));
    return;
  }
  const end =
    length === null
      ? scope.op('Shape', [x], { start: 1, end: 2 })
      : scope.indices('length', [length]);
  const rows = scope.op('Slice', [
    table,
    scope.indices('start', [0]),
    end,
    scope.indices('axis', [0]),
  ]);
  scope.output(scope.op('Add', [x, rows]));
}

function embedding(scope: LayerScope): void {
  const [table] = scope.weights();
  if (table === undefined) throw new Error(`'${scope.id}' has no embeddings`);
  const type = scope.writer.type(scope.inputId());
  // Whole numbers above 2048 are none of fp16's.
  const x = scope.writer.inFloat('float32', () => scope.input());
  const indices = type === 'int32' ? x : scope.op('Cast', [x], { to: typeCode('int32') });
  if (scope.config.flag('maskZero')) {
    const zero = scope.typed('zero', int32Tensor(Int32Array.of(0), []));
    const mask = (): string => scope.op('Not', [scope.op('Equal', [indices, zero])]);
    scope.writer.masks.set(scope.outputId(), mask);
  }
  scope.output(
    scope.op('Gather', [scope.constant('embeddings', table.data, table.shape), indices]),
  );
}

/** Ours: a table at both ends, looked up in where whole numbers come in and multiplied by where vectors do. */
function tiedEmbedding(scope: LayerScope): void {
  const [table] = scope.weights();
  if (table === undefined) throw new Error(`'${scope.id}' has no embeddings`);
  if (scope.inputShape().length === 2) {
    embedding(scope);
    return;
  }
  const kernel = transposed(table);
  scope.output(linear(scope, scope.input(), { name: 'logits', kernel, rank: 3 }));
}

function transposed({ data, shape }: Weight): Weight {
  const [rows = 0, columns = 0] = shape;
  const values = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return { data: values, shape: [columns, rows] };
}

export const attentionLayers: Readonly<Record<string, Emitter>> = {
  AttentionHeads: attentionHeads,
  MultiHeadAttention: multiHeadAttention,
  PositionEmbedding: positionEmbedding,
  Embedding: embedding,
  TiedEmbedding: tiedEmbedding,
};
