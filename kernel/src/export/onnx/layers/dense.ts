import { isBlockable, matMulBits } from '../int4/mat-mul-bits';
import type { Emitter, LayerScope, Weight } from '../writer/layer-scope';
import { activate } from './activation';

export const denseLayers: Readonly<Record<string, Emitter>> = {
  Dense: (scope) => {
    const [kernel, bias] = scope.weights();
    if (kernel === undefined) throw new Error(`'${scope.id}' has no kernel`);
    const rank = scope.inputShape().length;
    const y = linear(scope, scope.input(), { name: '', kernel, bias, rank });
    scope.output(activate(scope, y, scope.config.activation, 'model'));
  },
};

export interface Linear {
  /** Of the projection, for a layer with several; '' for the only one. */
  readonly name: string;
  /** [inputs, units]. */
  readonly kernel: Weight;
  readonly bias?: Weight | undefined;
  /** Of the input. */
  readonly rank: number;
}

/** `x @ kernel + bias` over the last axis; in blocks of four bits where the export says so. */
export function linear(scope: LayerScope, x: string, { name, kernel, bias, rank }: Linear): string {
  const prefix = name === '' ? '' : `${name}/`;
  const constantBias =
    bias === undefined ? undefined : scope.constant(`${prefix}bias`, bias.data, bias.shape);
  const { dense, blocks } = scope.writer;
  if (dense === 'blocks' && isBlockable(kernel)) {
    const y = matMulBits(scope, x, `${prefix}kernel`, kernel, blocks);
    return constantBias === undefined ? y : scope.op('Add', [y, constantBias]);
  }
  const constantKernel = scope.constant(`${prefix}kernel`, kernel.data, kernel.shape);
  if (rank === 2) {
    const inputs = [x, constantKernel];
    return scope.op('Gemm', constantBias === undefined ? inputs : [...inputs, constantBias]);
  }
  const y = scope.op('MatMul', [x, constantKernel]);
  return constantBias === undefined ? y : scope.op('Add', [y, constantBias]);
}
