import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { type EngineChoice, runGraph } from '../../execution/run-graph';
import { ruleOf } from '../../graph/scale-rules';
import { buildGraph } from '../../graph/build';
import { fuseGraph } from '../../graph/fuse';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import { readModel } from '../../graph/read-model';
import {
  type GraphNode,
  type ModelGraph,
  modelGraph,
  type ValueId,
} from '../../models/model-graph';
import type { QuantizedGraph, QuantizedNode, WeightCodes } from '../../graph/quantized-graph';
import { checkModel } from '../../models/check-model';
import { isBatchNorm } from '../../models/layer-traits';
import { QuantizedModel } from '../quantized-model';
import { type FloatLayer, floatLayers } from '../report';
import { type AffineParams, INT8 } from '../../integer/affine';
import type { ActivationLayer } from './activation-layer';
import { notPrepared } from './errors';
import { foldGain, normGain } from './fold-codes';
import { keptLayers } from './kept';
import { integerPlan } from './plan';
import { strip, type Stripped } from './strip';
import { figuresOfNodes } from '../weights/rounded-layers';
import type { WeightFigures } from '../weights/weight-figures';

export interface ConvertQatOptions {
  /** What runs the model. Default `auto`: integers where this machine has them. */
  readonly engine?: EngineChoice;
}

/**
 * The integer model that a fake-quantized one was trained to be: the codes and ranges of the
 * training, batch normalization folded. Its values are those of the simulation, `model.predict`, to
 * the last code. The model itself is not changed, and can be trained on.
 * @throws HalfnoteError `unsupported-model`, `not-prepared`, `no-ranges` before a training step.
 */
export async function convertQat(
  model: tf.LayersModel,
  options: ConvertQatOptions = {},
): Promise<QuantizedModel> {
  const { graph, source, notes, weightFigures } = convertQatGraph(model);
  const { engine } = options;
  const runner = await runGraph(graph, engine === undefined ? {} : { engine });
  const rounds = graph.nodes.some(({ op }) => op.kind === 'linear' && op.activations !== undefined);
  const mode = graph.activations.size > 0 || rounds ? 'static' : 'weight-only';
  return new QuantizedModel({ mode, graph, runner, source, notes, weightFigures });
}

export interface ConvertedGraph {
  readonly graph: QuantizedGraph;
  /** The fake-quantized model's. */
  readonly trained: ModelGraph;
  /** The float model's layers, for the report. */
  readonly source: readonly FloatLayer[];
  readonly notes: readonly string[];
  /** Of the trained weights, before and after. */
  readonly weightFigures: readonly WeightFigures[];
}

/** As {@link convertQat}, as data, without getting it ready to run here. */
export function convertQatGraph(qat: tf.LayersModel): ConvertedGraph {
  checkModel(qat, 'convertQat');
  const trained = modelGraph(qat);
  const stripped = strip(trained);
  const { model, weights } = stripped;
  try {
    if (weights.size === 0) throw notPrepared(qat.name, 'how to convert it');
    const read = readModel(model);
    const layers = read.graph;
    const kept = keptLayers(qat);
    const fused = fuseGraph(read, ({ id }) => kept[id]);
    const params = ranges(fused, layers, stripped);
    const isStatic = ({ inputs }: FusedNode): boolean => params.has(inputs[0] ?? '');
    const { graph, notes } = buildGraph(
      fused,
      (node) => ({
        format: weights.get(layerOf(node))?.scheme.format ?? 'int8',
        granularity: 'per-channel',
        rule: ruleOf(weights.get(layerOf(node))?.scheme.format ?? 'int8'),
        int8: INT8,
        input: isStatic(node) ? 'static' : 'float',
      }),
      { params },
    );
    const byId = new Map(layers.nodes.map((node) => [node.id, node]));
    const codes = new TrainedCodes(stripped, byId);
    const nodes = graph.nodes.map((node) => codes.put(node));
    return {
      graph: { ...graph, nodes },
      trained,
      source: floatLayers(layers),
      notes,
      weightFigures: figuresOfNodes(fused.nodes, nodes),
    };
  } finally {
    for (const weight of model.weights) weight.dispose();
  }
}

/** Scale and zero point of each value that stays in integers. */
function ranges(
  fused: FusedGraph,
  model: ModelGraph,
  { ranges: layers }: Stripped,
): Map<ValueId, AffineParams> {
  const params = new Map<ValueId, AffineParams>();
  if (layers.size === 0) return params;
  const { leaders, rounded } = integerPlan(fused, model);
  const byLeader = new Map<ValueId, AffineParams>();
  for (const [id, leader] of rounded) {
    const layer = layers.get(id);
    if (layer === undefined) throw new Error(`'${id}' has no fake quantization`);
    byLeader.set(leader, paramsOf(layer, id));
  }
  for (const [id, leader] of leaders) {
    const found = byLeader.get(leader);
    if (found !== undefined) params.set(id, found);
  }
  return params;
}

function paramsOf(layer: ActivationLayer, id: ValueId): AffineParams {
  const params = layer.params();
  if (params !== undefined) return params;
  throw new HalfnoteError(
    'no-ranges',
    `'${id}' has no range: no training step has shown a value of it but 0.`,
    'Train the model with fit() first, for a few steps at least: ranges are observed in training.',
  );
}

/** Replaces weights by the codes of the training, with the normalization after them folded in. */
class TrainedCodes {
  readonly #codes = new Map<string, WeightCodes>();

  constructor(
    private readonly stripped: Stripped,
    private readonly layers: ReadonlyMap<string, GraphNode>,
  ) {}

  put(node: QuantizedNode): QuantizedNode {
    const { op, fused } = node;
    if (op.kind !== 'linear') return node;
    const id = layerOf(node);
    const plain = this.#codes.get(id) ?? this.stripped.weights.get(id)?.codes();
    if (plain === undefined) throw new Error(`'${id}' has no trained codes`);
    this.#codes.set(id, plain);
    const weights = fused.reduce((codes, part) => {
      const layer = this.layers.get(part)?.layer;
      return layer !== undefined && isBatchNorm(layer)
        ? foldGain(codes, normGain(layer, codes.channels))
        : codes;
    }, plain);
    const activations = this.stripped.weights.get(id)?.inputRounding?.rounding(id);
    return { ...node, op: { ...op, weights, ...(activations && { activations }) } };
  }
}

/** The id of the first call of the node's layer. */
function layerOf({ fused: [first = ''] }: Pick<FusedNode, 'fused'>): string {
  return first.replace(/#\d+$/, '');
}
