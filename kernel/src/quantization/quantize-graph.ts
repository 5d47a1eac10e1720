import type { Tensor } from '@tensorflow/tfjs';
import type { DeviceFacts } from '../backend/contract';
import { ensureBackend } from '../backend/load';
import { checkWeights } from '../graph/check-weights';
import { weightRange } from '../integer/choose';
import { asLayersModel } from '../importing/layers-model-of';
import { exampleBatches } from '../models/examples';
import { buildGraph, type ProductPlan } from '../graph/build';
import { checkGroups, type GroupedLayer } from '../graph/check-groups';
import { fuseGraph } from '../graph/fuse';
import type { FusedGraph, FusedNode } from '../graph/fused-graph';
import { integerValues } from '../graph/integer-values';
import { isNormProduct, withNormProducts } from '../graph/lone-norms';
import type { FloatModel } from '../models/graph-model';
import type { GraphNode } from '../models/model-graph';
import { type ReadModel, readModel } from '../graph/read-model';
import { observe, type Observation } from './observers/observe';
import type { QuantizedGraph } from '../graph/quantized-graph';
import { LayerPlans } from './layer-rules';
import { type QuantizeOptions, type QuantizeSettings, settle } from './options';
import { refuseFakeQuantized } from './qat/errors';
import { type FloatLayer, floatLayers } from './report';
import type { RepairReport } from './repair/options';
import { repairGraph } from './repair/repair';
import { nearestRounding } from './repair/rounding';
import { rowsAtOnce } from '../models/rows-at-once';
import { inBatches, rowsOf } from '../models/rows';
import { INT8, type IntegerRange } from '../integer/affine';
import { SlowProgress } from '../display/slow-progress';
import { isNarrow, ruleOf } from '../graph/scale-rules';
import { activationPlan } from './float-activations';
import {
  codeRange,
  type CodeScheme,
  isBlockFormat,
  isFloatFormat,
  usualGranularity,
} from '../graph/weight-codes';

export interface Quantized {
  readonly graph: QuantizedGraph;
  /** The float model's layers, for the report. */
  readonly source: readonly FloatLayer[];
  readonly settings: QuantizeSettings;
  /** What was done to the float weights first. */
  readonly repair: RepairReport | undefined;
  /** What needs to be known of the result, as sentences. */
  readonly notes: readonly string[];
}

/** Is shown the float nodes as they were rounded, and the same nodes with codes. */
export type WatchRounding = (
  before: FusedGraph,
  after: QuantizedGraph,
  rangeOf: (node: FusedNode) => IntegerRange | undefined,
) => void;

/** Observers see batches of at most this many rows, as `model.predict` makes them. */
const BATCH_ROWS = 32;

/**
 * What {@link quantize} decides, as data, without getting it ready to run here: to be exported, or
 * run by `runGraph`. The graph owns copies of the layers that stay in float.
 * @param read The model where it was read already; its weights are those of then.
 * @param watch Called once, when weights are rounded.
 * @throws HalfnoteError as `quantize`.
 */
export async function quantizeGraph(
  given: FloatModel,
  options: QuantizeOptions = {},
  read?: ReadModel,
  watch?: WatchRounding,
): Promise<Quantized> {
  const model = asLayersModel(given, 'quantize');
  refuseFakeQuantized(model, 'quantize');
  const settings = settle(options);
  const facts = await ensureBackend();
  const source = read ?? readModel(model);
  const layers = source.graph;
  checkWeights(layers);
  const plans = new LayerPlans(layers, settings);
  const planOf = planner(plans, settings, facts);
  const products = fuseGraph(source, plans.keep);
  plans.check(layers, products);
  checkGroups(groupedLayers(products, planOf));
  const isStatic = (node: FusedNode): boolean => planOf(node).input === 'static';
  const isKept = (node: GraphNode): boolean => plans.keep(node) !== undefined;
  // Only static mode has integers around normalizations.
  const fused =
    settings.mode === 'static' ? withNormProducts(products, layers, isKept, isStatic) : products;
  const examples =
    settings.examples === undefined ? undefined : exampleBatches(model, settings.examples);
  const { steps } = settings.repair;
  const repaired =
    steps.length === 0
      ? undefined
      : await repairGraph(layers, fused, nearestRounding(planOf), settings.repair, examples);
  const { graph, roundings, report } = repaired ?? { graph: fused };
  const rows = Math.min(BATCH_ROWS, rowsAtOnce(model.inputs, model.layers));
  try {
    const seen = await observed(graph, planOf, settings, examples, rows);
    const progress = new SlowProgress(`Quantizing ${model.name}`, graph.nodes.length);
    const built = buildGraph(graph, planOf, {
      params: seen.params,
      largest: seen.largest,
      roundings,
      table: tableScheme(settings),
      onNode: (id) => {
        progress.advance(id);
      },
    });
    watch?.(graph, built.graph, (node) => codeRange(planOf(node)));
    const notes = [
      ...(report?.notes ?? []),
      ...seen.notes,
      ...built.notes,
      ...unusedCodes(graph, planOf),
    ];
    return { graph: built.graph, source: floatLayers(layers), settings, repair: report, notes };
  } finally {
    repaired?.dispose();
  }
}

/** The layers with a scale for each group of their weights. */
function groupedLayers(
  { nodes }: FusedGraph,
  planOf: (node: FusedNode) => ProductPlan,
): GroupedLayer[] {
  return nodes.flatMap((node) => {
    if (node.op.kind !== 'linear') return [];
    const { format, granularity } = planOf(node);
    if (isBlockFormat(format)) return [];
    const depth = node.op.kernel.length / node.op.bias.length;
    const [layer = node.id] = node.fused;
    return typeof granularity === 'object' ? [{ layer, depth, group: granularity.group }] : [];
  });
}

/** A largest weight on code 1 leaves one of the four codes without a use, and most weights on 0. */
function unusedCodes({ nodes }: FusedGraph, planOf: (node: FusedNode) => ProductPlan): string[] {
  const rules = nodes.flatMap((node) => {
    const plan = node.op.kind === 'linear' ? planOf(node) : undefined;
    return plan?.format === 'int2' && isNarrow(plan.rule) ? [plan.rule] : [];
  });
  return [...new Set(rules)].map(
    (rule) =>
      `int2 by the scale rule '${rule}' uses the codes -1 to 1 of -2 to 1, and rounds most weights to 0: 'mse' usually loses much less (scaleRule, --scale-rule).`,
  );
}

function planner(
  plans: LayerPlans,
  { mode, activations, activationScale: rule }: QuantizeSettings,
  facts: DeviceFacts,
): (node: FusedNode) => ProductPlan {
  return (node) => {
    // A weight a channel is exact in any format: 8 bits are what the kernels take.
    if (isNormProduct(node)) {
      const int8 = weightRange(facts);
      return {
        format: 'int8',
        granularity: 'per-channel',
        rule: 'absmax/127',
        int8,
        input: 'static',
      };
    }
    const [layer = ''] = node.fused;
    const { weights, granularity: given, scaleRule, doubleQuantize } = plans.optionsOf(layer);
    if (weights === 'fp32') throw new Error(`'${layer}' stays in float`);
    const granularity = given ?? usualGranularity(weights);
    const isInteger =
      weights === 'int8' && mode !== 'weight-only' && typeof granularity === 'string';
    const isFloat = isFloatFormat(weights) || isBlockFormat(weights);
    return {
      format: weights,
      granularity,
      rule: ruleOf(weights, scaleRule),
      ...(weights === 'nf4' && doubleQuantize === true ? { isDouble: true } : {}),
      int8: isInteger ? weightRange(facts) : INT8,
      input: isInteger ? mode : 'float',
      ...(isFloat && activations !== undefined
        ? { activations: activationPlan(activations, mode, rule) }
        : {}),
    };
  };
}

/** As the product of a layer in the same format would have it. */
function tableScheme({ embeddings: format, base }: QuantizeSettings): CodeScheme | undefined {
  if (format === 'fp32') return undefined;
  const { granularity = usualGranularity(format), scaleRule } = base;
  const rule = ruleOf(format, isFloatFormat(format) ? undefined : scaleRule);
  return { format, granularity, rule, int8: INT8 };
}

function isStaticFloat({ activations }: ProductPlan): boolean {
  return activations?.scale.startsWith('static') === true;
}

/** Ranges of all that stays in integers, in static mode; nothing in the others. */
async function observed(
  graph: FusedGraph,
  planOf: (node: FusedNode) => ProductPlan,
  { mode, observer, outputs, activationScale: scale }: QuantizeSettings,
  examples: readonly (readonly Tensor[])[] | undefined,
  rows: number,
): Promise<Observation> {
  if (mode !== 'static' || examples === undefined) {
    return { params: new Map(), largest: new Map(), notes: [] };
  }
  const values = integerValues(graph, (node) => planOf(node).input === 'static', outputs);
  const steps = examples.reduce((sum, batch) => sum + Math.ceil(rowsOf(batch) / rows), 0);
  const progress = new SlowProgress(`Calibrating ${graph.name}`, steps);
  return observe(graph, values, inBatches(examples, rows), observer, {
    scale: scale === 'delayed' ? 'range' : scale,
    measured: new Set(
      graph.nodes.flatMap((node) =>
        node.op.kind === 'linear' && isStaticFloat(planOf(node)) ? node.inputs.slice(0, 1) : [],
      ),
    ),
    onBatch: () => progress.advanceAndYield(),
  });
}
