import * as tf from '@tensorflow/tfjs';
import type { LinearOp } from '../../graph/quantized-graph';
import type { DeviceFacts, FormatSupport } from '../../backend/contract';
import { firstLine } from '../../errors';
import { isInterrupt } from '../../host';
import { notNative } from '../../integer/choose';
import { NativeProduct } from '../../integer/native-product';
import type { LinearSpec } from '../../integer/product';
import type { AffineParams } from '../../integer/affine';
import { exactness, overflowReason, selfCheck } from '../../integer/self-check';
import { halfProduct } from '../../graph/half-products';
import { signedCodes } from '../../graph/weight-bytes';
import { isFloatFormat, isLinearFormat, WEIGHT_BITS } from '../../graph/weight-codes';
import { channelSums, isPerChannel, largestAbsSum } from '../arithmetic';
import { activate } from '../float-nodes';
import { HalfLinear } from '../half-linear';
import { firstOf, type NodeKernel } from '../kernel';
import { MeasuredKernel } from '../measured-kernel';
import { FourBitLinear } from '../onnxruntime/four-bit-linear';
import { roundingText } from '../simulated/activations';
import { SimulatedLinear } from '../simulated/linear';
import type { Result, Value } from '../value';
import { checkFused } from './check';
import { checkHalf } from './check-half';
import { FusedLinear } from './fused-linear';
import { SumsLinear } from './sums-linear';

/**
 * The integer kernel for a product where it is right for these very weights, else the simulated one
 * with the reason. `input` and `output`: how codes are to be read, undefined where it is float.
 */
export function linearKernel(
  op: LinearOp,
  input: AffineParams | undefined,
  output: AffineParams | undefined,
  facts: DeviceFacts,
): NodeKernel {
  if (FourBitLinear.takes(op) && notNative(facts) === undefined) {
    const node = attempt(
      () => new FourBitLinear(op),
      () => undefined,
      'ONNX Runtime has no 4-bit product here',
    );
    return typeof node === 'string' ? new SimulatedLinear(op, input, node) : node;
  }
  const half = halfProduct(op);
  if (half !== undefined) return halfKernel(op, facts.formats[half]);
  const reason = noIntegers(op, facts);
  if (reason !== undefined) return new SimulatedLinear(op, input, reason);
  const spec = specOf(op);
  const overflow = overflowReason(spec);
  if (overflow !== undefined) return new SimulatedLinear(op, input, overflow);
  const exact = `${exactness(spec)}; ${weightsReason(op, facts)}`;
  if (input === undefined) return dynamicInput(op, spec, exact);
  if (output === undefined) return floatOutput(op, input, exact);
  const node = attempt(
    () => new FusedLinear(op, input, output, `requantized in the kernel; ${exact}`),
    checkFused,
  );
  return typeof node === 'string' ? new SimulatedLinear(op, input, node) : node;
}

/** Native where the machine multiplies in the format, and the kernel is right on these weights. */
function halfKernel(op: LinearOp, support: FormatSupport): NodeKernel {
  const rounding = op.activations === undefined ? '' : roundingText(op.activations);
  const simulated = (why: string): NodeKernel =>
    new HalfLinear(op, 'simulated', `activations rounded to ${rounding}; ${why}`);
  const why = asClause(support.reason);
  if (support.execution === 'simulated') return simulated(why);
  const node = attempt(
    () => new HalfLinear(op, 'native', `activations rounded to ${rounding}; ${why}`),
    checkHalf,
    'the 16-bit kernel failed',
  );
  return typeof node === 'string' ? simulated(node) : node;
}

/** `The processor multiplies.` as a part of a sentence. */
function asClause(sentence: string): string {
  return sentence.replace(/^The /, 'the ').replace(/\.$/, '');
}

/** A dense product has two kernels, of which now one and now the other is faster. */
function floatOutput(op: LinearOp, input: AffineParams, reason: string): NodeKernel {
  const spec = specOf(op);
  const forms = op.geometry.kind === 'dense' ? [true, false] : [false];
  const tried = forms.map((as1x1) =>
    attempt(
      () => new SumsLinear(op, input, reason, as1x1),
      (node) => selfCheck({ spec, integerSums: node.integerSums.bind(node) }),
    ),
  );
  const [first, ...others] = tried.filter((node) => typeof node !== 'string');
  if (first === undefined) {
    const wrong = tried.find((node) => typeof node === 'string');
    return new SimulatedLinear(op, input, wrong ?? 'no integer kernel');
  }
  return others.length === 0 ? first : new MeasuredKernel([first, ...others]);
}

function dynamicInput(op: LinearOp, spec: LinearSpec, exact: string): NodeKernel {
  const node = attempt(
    () => new DynamicLinear(op, new NativeProduct(spec, { kind: 'dynamic' }, exact)),
    ({ product }) => selfCheck(product),
  );
  return typeof node === 'string' ? new SimulatedLinear(op, undefined, node) : node;
}

function noIntegers(op: LinearOp, facts: DeviceFacts): string | undefined {
  if (op.input === 'float') {
    const { format } = op.weights;
    if (op.activations !== undefined) {
      return `activations rounded to ${roundingText(op.activations)}; multiplied in fp32, for lack of a product in the format`;
    }
    const how =
      isLinearFormat(format) || (isFloatFormat(format) && WEIGHT_BITS[format] > 8)
        ? ''
        : ', its values looked up by code';
    return `weight-only${how}: saves memory, not time`;
  }
  if (!isPerChannel(op.weights)) {
    return `no integer kernel takes ${op.weights.groupSize} weights a scale`;
  }
  return notNative(facts);
}

function weightsReason({ weights }: LinearOp, facts: DeviceFacts): string {
  if (weights.format !== 'int8') return `${weights.format} weights, one a byte for the kernel`;
  return facts.int8ReduceRange ? '7-bit weights, as this CPU sums in 16 bits' : '8-bit weights';
}

/** The node if its check finds nothing wrong, else what is wrong. */
function attempt<T extends NodeKernel>(
  make: () => T,
  check: (node: T) => string | undefined,
  what = 'the integer kernel failed',
): T | string {
  let node: T | undefined;
  let wrong: string | undefined;
  try {
    node = make();
    wrong = check(node);
  } catch (error) {
    if (isInterrupt(error)) {
      node?.dispose();
      throw error;
    }
    wrong = `${what}: ${firstLine(error)}`;
  }
  if (node !== undefined && wrong === undefined) return node;
  node?.dispose();
  return wrong ?? what;
}

function specOf({ geometry, weights, bias }: LinearOp): LinearSpec {
  const { depth, channels, scales } = weights;
  const codes = signedCodes(weights);
  const sums = channelSums(weights);
  return {
    geometry,
    bias,
    weights: { codes, depth, channels, scales, sums, largestAbsSum: largestAbsSum(weights) },
  };
}

/** Real numbers in and out, quantized with each batch's own range. */
class DynamicLinear implements NodeKernel {
  readonly engine = 'tensorflow' as const;
  readonly execution = 'native' as const;
  readonly kernel: string;
  readonly reason: string;
  readonly weightBytes: number;

  constructor(
    private readonly op: LinearOp,
    readonly product: NativeProduct,
  ) {
    this.kernel = product.kernel;
    this.reason = `each batch's own range; ${product.reason}`;
    this.weightBytes = product.bytes;
  }

  run(inputs: readonly Value[]): Result {
    const x = firstOf(inputs).float();
    const tensor = tf.tidy(() => activate(this.product.apply(x), this.op.activation));
    return { kind: 'float', tensor };
  }

  dispose(): void {
    this.product.dispose();
  }
}
