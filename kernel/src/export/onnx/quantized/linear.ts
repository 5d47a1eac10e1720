import type { ConvGeometry } from '../../../integer/product';
import { type HalfFormat, halfProduct } from '../../../graph/half-products';
import { decodeWeights } from '../../../graph/weight-codes';
import type { LinearOp, PadOp } from '../../../graph/quantized-graph';
import { limits } from '../../../formats/limits';
import { paddingAttributes } from '../layers/window';
import { typeCode } from '../proto/attribute';
import { int32Tensor, int8Tensor } from '../proto/tensor';
import type { NodeScope } from '../writer/node-scope';
import { blockedWeights } from './blocked-weights';
import { onnxTypeOf } from './float-weights';
import { fusedActivation } from './fused-activation';
import { biasCodes, hasChannelScales, whyWide } from './integer-sums';
import { castTo, roundedActivations } from './rounded-activations';
import { kernelCodes, kernelValues, widened } from './widened-weights';

/** A product with constant integer weights, in the form that its input and its weights call for. */
export function emitLinear(scope: NodeScope, op: LinearOp, around?: PadOp): void {
  const conv = op.geometry.kind !== 'dense';
  const layout = conv ? 'channels-first' : 'model';
  const isDynamic = op.input === 'dynamic' && hasChannelScales(op) && op.weights.format === 'int8';
  const why = whyWide(op, scope.writer.range(scope.inputId()));
  const isWide = why !== undefined;
  if (isWide) scope.writer.notes.push(`'${scope.id}' is multiplied in fp32: ${why}.`);
  const sum =
    isDynamic && !isWide
      ? dynamicProduct(scope, op, around)
      : floatProduct(scope, op, around, isWide);
  scope.output(activated(scope, sum, op), layout);
}

/**
 * ONNX Runtime makes one float operator of `Gemm` and `Relu` before it looks for integer ones, unless
 * rounding follows; `Max` it leaves alone.
 */
function activated(scope: NodeScope, sum: string, { input, activation }: LinearOp): string {
  const rounded = scope.writer.range(scope.outputId()) !== undefined;
  if (activation === 'relu' && input === 'static' && !rounded) {
    return scope.op('Max', [sum, scope.scalar('zero', 0)]);
  }
  return fusedActivation(scope, sum, activation);
}

/**
 * A float product of dequantized weights: weight-only as it stands, and an integer product where the
 * input and the output are integers too, since runtimes fuse the pairs around it.
 */
function floatProduct(
  scope: NodeScope,
  op: LinearOp,
  around: PadOp | undefined,
  isWide: boolean,
): string {
  const { geometry } = op;
  const conv = geometry.kind !== 'dense';
  const given = scope.input(conv ? 'channels-first' : 'model');
  const x = roundedActivations(scope, given, op, conv);
  if (isWide) {
    const values = op.input === 'dynamic' ? rounded(scope, x) : x;
    return wideProduct(scope, apart(scope, values), op, around);
  }
  const half = halfProduct(op);
  if (half !== undefined) return halfRounded(scope, half, x, op, around);
  if (conv) {
    const inputs = [x, widened(scope, op), biasOf(scope, op)];
    return scope.op('Conv', inputs, convAttributes(scope, geometry, around));
  }
  const blocked = op.input === 'float' ? blockedWeights(scope, x, op) : undefined;
  if (blocked !== undefined) return scope.op('Add', [blocked, biasOf(scope, op)]);
  const weights = widened(scope, op);
  if (scope.inputShape().length === 2) return scope.op('Gemm', [x, weights, biasOf(scope, op)]);
  const factor = op.activations === undefined ? x : apart(scope, x);
  return scope.op('Add', [scope.op('MatMul', [factor, weights]), biasOf(scope, op)]);
}

/** A product whose result is rounded to the format that its factors are in, before the bias. */
function halfRounded(
  scope: NodeScope,
  format: HalfFormat,
  x: string,
  op: LinearOp,
  around: PadOp | undefined,
): string {
  const { geometry, weights, bias } = op;
  const conv = geometry.kind !== 'dense';
  const inputs = [x, widened(scope, op)];
  const product = conv
    ? scope.op('Conv', inputs, convAttributes(scope, geometry, around))
    : scope.op('MatMul', inputs);
  const shape = conv ? [weights.channels, 1, 1] : [weights.channels];
  const type = onnxTypeOf(format, scope.writer.opset) ?? 'float32';
  const result = castTo(scope, product, type, limits(format).max);
  return scope.op('Add', [result, scope.constant('bias', bias, shape)]);
}

/** A product of rounded activations that 32 bits may not hold: of float weights and a float bias. */
function wideProduct(scope: NodeScope, x: string, op: LinearOp, around: PadOp | undefined): string {
  const { geometry, weights, bias } = op;
  const { data, shape } = kernelValues(decodeWeights(weights), geometry);
  const kernel = scope.constant('kernel', data, shape);
  const terms = scope.constant('bias', bias, [weights.channels]);
  if (geometry.kind !== 'dense') {
    return scope.op('Conv', [x, kernel, terms], convAttributes(scope, geometry, around));
  }
  return scope.op('Add', [scope.op('MatMul', [x, kernel]), terms]);
}

/** What 8 bits of the batch's own range hold of a value. */
function rounded(scope: NodeScope, x: string): string {
  return scope.op('DequantizeLinear', [...scope.ops('DynamicQuantizeLinear', [x], 3)]);
}

/**
 * ONNX Runtime makes integers of float weights and biases too where it finds their input dequantized,
 * whether or not they fit, and of FP8 in a `MatMul`, for which it has no kernel; through a `Max` that changes nothing it doesn't look.
 */
function apart(scope: NodeScope, x: string): string {
  return scope.op('Max', [x, scope.scalar('least', -Infinity)]);
}

/** Each batch's own range: `DynamicQuantizeLinear`, an integer product, and both scales on its sum. */
function dynamicProduct(scope: NodeScope, op: LinearOp, around: PadOp | undefined): string {
  const { geometry, weights } = op;
  const conv = geometry.kind !== 'dense';
  const x = scope.input(conv ? 'channels-first' : 'model');
  const [codes = '', scale = '', zeroPoint = ''] = scope.ops('DynamicQuantizeLinear', [x], 3);
  const kernel = kernelCodes(op);
  const constant = scope.typed('kernel', int8Tensor(kernel.data, kernel.shape));
  const inputs = [codes, constant, zeroPoint];
  const sum = conv
    ? scope.op('ConvInteger', inputs, convAttributes(scope, geometry, around))
    : scope.op('MatMulInteger', inputs);
  const spread = conv ? [weights.channels, 1, 1] : [weights.channels];
  const scales = scope.op('Mul', [scale, scope.constant('kernel_scale', weights.scales, spread)]);
  const product = scope.op('Mul', [scope.op('Cast', [sum], { to: typeCode('float32') }), scales]);
  return scope.op('Add', [product, scope.constant('bias', op.bias, spread)]);
}

/** `around`: zeros around the input of a `valid` convolution. */
function convAttributes(scope: NodeScope, geometry: ConvGeometry, around: PadOp | undefined) {
  const [height, width, inputs] = geometry.kernel;
  const window = {
    kernel: [height, width],
    strides: geometry.strides,
    dilations: [1, 1],
    padding: geometry.padding,
  };
  return {
    kernel_shape: window.kernel,
    strides: geometry.strides,
    ...(geometry.kind === 'depthwise' ? { group: inputs } : {}),
    ...(around === undefined
      ? paddingAttributes(window, scope.inputShape().slice(1, -1))
      : { pads: [0, 1].flatMap((end) => [around.rows[end] ?? 0, around.columns[end] ?? 0]) }),
  };
}

/**
 * int32 with the scale of the product's sum where the input is an integer with a fixed range, so that
 * it is added before the sum is rounded; float elsewhere.
 */
function biasOf(scope: NodeScope, op: LinearOp): string {
  const { bias, weights } = op;
  const input = scope.writer.range(scope.inputId());
  const shape = [weights.channels];
  if (op.input !== 'static' || input === undefined || !hasChannelScales(op)) {
    return scope.constant('bias', bias, shape);
  }
  const { codes, scales } = biasCodes(op, input);
  const constant = scope.typed('bias', int32Tensor(Int32Array.from(codes), shape));
  const scale = scope.constant('bias_scale', scales, shape);
  const zeros = scope.typed(
    'bias_zero_point',
    int32Tensor(new Int32Array(weights.channels), shape),
  );
  return scope.op('DequantizeLinear', [constant, scale, zeros], { axis: 0 });
}
