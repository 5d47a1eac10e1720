import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { traitsOf } from '../models/layer-traits';
import { isTiedProduct } from '../models/tied-product';
import { outputChannels } from '../integer/product';
import type { AffineParams } from '../integer/affine';
import { type CodeScheme, encodeWeights } from './weight-codes';
import { castNotes } from './cast-notes';
import { encodeTable, setTable } from './embedding-table';
import { copyLayer } from '../models/copy-layer';
import type { FloatLinearOp, FusedGraph, FusedNode } from './fused-graph';
import type { ValueId } from '../models/model-graph';
import { limits } from '../formats/limits';
import { elementOf } from './float-codes';
import type {
  ActivationRounding,
  LinearOp,
  QuantizedGraph,
  QuantizedOp,
  WeightCodes,
} from './quantized-graph';

/** How the product of a node is to be quantized. */
export interface ProductPlan extends CodeScheme {
  readonly input: LinearOp['input'];
  /** Of `float`; `static`: the scale is that of the input's range in {@link BuildOptions}. */
  readonly activations?: ActivationPlan;
}

/** What a product's inputs are rounded to, before a scale is known. */
export type ActivationPlan = Omit<ActivationRounding, 'scale'> & {
  readonly scale: Exclude<ActivationRounding['scale'], number> | 'static' | 'static-power-of-two';
};

export interface Built {
  readonly graph: QuantizedGraph;
  /** What needs to be known of the result: channels of zeros, and the like. */
  readonly notes: readonly string[];
}

/** Codes of a kernel other than the nearest ones; their scales where these are others, too. */
export type Rounding = Pick<WeightCodes, 'codes'> & Partial<Pick<WeightCodes, 'scales'>>;

export interface BuildOptions {
  /** Of the values that stay in integers; a product with `input: 'static'` needs its input's. */
  readonly params?: ReadonlyMap<ValueId, AffineParams> | undefined;
  /** The largest absolute value of what products with static float activations read. */
  readonly largest?: ReadonlyMap<ValueId, number> | undefined;
  /** By node: what to use instead of the nearest codes. */
  readonly roundings?: ReadonlyMap<string, Rounding> | undefined;
  /** How the rows of embeddings are quantized; undefined where they stay in float. */
  readonly table?: CodeScheme | undefined;
  /** Called with each node's id before it is quantized. */
  readonly onNode?: ((id: string) => void) | undefined;
}

/**
 * Quantizes a fused graph's weights. Float layers are copied, weights and all.
 * @throws HalfnoteError `invalid-group`, `not-finite`.
 */
export function buildGraph(
  fused: FusedGraph,
  planOf: (node: FusedNode) => ProductPlan,
  {
    params = new Map(),
    largest = new Map(),
    roundings = new Map(),
    table,
    onNode,
  }: BuildOptions = {},
): Built {
  const notes: string[] = [];
  const shared = new SharedCodes();
  const copies = new Map<object, ReturnType<typeof copyLayer>>();
  const nodes = fused.nodes.map((node) => {
    onNode?.(node.id);
    return { ...node, op: quantized(node) };
  });
  const { name, inputs, outputs, values } = fused;
  return { graph: { name, inputs, outputs, nodes, values, activations: params }, notes };

  function quantized(node: FusedNode): QuantizedOp {
    const { op } = node;
    if (op.kind === 'float') {
      const copy = copies.get(op.layer) ?? copyLayer(op.layer, node.inputs, fused.values);
      copies.set(op.layer, copy);
      if (table === undefined || !isLookUp(node, fused)) return { ...op, layer: copy };
      const codes = shared.get(tableSource(op.layer), table, () => encodeTable(op.layer, table));
      setTable(copy, codes);
      return {
        ...op,
        layer: copy,
        table: codes,
        reason: `its rows are rounded to ${table.format}`,
      };
    }
    if (op.kind !== 'linear') return op;
    const { input, activations: plan, ...scheme } = planOf(node);
    if (input === 'static' && !params.has(node.inputs[0] ?? '')) {
      throw new Error(`'${node.id}' is static, but its input has no range`);
    }
    checkFolded(node, op);
    const nearest = shared.get(op, scheme, () => {
      notes.push(...zeroChannels(node.id, op));
      const encoded = encodeWeights(op.kernel, outputChannels(op.geometry), scheme, node.id);
      notes.push(...castNotes(node.id, op.kernel, encoded));
      return encoded;
    });
    const rounding = roundings.get(node.id);
    const weights = rounding === undefined ? nearest : { ...nearest, ...rounding };
    const { kind, geometry, activation } = op;
    const linear = { kind, geometry, weights, bias: op.bias.slice(), activation, input };
    if (plan === undefined) return linear;
    return { ...linear, activations: activationsOf(plan, largest.get(node.inputs[0] ?? '') ?? 0) };
  }
}

function isLookUp({ op, inputs }: FusedNode, { values }: FusedGraph): boolean {
  if (op.kind !== 'float' || !traitsOf(op.layer).looksUp) return false;
  return !isTiedProduct({ layer: op.layer, inputs }, values);
}

/** The product that a tied table also is, by which both have the same codes. */
function tableSource(layer: tf.layers.Layer): Pick<FloatLinearOp, 'source' | 'geometry'> {
  const [units = 0, inputs = 0] = (layer.weights[0]?.shape ?? []) as number[];
  return { source: layer, geometry: { kind: 'dense', inputs, units } };
}

/** A range as a scale: the largest of it becomes the largest number of the format. */
function activationsOf({ format, scale }: ActivationPlan, largest: number): ActivationRounding {
  if (scale !== 'static' && scale !== 'static-power-of-two') return { format, scale };
  const full = Math.fround(largest / limits(elementOf(format)).max);
  if (!(full > 0)) return { format, scale: 1 };
  return { format, scale: scale === 'static' ? full : 2 ** Math.ceil(Math.log2(full)) };
}

/** The calls of one layer have the same codes, as long as nothing was folded into one of them. */
class SharedCodes {
  readonly #codes = new Map<object, Map<string, WeightCodes>>();

  get(
    op: Pick<FloatLinearOp, 'source' | 'geometry'>,
    scheme: CodeScheme,
    make: () => WeightCodes,
  ): WeightCodes {
    if (op.source === undefined) return make();
    const ofLayer = this.#codes.get(op.source) ?? new Map<string, WeightCodes>();
    this.#codes.set(op.source, ofLayer);
    const key = JSON.stringify([op.geometry, scheme]);
    const codes = ofLayer.get(key) ?? make();
    ofLayer.set(key, codes);
    return codes;
  }
}

/** A normalization with a variance that is none makes weights that are no numbers. */
function checkFolded(node: FusedNode, { kernel, bias, geometry }: FloatLinearOp): void {
  const channels = outputChannels(geometry);
  const bad = kernel.findIndex((w) => !Number.isFinite(w));
  const channel = bad >= 0 ? bad % channels : bias.findIndex((b) => !Number.isFinite(b));
  if (channel < 0) return;
  const value = bad >= 0 ? kernel[bad] : bias[channel];
  throw new HalfnoteError(
    'not-finite',
    `The weights of '${node.fused.join("' with '")}' are ${value ?? NaN} in output channel ${channel}; quantizing needs finite numbers.`,
    node.fused.length > 1
      ? 'Look at the variance of the normalization that is folded in: it must be positive.'
      : undefined,
  );
}

/** Names up to this many channels; of more, their number. */
const NAMED = 8;

function zeroChannels(id: string, { kernel, geometry }: FloatLinearOp): string[] {
  const channels = outputChannels(geometry);
  const isZero = new Array<boolean>(channels).fill(true);
  kernel.forEach((w, i) => {
    if (w !== 0) isZero[i % channels] = false;
  });
  const zeros = isZero.flatMap((zero, c) => (zero ? [c] : []));
  if (zeros.length === 0) return [];
  const which =
    zeros.length > NAMED
      ? `${zeros.length} output channels`
      : `output channel${zeros.length === 1 ? '' : 's'} ${zeros.join(', ')}`;
  return [`All weights of ${which} of '${id}' are zero: they stay exactly zero.`];
}
