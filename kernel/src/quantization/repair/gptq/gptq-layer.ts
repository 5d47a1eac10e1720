import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { product, weightTensors } from '../../../graph/run-node';
import { decodeWeights } from '../../../graph/weight-codes';
import { outputChannels } from '../../../integer/product';
import type { LinearNode } from '../float-graph';
import type { ChosenRounding } from '../options';
import { outputError } from '../output-error';
import type { NearestRounding } from '../rounding';
import type { LayerData } from '../stream';
import { gptq, type GptqOptions } from './gptq';
import { crossProducts, hessianOf } from './hessian';

/** With fewer examples, least squares would learn them by heart. */
const ROWS_PER_WEIGHT = 8;

/**
 * GPTQ of one layer, given what the rounded layers before it make of the examples. Where the layer's
 * outputs would be farther from the float model's than by rounding to nearest, it stays with that.
 */
export function gptqLayer(
  node: LinearNode,
  nearest: NearestRounding,
  data: LayerData,
  options: GptqOptions = {},
): ChosenRounding {
  const { geometry, kernel } = node.op;
  const { weights, range, scheme } = nearest;
  const nearestError = outputError(node, decodeWeights(weights), data);
  const keep = (reason: string): ChosenRounding => {
    const report = { method: 'gptq', error: nearestError, nearestError, changed: 0 } as const;
    return { weights, report: { ...report, kept: reason } };
  };
  if (!(nearestError > 0)) return keep('rounding to nearest makes no error on the examples');
  const hessian = hessianOf(geometry, data.inputs);
  const channels = outputChannels(geometry);
  const { scales } = weights;
  const matrix = { kernel, channels, scheme, scales, range, layer: node.id };
  const residuals =
    options.compensateInputs === false || hessian.rows < ROWS_PER_WEIGHT * hessian.depth
      ? undefined
      : residualsOf(node, data);
  const found = gptq(residuals === undefined ? matrix : { ...matrix, residuals }, hessian, options);
  if ('pivot' in found) {
    return keep(
      `the Hessian of ${hessian.rows.toLocaleString('en')} inputs is singular at input ${found.pivot} of ${hessian.depth}; more examples or a larger gptq.percdamp would mend it`,
    );
  }
  const error = outputError(node, decodeWeights({ ...weights, ...found }), data);
  if (!(error < nearestError)) return keep('GPTQ’s error on the examples is no smaller');
  const changed = found.codes.reduce((n, code, i) => n + (code === weights.codes[i] ? 0 : 1), 0);
  return {
    weights: { ...weights, ...found },
    report: { method: 'gptq', error, nearestError, changed },
  };
}

/** What the float weights lack on inputs that rounded layers made, as {@link crossProducts} has it. */
function residualsOf({ op }: LinearNode, { inputs, targets }: LayerData): Float64Array {
  const weights = weightTensors(op);
  const residuals = inputs.map((x, i) =>
    tf.tidy(() => tf.sub(targets[i] as Tensor, product(x, weights, op.geometry))),
  );
  try {
    return crossProducts(op.geometry, inputs, residuals);
  } finally {
    tf.dispose([...residuals, weights.kernel, weights.bias]);
  }
}
