import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import type { Rounding } from '../../graph/build';
import type { FusedGraph } from '../../graph/fused-graph';
import type { ModelGraph } from '../../models/model-graph';
import { inFloat } from '../../graph/in-float';
import { disposeLayers } from '../../models/copy-layer';
import { decodeWeights } from '../../graph/weight-codes';
import { absorbBiases } from './absorb';
import { analyticCorrection, corrected, expectedInputs, rootMeanSquare } from './bias-correction';
import { repairByExamples, type RepairedByExamples } from './by-examples';
import { equalize } from './equalize';
import { linearNodes, withLinear } from './float-graph';
import {
  checkRepair,
  type LayerRepair,
  type RepairOptions,
  type RepairSettings,
  type RepairReport,
  type RepairStep,
} from './options';
import { findPairs, type Unpaired } from './pairs';
import type { RoundKernel } from './rounding';
import { type ChannelStatistics, normStatistics, rescaled } from './statistics';
import { scaleInputs } from './scaling/scale-inputs';
import { count } from './words';

/** The steps that go through the layers one by one, with what the rounded ones before make. */
const BY_LAYER: readonly RepairStep[] = ['adaround', 'gptq', 'bias-correction'];

/** The steps that there is no doing without examples. */
const BY_EXAMPLES: readonly RepairStep[] = ['adaround', 'gptq', 'awq', 'smoothquant'];

export interface Repaired {
  /** A float model that computes the same but for opened ReLU6s and corrected biases. */
  readonly graph: FusedGraph;
  /** By node id: codes and scales to use instead of the nearest ones, for the kernels of `graph`. */
  readonly roundings: ReadonlyMap<string, Rounding>;
  readonly report: RepairReport;
  /** Frees the layers that were made for `graph`. */
  dispose(): void;
}

/**
 * Repairs a fused float model before its weights are rounded: cross-layer equalization with bias
 * absorption, AWQ or SmoothQuant, AdaRound or GPTQ, bias correction. Without examples, equalization and bias correction go
 * by what batch normalization knows; the others need examples. Nothing of `model` or `graph` changes.
 *
 * @param model Which `graph` was made of.
 * @param round How the weights will be rounded.
 * @param examples Batches, each with one tensor per input.
 * @throws HalfnoteError `unknown-repair`, `invalid-option`, `calibration-missing`.
 */
export async function repairGraph(
  model: ModelGraph,
  graph: FusedGraph,
  round: RoundKernel,
  options: RepairOptions,
  examples?: readonly (readonly Tensor[])[],
): Promise<Repaired> {
  const settings = checkRepair(options);
  const { steps } = settings;
  const needing = steps.find((step) => BY_EXAMPLES.includes(step));
  if (needing !== undefined && examples === undefined) {
    throw new HalfnoteError(
      'calibration-missing',
      `The repair '${needing}' learns from example inputs: none were given as \`calibrate\`.`,
      "Pass a tensor of typical inputs as `calibrate`, or use 'equalize' and 'bias-correction'.",
    );
  }
  const repair = new Repair(graph, normStatistics(model, graph), round, settings);
  if (steps.includes('equalize')) repair.equalize();
  const corrects = steps.includes('bias-correction');
  if (examples !== undefined && (needing !== undefined || corrects)) {
    try {
      await inFloat(async () => repair.byExamples(examples));
    } catch (error) {
      repair.dispose();
      throw error;
    }
  } else if (corrects) repair.byStatistics();
  return repair.result(steps);
}

class Repair {
  #graph: FusedGraph;
  #statistics: Map<string, ChannelStatistics>;
  readonly #roundings = new Map<string, Rounding>();
  readonly #made: tf.layers.Layer[] = [];
  readonly #layers: LayerRepair[] = [];
  readonly #notes: string[] = [];
  #pairs: [string, string][] = [];
  #unpaired: Unpaired[] = [];

  constructor(
    graph: FusedGraph,
    statistics: Map<string, ChannelStatistics>,
    private readonly round: RoundKernel,
    private readonly options: RepairSettings,
  ) {
    this.#graph = graph;
    this.#statistics = statistics;
  }

  equalize(): void {
    const { relu6 = 'open', absorb = true, ...settings } = this.options.equalize ?? {};
    const found = findPairs(this.#graph);
    const clipped = found.pairs.filter(({ first }) => first.op.activation === 'relu6');
    const kept = relu6 === 'keep' ? clipped : [];
    const pairs = found.pairs.filter((pair) => !kept.includes(pair));
    this.#pairs = pairs.map(({ first, second }) => [first.id, second.id]);
    this.#unpaired = [
      ...found.unpaired,
      ...kept.map(({ first }) => ({ id: first.id, reason: 'its ReLU6 was to be kept' })),
    ];
    if (relu6 === 'open' && clipped.length > 0) {
      const ids = clipped.map(({ first }) => first.id);
      const opened = new Map(ids.map((id) => [id, { activation: 'relu' as const }]));
      this.#graph = withLinear(this.#graph, opened);
      this.#notes.push(
        `Equalization made ReLU6 a ReLU, which differs where a value is above 6: ${ids.join(', ')}.`,
      );
    }
    const { graph, factors, iterations, converged } = equalize(this.#graph, pairs, settings);
    this.#graph = graph;
    for (const [id, own] of factors) {
      const known = this.#statistics.get(id);
      if (known !== undefined) this.#statistics.set(id, rescaled(known, own));
    }
    this.#notes.push(
      pairs.length === 0
        ? 'Equalization found no layers that follow each other.'
        : `Equalized ${count(pairs.length, 'pair')} of layers in ${count(iterations, 'round')}${converged ? '' : ', not yet to the end'}.`,
    );
    if (absorb) this.#absorb(pairs);
  }

  async byExamples(examples: readonly (readonly Tensor[])[]): Promise<void> {
    const { steps } = this.options;
    if (steps.includes('awq') || steps.includes('smoothquant')) {
      const scaled = await scaleInputs(this.#graph, this.#round, this.options, examples);
      this.#made.push(...scaled.made);
      this.#take(scaled, scaled.clipped);
    }
    if (!steps.some((step) => BY_LAYER.includes(step))) return;
    const repaired = await repairByExamples(this.#graph, this.#round, this.options, examples);
    this.#take(repaired, repaired.roundings);
  }

  byStatistics(): void {
    const expected = expectedInputs(this.#graph, this.#statistics);
    const biases = new Map<string, { bias: Float32Array }>();
    const unknown: string[] = [];
    for (const node of linearNodes(this.#graph)) {
      const rounded = this.round(node);
      if (rounded === undefined) continue;
      const mean = expected.get(node.id);
      if (mean === undefined) {
        unknown.push(node.id);
        continue;
      }
      const correction = analyticCorrection(node, decodeWeights(rounded.weights), mean);
      biases.set(node.id, { bias: corrected(node.op.bias, correction) });
      const correctionRms = rootMeanSquare(correction);
      this.#layers.push({ id: node.id, correction: 'analytic', correctionRms });
    }
    this.#graph = withLinear(this.#graph, biases);
    this.#notes.push(
      `Corrected the biases of ${count(biases.size, 'layer')} by the normalization before them.` +
        (unknown.length === 0
          ? ''
          : ` Not of ${unknown.join(', ')}: no normalization tells the mean of their inputs; \`calibrate\` would.`),
    );
  }

  dispose(): void {
    disposeLayers(this.#made);
  }

  #take(
    step: Pick<RepairedByExamples, 'graph' | 'layers' | 'notes'>,
    roundings: ReadonlyMap<string, Rounding>,
  ): void {
    this.#graph = step.graph;
    for (const [id, rounding] of roundings) this.#roundings.set(id, rounding);
    this.#layers.push(...step.layers);
    this.#notes.push(...step.notes);
  }

  /** How the weights would be rounded, with what was found so far. */
  readonly #round: RoundKernel = (node) => {
    const nearest = this.round(node);
    const found = this.#roundings.get(node.id);
    if (nearest === undefined || found === undefined) return nearest;
    return { ...nearest, weights: { ...nearest.weights, ...found } };
  };

  /** One entry a layer, in the graph's order. */
  #merged(): LayerRepair[] {
    return linearNodes(this.#graph).flatMap(({ id }) => {
      const own = this.#layers.filter((layer) => layer.id === id);
      return own.length === 0 ? [] : [Object.assign({}, ...own) as LayerRepair];
    });
  }

  result(steps: readonly RepairStep[]): Repaired {
    return {
      graph: this.#graph,
      roundings: this.#roundings,
      report: {
        steps,
        pairs: this.#pairs,
        unpaired: this.#unpaired,
        layers: this.#merged(),
        notes: this.#notes,
      },
      dispose: () => {
        this.dispose();
      },
    };
  }

  #absorb(pairs: ReturnType<typeof findPairs>['pairs']): void {
    const { graph, shifts, statistics } = absorbBiases(this.#graph, pairs, this.#statistics);
    this.#graph = graph;
    this.#statistics = statistics;
    if (shifts.size > 0) {
      this.#notes.push(`Moved high biases on to the next layer: ${[...shifts.keys()].join(', ')}.`);
    }
  }
}
