import { HalfnoteError } from '../../errors';
import { fuseGraph } from '../../graph/fuse';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import { integerValues, keepsCodes, sharedCodes } from '../../graph/integer-values';
import type { ReadModel } from '../../graph/read-model';
import { isBatchNorm } from '../../models/layer-traits';
import type { ModelGraph, ValueId } from '../../models/model-graph';

/** Where a model is to be fake-quantized. */
export interface QatPlan {
  readonly fused: FusedGraph;
  /** The products, by the layer's id. */
  readonly products: ReadonlyMap<string, FusedNode>;
  /** Ids of the normalizations that are folded into a product at conversion. */
  readonly norms: ReadonlySet<string>;
  /**
   * The values of the model that are rounded to uint8, with the one that stands for all that share
   * a range: what is joined, and what average pools read and make.
   */
  readonly rounded: ReadonlyMap<ValueId, ValueId>;
}

/** Follows what post-training quantization would do with the model in static mode. */
export function planQat(
  model: ReadModel,
  keep: Parameters<typeof fuseGraph>[1],
  /** Whether values between products are rounded to uint8. */
  inIntegers: boolean,
): QatPlan {
  const { graph } = model;
  const fused = fuseGraph(model, keep);
  const linear = fused.nodes.filter(({ op }) => op.kind === 'linear');
  if (linear.length === 0) throw nothing(fused);
  const norms = new Set(graph.nodes.flatMap(({ id, layer }) => (isBatchNorm(layer) ? [id] : [])));
  const folded = linear.flatMap(({ fused: [, ...others] }) => others);
  return {
    fused,
    products: new Map(linear.map((node) => [node.id, node])),
    norms: new Set(folded.filter((id) => norms.has(id))),
    rounded: inIntegers ? integerPlan(fused, graph).rounded : new Map(),
  };
}

/** Which values stay in integers when every product takes them so. */
export interface IntegerPlan {
  /** For each the first of those that it shares its codes with. */
  readonly leaders: ReadonlyMap<ValueId, ValueId>;
  /** As in a {@link QatPlan}. */
  readonly rounded: ReadonlyMap<ValueId, ValueId>;
}

export function integerPlan(fused: FusedGraph, graph: ModelGraph): IntegerPlan {
  const values = integerValues(fused, () => true);
  const leaders = sharedCodes(fused, values);
  const makers = new Map(fused.nodes.map((node) => [node.output, node]));
  const rounded = new Map<ValueId, ValueId>();
  for (const [id, leader] of leaders) {
    const maker = makers.get(id);
    const isOnGrid = maker !== undefined && keepsCodes(maker) && maker.op.kind !== 'average-pool';
    if (!isOnGrid) rounded.set(inModel(id, fused, graph), leader);
  }
  return { leaders, rounded };
}

/** The model's own value with the same numbers, where `id` is one between the parts of a layer. */
function inModel(id: ValueId, fused: FusedGraph, graph: ModelGraph): ValueId {
  if (graph.values.has(id)) return id;
  const mover = fused.nodes.find(({ op, inputs }) => op.kind === 'move' && inputs.includes(id));
  if (mover === undefined) throw new Error(`nothing moves '${id}' to a value of the model`);
  return inModel(mover.output, fused, graph);
}

function nothing({ name, nodes }: FusedGraph): HalfnoteError {
  const reasons = nodes.flatMap(({ id, op }) =>
    op.kind === 'float' ? [`'${id}' ${op.reason}`] : [],
  );
  return new HalfnoteError(
    'nothing-to-quantize',
    `No layer of model '${name}' can be quantized: ${reasons.join('; ')}.`,
    'Dense, convolution, depthwise and separable layers can, unless `include`, `exclude` or `layers` leave them out.',
  );
}
