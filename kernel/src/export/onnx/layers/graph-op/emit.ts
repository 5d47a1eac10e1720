import type { GraphOp } from '../../../../layers/graph-op';
import type { Emitter } from '../../writer/layer-scope';
import { OpScope } from './arguments';
import { elementwise, type OpEmitter } from './elementwise';
import { moves } from './moves';
import { reductions } from './reductions';

const OPS: Readonly<Record<string, OpEmitter>> = { ...elementwise, ...moves, ...reductions };

/** An op of a GraphModel by the operators that compute it in ONNX. */
export const graphOp: Emitter = (layer) => {
  const scope = new OpScope(layer);
  const emit = Object.hasOwn(OPS, scope.op) ? OPS[scope.op] : undefined;
  if (emit === undefined) throw scope.unsupported('no operator of ONNX stands for it here');
  const made = [emit(scope)].flat();
  const { results } = (layer.layer as GraphOp).definition;
  results.forEach(({ index }, i) => {
    layer.output(made[index] ?? '', 'model', i);
  });
};
