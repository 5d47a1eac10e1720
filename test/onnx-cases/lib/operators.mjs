import { toChannelsFirst, toChannelsLast, toKernel } from './tensors.mjs';

/**
 * What computes each operator: calls of the public library, with names and layouts translated.
 * Given the library, the inputs, the attributes, the outputs' types, and how integer products are to
 * run, they return the outputs as `{codes}` or, of doubles, `{values}`.
 */
export const OPERATORS = {
  Cast: (halfnote, [x], attributes, [to]) => [cast(halfnote, x, to, attributes)],
  CastLike: (halfnote, [x], attributes, [to]) => [cast(halfnote, x, to, attributes)],

  QuantizeLinear(halfnote, [x, scale, zero], attributes, [to]) {
    const options = { ...grouping(x, scale, attributes), saturate: attributes.saturate !== 0 };
    return [{ codes: halfnote.quantizeLinear(x.values, to.format, given(scale, zero), options) }];
  },

  DequantizeLinear(halfnote, [q, scale, zero], attributes, [to]) {
    const options = grouping(q, scale, attributes);
    const values = halfnote.dequantizeLinear(q.codes, q.format, given(scale, zero), options);
    return [{ codes: halfnote.encodeArray(to.format, values) }];
  },

  DynamicQuantizeLinear(halfnote, [x], _attributes, [to]) {
    const scheme = { kind: 'affine', bits: 8, symmetric: false };
    const quantized = halfnote.quantizeTensor(x.values, scheme, { shape: x.shape });
    const [{ scale, zeroPoint }] = quantized.parameters;
    const integers = (list) => ({
      codes: halfnote.encodeArray(to.format, Float32Array.from(list)),
    });
    return [
      integers(quantized.codes),
      { codes: halfnote.encodeArray('fp32', Float32Array.of(scale)) },
      integers([zeroPoint]),
    ];
  },

  async MatMulInteger(halfnote, [a, b, zeroA, zeroB], _attributes, _outputs, execution) {
    const product = halfnote.integerMatMul(withZero(a, zeroA), withZero(b, zeroB), { execution });
    return [{ codes: new Uint32Array((await product).sums.buffer) }];
  },

  async ConvInteger(halfnote, [x, w, zeroX, zeroW], attributes, _outputs, execution) {
    const { sums, shape } = await halfnote.integerConv2d(
      withZero(toChannelsLast(x), zeroX),
      withZero(toKernel(w), zeroW),
      { ...convolution(attributes), execution },
    );
    return [toChannelsFirst({ codes: new Uint32Array(sums.buffer), shape })];
  },

  async QLinearMatMul(halfnote, inputs, _attributes, [to], execution) {
    const [a, scaleA, zeroA, b, scaleB, zeroB, scaleY, zeroY] = inputs;
    const product = await halfnote.quantizedMatMul(
      scaled(a, scaleA, zeroA),
      scaled(b, scaleB, zeroB),
      { format: to.format, scale: scaleY.values[0], zeroPoint: zeroY.values[0] },
      { execution },
    );
    return [product];
  },

  async QLinearConv(halfnote, inputs, attributes, [to], execution) {
    const [x, scaleX, zeroX, w, scaleW, zeroW, scaleY, zeroY] = inputs;
    const product = await halfnote.quantizedConv2d(
      scaled(toChannelsLast(x), scaleX, zeroX),
      scaled(toKernel(w), scaleW, zeroW),
      { format: to.format, scale: scaleY.values[0], zeroPoint: zeroY.values[0] },
      { ...convolution(attributes), execution },
    );
    return [toChannelsFirst(product)];
  },
};

/** Operators whose products can run natively and simulated. */
export const PRODUCTS = ['MatMulInteger', 'ConvInteger', 'QLinearMatMul', 'QLinearConv'];

/** ONNX casts saturate FP8 unless told not to, wrap integers around, and drop a float's fraction. */
function cast(halfnote, { values }, to, { saturate = 1, round_mode: rounding }) {
  if (to.format === undefined) return { values };
  const { kind, bits } = halfnote.FORMATS[to.format];
  const options =
    kind === 'integer'
      ? { rounding: 'toward-zero', wrap: true }
      : { saturate: bits <= 8 && saturate === 1, ...(rounding === undefined ? {} : { rounding }) };
  return { codes: values.map((x) => halfnote.encode(to.format, x, options)) };
}

/**
 * Where ONNX's text of Cast leaves the result undefined: a float out of an integer's range, and what
 * isn't positive in E8M0. The cases hold what NumPy's types happened to make of it, which differs by
 * their version.
 * @returns {Set<number>} indexes into the outputs
 */
export function undefinedOf(halfnote, operator, [x], [to]) {
  const isInteger = (format) => format !== undefined && halfnote.FORMATS[format].kind === 'integer';
  if (!operator.startsWith('Cast') || isInteger(x.format)) return new Set();
  const { min, max } = to.format === undefined ? {} : halfnote.limits(to.format);
  const isUndefined = isInteger(to.format)
    ? (value) => !(Math.trunc(value) >= min && Math.trunc(value) <= max)
    : (value) => to.format === 'e8m0' && (value < 0 || Object.is(value, -0));
  return new Set([...x.values.keys()].filter((i) => isUndefined(x.values[i])));
}

function grouping({ shape }, scale, { axis = 1, block_size: size = 0 }) {
  if (size > 0) return { shape, granularity: { kind: 'group', axis, size } };
  if (scale.codes.length === 1) return { shape };
  return { shape, granularity: { kind: 'axis', axis } };
}

const given = (scale, zero) => ({
  scale: scale.values,
  ...(zero === undefined ? {} : { zeroPoint: zero.values }),
});

const withZero = (tensor, zero) => ({
  ...tensor,
  ...(zero === undefined ? {} : { zeroPoint: zero.values }),
});

const scaled = (tensor, scale, zero) => ({ ...withZero(tensor, zero), scale: scale.values });

function convolution({ pads = [0, 0, 0, 0], strides = [1, 1] }) {
  const [top, left, bottom, right] = pads;
  return {
    strides,
    padding: [
      [top, bottom],
      [left, right],
    ],
  };
}
