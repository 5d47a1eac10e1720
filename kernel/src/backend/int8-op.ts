import { attr } from './attributes';
import type { OpAttribute } from './contract';
import { DT } from './dtypes';

/**
 * The attributes of `_MklQuantizedMatMulWithBias` for quint8 x qint8 -> qint32: the trial product and the
 * layers must run the same kernel. Constant weights are cached per node, so each layer adds a name.
 */
export function denseInt8Attributes(weightsAreConstant: boolean): readonly OpAttribute[] {
  return [
    attr.type('T1', DT.quint8),
    attr.type('T2', DT.qint8),
    attr.type('Tbias', DT.float),
    attr.type('Toutput', DT.qint32),
    attr.bool('transpose_a', false),
    attr.bool('transpose_b', false),
    attr.string('input_quant_mode', 'SCALED'),
    attr.bool('is_weight_const', weightsAreConstant),
    attr.bool('is_bias_const', weightsAreConstant),
  ];
}
