import type { Tensor } from '@tensorflow/tfjs';
import { SlowProgress } from '../../display/slow-progress';
import type { FusedGraph } from '../../graph/fused-graph';
import type { Rounding } from '../../graph/build';
import { decodeWeights } from '../../graph/weight-codes';
import { corrected, empiricalCorrection, rootMeanSquare } from './bias-correction';
import { linearNodes, withLinear } from './float-graph';
import type { LayerRepair, RepairSettings } from './options';
import { sharesKernel } from './pairs';
import { rounderOf } from './rounder';
import type { RoundKernel } from './rounding';
import { streamLayers } from './stream';
import { count } from './words';

export interface RepairedByExamples {
  /** With corrected biases. */
  readonly graph: FusedGraph;
  /** By node id: codes and scales to use instead of the nearest ones. */
  readonly roundings: ReadonlyMap<string, Rounding>;
  readonly layers: readonly LayerRepair[];
  readonly notes: readonly string[];
}

/**
 * AdaRound or GPTQ, and empirical bias correction, layer by layer: each sees what the repaired layers before it
 * make of the examples.
 */
export async function repairByExamples(
  graph: FusedGraph,
  round: RoundKernel,
  settings: RepairSettings,
  examples: readonly (readonly Tensor[])[],
): Promise<RepairedByExamples> {
  const rounder = rounderOf(settings);
  const corrects = settings.steps.includes('bias-correction');
  const rest = rounder?.rests ?? 1;
  const label = rounder?.label ?? 'Correcting biases';
  const progress = new SlowProgress(label, rest * linearNodes(graph).length);
  let [done, visited] = [0, 0];
  const advanceTo = (step: number, id: string): void => {
    for (; done < step; done++) progress.advance(id);
  };
  const biases = new Map<string, { bias: Float32Array }>();
  const roundings = new Map<string, Rounding>();
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
    if (rounder !== undefined && range === undefined) unlearnt.push(node.id);
    if (rounder !== undefined && range !== undefined && !sharesKernel(graph, node)) {
      const chosen = await rounder.round(node, { ...rounded, range }, data, () => {
        advanceTo(done + 1, node.id);
      });
      const isOther = chosen.weights.scales !== weights.scales;
      if (isOther || chosen.report.changed > 0) roundings.set(node.id, chosen.weights);
      ({ weights, report: rounding } = chosen);
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
      ...(rounder === undefined ? [] : roundingNotes(rounder.name, layers, unlearnt)),
      ...(corrects
        ? [`Corrected the biases of ${count(biases.size, 'layer')} by the examples.`]
        : []),
    ],
  };
}

function roundingNotes(
  name: string,
  layers: readonly LayerRepair[],
  unlearnt: readonly string[],
): string[] {
  const found = layers.flatMap(({ id, rounding }) => (rounding ? [{ id, ...rounding }] : []));
  const changed = found.reduce((sum, rounding) => sum + rounding.changed, 0);
  const better = found.filter(({ error, nearestError }) => error < nearestError).length;
  const notes = [
    `${name} rounds ${count(changed, 'weight')} the other way; the error on the examples fell in ${better} of ${count(found.length, 'layer')}.`,
  ];
  for (const { id, kept } of found) {
    if (kept !== undefined) notes.push(`${id} is rounded to nearest: ${kept}.`);
  }
  if (unlearnt.length === 0) return notes;
  return [
    ...notes,
    `${name} left ${unlearnt.join(', ')} as they are: it is for codes that are one step apart, int8 to int2.`,
  ];
}
