import { learnRounding, rests } from './adaround';
import type { LinearNode } from './float-graph';
import { gptqLayer } from './gptq/gptq-layer';
import type { ChosenRounding, RepairSettings } from './options';
import type { NearestRounding } from './rounding';
import type { LayerData } from './stream';

/** What chooses a layer's codes by examples. */
export interface Rounder {
  readonly name: string;
  /** Of the progress. */
  readonly label: string;
  /** How often {@link round} calls `onRest`, at most. */
  readonly rests: number;
  round(
    node: LinearNode,
    nearest: NearestRounding,
    data: LayerData,
    onRest: () => void,
  ): Promise<ChosenRounding>;
}

/** The one that the steps name, if any. */
export function rounderOf({ steps, adaround, gptq }: RepairSettings): Rounder | undefined {
  if (steps.includes('gptq')) {
    return {
      name: 'GPTQ',
      label: 'Rounding by GPTQ',
      rests: 1,
      round: (node, nearest, data) => Promise.resolve(gptqLayer(node, nearest, data, gptq)),
    };
  }
  if (!steps.includes('adaround')) return undefined;
  return {
    name: 'AdaRound',
    label: 'Learning to round',
    rests: rests(adaround),
    round: async (node, nearest, data, onRest) => {
      const { codes, ...report } = await learnRounding(node, nearest, data, adaround, onRest);
      return {
        weights: { ...nearest.weights, codes },
        report: { method: 'adaround', ...report },
      };
    },
  };
}
