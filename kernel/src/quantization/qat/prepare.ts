import type * as tf from '@tensorflow/tfjs';
import { deviceFacts } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { type Displayable, JUPYTER_DISPLAY } from '../../host';
import { checkWeights } from '../../graph/check-weights';
import { readModel } from '../../graph/read-model';
import type { GraphNode, ModelGraph, ValueId } from '../../models/model-graph';
import type { TrainedWeightFormat } from '../../formats/uses';
import { LayerPlans } from '../layer-rules';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import { ActivationLayer, type QatObserver } from './activation-layer';
import { expand } from './expand';
import { FreeNames } from './free-names';
import { noteKept } from './kept';
import { NormLayer } from './norm-layer';
import { inputsOf, type QatOptions, type QatSettings, schemeOf, settleQat } from './options';
import { type QatPlan, planQat } from './plan';
import { call, type LayerCopy, rebuild } from './rebuild';
import { describeQat } from './view';
import { WeightLayer } from './weight-layer';
import { sameLayer } from './wrapping-layer';

/** A model that is trained as it will compute in integers; shown as a table of what is rounded. */
export type QatModel = tf.LayersModel & Displayable;

/**
 * A copy of `model` for quantization-aware training: its layers have the same names and weights, but
 * compute with weights and activations rounded to integers and back, while gradients pass straight
 * through. Compile and train it as any other model, then {@link convertQat}. The model itself is not
 * changed.
 *
 * - Dense, convolution (1-D, 2-D, depthwise, separable) kernels are symmetric, one scale per output
 *   channel. What such layers read is rounded to uint8, and what reaches them through pools, sums,
 *   joins and moves, as `quantize` does with `calibrate`; a layer `NAME/fake_quantize` follows it.
 * - With weights and activations in floats, the inputs of such layers are rounded to what the format
 *   holds, by one scale for the tensor; what is beyond saturates and gets no gradient.
 * - Rounding is in float32 under every precision policy.
 * - Other layers stay in float, and are named with the reason when the model is shown.
 *
 * @throws HalfnoteError `unsupported-model`, `already-prepared`, `nothing-to-quantize`,
 *   `not-finite`, `unknown-...` and `invalid-...` (options).
 */
export function prepareQat(given: FloatModel, options: QatOptions = {}): QatModel {
  const model = asLayersModel(given, 'prepareQat');
  const read = readModel(model);
  const layers = read.graph;
  if (layers.nodes.some(({ layer }) => layer instanceof WeightLayer)) throw prepared(model.name);
  checkWeights(layers);
  const settings = settleQat(options, deviceFacts());
  const plans = new LayerPlans(layers, settings.choice);
  const expanded = expand(layers, (node) => plans.keep(node) !== undefined);
  const source = expanded === undefined ? read : readModel(expanded.model);
  const wholeOf = (id: string): string => expanded?.wholeOf(id) ?? id;
  const keep = (node: GraphNode): string | undefined =>
    plans.keep({ ...node, id: wholeOf(node.id) });
  const plan = planQat(source, keep, settings.activations === 'uint8');
  plans.check(layers, plan.fused);
  const formatOf = (id: string): TrainedWeightFormat =>
    plans.optionsOf(wholeOf(id)).weights as TrainedWeightFormat;
  const copy = rebuild(source.graph, new Preparation(source.graph, plan, settings, formatOf));
  for (const weight of expanded?.model.weights ?? []) weight.dispose();
  noteKept(copy, reasonsOf(source.graph, keep));
  return displayable(copy);
}

function reasonsOf(
  { nodes }: ModelGraph,
  keep: (node: GraphNode) => string | undefined,
): Record<string, string> {
  const reasons = nodes.map((node) => [node.id, keep(node)] as const);
  return Object.fromEntries(
    reasons.flatMap(([id, reason]) => (reason === undefined ? [] : [[id, reason]])),
  );
}

/** Lets the model show what is rounded in it. */
export function displayable(model: tf.LayersModel): QatModel {
  return Object.defineProperty(model as QatModel, JUPYTER_DISPLAY, {
    configurable: true,
    value: () => describeQat(model)[JUPYTER_DISPLAY](),
  });
}

/** What each call of a float model becomes. */
class Preparation {
  readonly #ranges = new Map<ValueId, ActivationLayer>();
  readonly #names: FreeNames;

  constructor(
    graph: ModelGraph,
    private readonly plan: QatPlan,
    private readonly settings: QatSettings,
    private readonly formatOf: (id: string) => TrainedWeightFormat,
  ) {
    this.#names = new FreeNames(graph);
  }

  readonly onValue = (id: ValueId, value: tf.SymbolicTensor): tf.SymbolicTensor => {
    const leader = this.plan.rounded.get(id);
    if (leader === undefined) return value;
    const [rounded] = call(this.#rangeOf(id, leader), [value]);
    return rounded as tf.SymbolicTensor;
  };

  readonly onLayer = ({ id, layer }: GraphNode): LayerCopy | undefined => {
    const { quantizeFrom, freezeNorm } = this.settings;
    if (this.plan.products.has(id)) {
      const scheme = schemeOf(this.formatOf(id), this.settings);
      const inputs = inputsOf(this.settings);
      const copy = new WeightLayer({
        ...scheme,
        quantizeFrom,
        layer: sameLayer(layer, id),
        ...(inputs === undefined ? {} : { inputs }),
      });
      return {
        layer: copy,
        setWeights: () => {
          copy.startFrom(layer.getWeights());
        },
      };
    }
    if (freezeNorm === undefined || !this.plan.norms.has(id)) return undefined;
    const copy = new NormLayer({ freezeNorm, layer: sameLayer(layer, id) });
    return {
      layer: copy,
      setWeights: () => {
        copy.setWeights(layer.getWeights());
      },
    };
  };

  /** One layer for all values that share a range. */
  #rangeOf(id: ValueId, leader: ValueId): ActivationLayer {
    const known = this.#ranges.get(leader);
    if (known !== undefined) return known;
    const { averaging, quantizeFrom, freezeRanges } = this.settings;
    const observer = this.settings.observer as QatObserver;
    const calls = [...this.plan.rounded.values()].filter((other) => other === leader).length;
    const layer = new ActivationLayer({
      name: this.#names.take(`${id}/fake_quantize`),
      observer,
      averaging,
      quantizeFrom,
      calls,
      ...(freezeRanges === undefined ? {} : { freezeRanges }),
    });
    this.#ranges.set(leader, layer);
    return layer;
  }
}

function prepared(name: string): HalfnoteError {
  return new HalfnoteError(
    'already-prepared',
    `Model '${name}' is fake-quantized already.`,
    'Train it on, or prepare the float model again.',
  );
}
