import { toBytes } from '../../../formats/code-bytes';
import type { CodeArray } from '../../../formats/codes';
import { USES, type FormatUse } from '../../../formats/uses';
import type { WeightCodes, WeightFormat } from '../../../graph/quantized-graph';
import { decodeWeights, WEIGHT_BITS } from '../../../graph/weight-codes';
import { weightTable } from '../../../graph/weight-table';
import { typeCode } from '../proto/attribute';
import { ELEMENT_TYPES, type ElementType } from '../proto/element-type';
import type { NodeScope } from '../writer/node-scope';
import { lookedUp, scaledMatrix } from './looked-up-weights';

/**
 * A matrix [depth, channels] of floats or blocks as ONNX has their type: by `DequantizeLinear` with the
 * scales of channels or blocks, or by `Cast` where there are none, or the type has 16 bits. Of what ONNX has no type for, `Gather`
 * from a table of up to 8 bits; wider ones as float32, which holds them all.
 */
export function floatWeights(scope: NodeScope, weights: WeightCodes): string {
  const { format, codes, depth, channels, groupSize, scales } = weights;
  const type = onnxTypeOf(format, scope.writer.opset);
  const table = weightTable(weights);
  if (type === undefined) {
    if (table !== undefined) return lookedUp(scope, weights, table);
    return scope.constant('kernel', decodeWeights(weights), [depth, channels]);
  }
  const bytes = toBytes(codes as CodeArray, WEIGHT_BITS[format]);
  const kernel = scope.typed('kernel', { type, shape: [depth, channels], bytes });
  if (scales.length === 0 || WEIGHT_BITS[format] > 8) {
    const cast = scope.op('Cast', [kernel], { to: typeCode('float32') });
    return scaledMatrix(scope, cast, weights);
  }
  const isPerChannel = groupSize >= depth;
  const shape = isPerChannel ? [channels] : [Math.ceil(depth / groupSize), channels];
  return scope.op(
    'DequantizeLinear',
    [kernel, scope.constant('kernel_scale', scales, shape)],
    isPerChannel ? { axis: 1 } : { axis: 0, block_size: groupSize },
  );
}

/** The operator set that has 4-bit floats. ONNX Runtime's CPU provider has none in 1.32. */
export const FLOAT4_OPSET = 23;

/** ONNX's type of a format's codes; undefined where the operator set has none. */
export function onnxTypeOf(format: WeightFormat, opset: number): ElementType | undefined {
  const element: FormatUse = USES[USES[format].weights.codes];
  const [type] = Object.keys(element.onnxType ?? {});
  if (type === undefined || (type === 'float4_e2m1fn' && opset < FLOAT4_OPSET)) return undefined;
  return Object.hasOwn(ELEMENT_TYPES, type) ? (type as ElementType) : undefined;
}
