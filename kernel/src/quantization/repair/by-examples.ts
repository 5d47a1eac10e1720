import type { Tensor } from '@tensorflow/tfjs';
import { SlowProgress } from '../../display/slow-progress';
import type { FusedGraph } from '../../graph/fused-graph';
import { decodeWeights } from '../../graph/weight-codes';
import { learnRounding, rests } from './adaround';
import { corrected, empiricalCorrection, rootMeanSquare } from './bias-correction';
import { linearNodes, withLinear } from './float-graph';
import type { LayerRepair, RepairSettings } from './options';
import { sharesKernel } from './pairs';
import type { RoundKernel } from './rounding';
import { streamLayers } from './stream';
import { count } from './words';

export interface RepairedByExamples {
  /** With corrected biases. */
  readonly graph: FusedGraph;
  /** By node id: codes to use instead of the nearest ones. */
  readonly roundings: ReadonlyMap<string, Int8Array>;
  readonly layers: readonly LayerRepair[];
  readonly notes: readonly string[];
}

/**
 * AdaRound and empirical bias correction, layer by layer: each sees what the repaired layers before it
 * make of the examples.
 */
export async function repairByExamples(
  graph: FusedGraph,
  round: RoundKernel,
  { steps, adaround }: RepairSettings,
  examples: readonly (readonly Tensor[])[],
): Promise<RepairedByExamples> {
  const learns = steps.includes('adaround');
  const corrects = steps.includes('bias-correction');
  const rest = learns ? rests(adaround) : 1;
  const label = learns ? 'Learning to round' : 'Correcting biases';
  const progress = new SlowProgress(label, rest * linearNodes(graph).length);
  let [done, visited] = [0, 0];
  const advanceTo = (step: number, id: string): void => {
    for (; done < step; done++) progress.advance(id);
  };
  const biases = new Map<string, { bias: Float32Array }>();
  const roundings = new Map<string, Int8Array>();
  const layers: LayerRepair[] = [];
  /** Layers whose codes are not one step apart, so that there is no other way to round. */
  const unlearnt: string[] = [];
  await streamLayers(graph, examples, async (node, data) => {
    const rounded = round(node);
    advanceTo(rest * visited++, node.id);
    if (rounded === undefined) return undefined;
    const { range } = rounded;
    let { weights } = rounded;
    let rounding: LayerRepair['rounding'];
    if (learns && range === undefined) unlearnt.push(node.id);
    if (learns && range !== undefined && !sharesKernel(graph, node)) {
      const learnt = await learnRounding(node, { weights, range }, data, adaround, () => {
        advanceTo(done + 1, node.id);
      });
      const { codes, error, nearestError, changed } = learnt;
      weights = { ...weights, codes };
      rounding = { error, nearestError, changed };
      if (changed > 0) roundings.set(node.id, codes);
    }
    const kernel = decodeWeights(weights);
    let { bias } = node.op;
    let correctionRms: number | undefined;
    if (corrects) {
      const correction = empiricalCorrection(node, kernel, data);
      bias = corrected(bias, correction);
      biases.set(node.id, { bias });
      correctionRms = rootMeanSquare(correction);
    }
    layers.push({
      id: node.id,
      ...(correctionRms === undefined ? {} : { correction: 'empirical', correctionRms }),
      ...(rounding === undefined ? {} : { rounding }),
    });
    return { kernel, bias };
  });
  advanceTo(rest * visited, '');
  return {
    graph: withLinear(graph, biases),
    roundings,
    layers,
    notes: [
      ...(learns ? roundingNotes(layers, unlearnt) : []),
      ...(corrects
        ? [`Corrected the biases of ${count(biases.size, 'layer')} by the examples.`]
        : []),
    ],
  };
}

function roundingNotes(layers: readonly LayerRepair[], unlearnt: readonly string[]): string[] {
  const learnt = layers.flatMap(({ rounding }) => (rounding ? [rounding] : []));
  const changed = learnt.reduce((sum, rounding) => sum + rounding.changed, 0);
  const better = learnt.filter(({ error, nearestError }) => error < nearestError).length;
  const notes = [
    `AdaRound rounds ${count(changed, 'weight')} the other way; the error on the examples fell in ${better} of ${count(learnt.length, 'layer')}.`,
  ];
  if (unlearnt.length === 0) return notes;
  return [
    ...notes,
    `AdaRound left ${unlearnt.join(', ')} as they are: it is for codes that are one step apart, int8 to int2.`,
  ];
}
