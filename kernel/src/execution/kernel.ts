import type { Tensor } from '@tensorflow/tfjs';
import type { NodeReport } from './report';
import type { Result, Value } from './value';

/** One node, ready to run: its constants are where its engine wants them. */
export interface NodeKernel extends Omit<NodeReport, 'id' | 'choices'> {
  readonly choices?: NodeReport['choices'];
  /** One result for each of the node's outputs. The caller owns them; the inputs stay their owner's. */
  run(inputs: readonly Value[], call?: LayerCall): Result | readonly Result[];
  /** Of several kernels: what it returns makes the one that ran last be that again, for the report. */
  remember?(): () => void;
  dispose(): void;
}

/** What a layer that stays in float is to be called with. */
export interface LayerCall {
  /** `[batch, steps]`: the steps of its first input that count. */
  readonly mask: Tensor | undefined;
}

/** The only input, or the first. */
export function firstOf(inputs: readonly Value[]): Value {
  const [input] = inputs;
  if (input === undefined) throw new TypeError('a node without an input');
  return input;
}
