import type { FusedActivation } from '../../../graph/quantized-graph';
import { clip } from '../layers/activation';
import type { NodeScope } from '../writer/node-scope';

/** The activation of an integer node; a runtime folds it into the rounding that follows. */
export function fusedActivation(scope: NodeScope, x: string, activation: FusedActivation): string {
  if (activation === 'relu') return scope.op('Relu', [x]);
  return activation === 'relu6' ? clip(scope, x, 0, 6) : x;
}
