import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { SlowProgress } from '../../../display/slow-progress';
import type { Rounding } from '../../../graph/build';
import type { FusedGraph } from '../../../graph/fused-graph';
import type { LinearNode } from '../float-graph';
import type { LayerRepair, RepairSettings, ScalingReport } from '../options';
import type { RoundKernel, RoundedKernel } from '../rounding';
import { streamFloat } from '../stream';
import { applyScales } from './apply-scales';
import { awqOf, type Decision, smoothOf } from './decide';
import { type ScaleGroup, scaleGroups } from './groups';
import { scalingNotes } from './notes';

export interface ScaledInputs {
  /** The same function. */
  readonly graph: FusedGraph;
  /** By node id: codes and scales of weights that were clipped, for the kernels of `graph`. */
  readonly clipped: ReadonlyMap<string, Rounding>;
  /** Layers that were made for the graph; whoever is done with it disposes of them. */
  readonly made: readonly tf.layers.Layer[];
  readonly layers: readonly LayerRepair[];
  readonly notes: readonly string[];
}

/**
 * AWQ or SmoothQuant: factors for the channels that products read, found group by group on what the
 * float model makes of the examples, and then put into the graph.
 */
export async function scaleInputs(
  graph: FusedGraph,
  round: RoundKernel,
  settings: RepairSettings,
  examples: readonly (readonly Tensor[])[],
): Promise<ScaledInputs> {
  const isAwq = settings.steps.includes('awq');
  const known = new Map<string, RoundedKernel | undefined>();
  const roundedOf = (node: LinearNode): RoundedKernel | undefined => {
    if (!known.has(node.id)) known.set(node.id, round(node));
    return known.get(node.id);
  };
  const isWanted = (node: LinearNode): boolean => {
    const rounded = roundedOf(node);
    return rounded?.range !== undefined && (rounded.input === 'float') === isAwq;
  };
  const groups = scaleGroups(graph, isWanted, (node) => commutes(roundedOf(node)));
  const progress = new SlowProgress('Scaling channels', groups.length);
  const decisions: Decision[] = [];
  await streamFloat(graph, examples, (node, inputs) => {
    const group = groups.find(({ nodes }) => nodes[0]?.id === node.id);
    if (group === undefined) return;
    progress.advance(node.id);
    decisions.push(
      isAwq ? awqOf(group, inputs, round, settings.awq) : smoothOf(group, inputs, round, settings),
    );
  });
  return applied(graph, decisions, isAwq ? 'AWQ' : 'SmoothQuant');
}

/** Whether the codes stay the same when an output channel is divided by any factor. */
function commutes(rounded: RoundedKernel | undefined): boolean {
  if (rounded?.range === undefined) return false;
  const { granularity, rule } = rounded.scheme;
  return granularity !== 'per-tensor' && rule !== 'power-of-two';
}

function applied(graph: FusedGraph, decisions: readonly Decision[], name: string): ScaledInputs {
  const clipped = new Map<string, Rounding>();
  const made: tf.layers.Layer[] = [];
  let scaled = graph;
  for (const { group, factors, clipped: own } of decisions) {
    for (const [id, rounding] of own) clipped.set(id, rounding);
    if (factors === undefined) continue;
    const step = applyScales(scaled, group, factors);
    scaled = step.graph;
    made.push(...step.made);
    const source = group.source.node?.id ?? '';
    const before = clipped.get(source);
    if (before !== undefined) clipped.set(source, withOutputsDivided(before, factors));
  }
  const layers = decisions.flatMap(reports);
  return { graph: scaled, clipped, made, layers, notes: scalingNotes(name, decisions) };
}

function withOutputsDivided({ codes, scales }: Rounding, factors: Float64Array): Rounding {
  const divided = scales?.map((scale, i) => scale / (factors[i % factors.length] ?? 1));
  return divided === undefined ? { codes } : { codes, scales: divided };
}

function reports({ group, method, ...decision }: Decision): LayerRepair[] {
  return group.nodes.map(({ id }, i) => {
    const own: ScalingReport = {
      method,
      alpha: decision.alpha,
      error: decision.errors[i] ?? NaN,
      nearestError: decision.nearestErrors[i] ?? NaN,
      into: decision.factors === undefined ? undefined : into(group),
      clipped: decision.clippedScales[i] ?? 0,
      ...(decision.kept === undefined ? {} : { kept: decision.kept }),
    };
    return { id, scaling: own };
  });
}

function into({ source, nodes }: ScaleGroup): string {
  return source.node?.id ?? `${nodes[0]?.id ?? ''}:scale`;
}
