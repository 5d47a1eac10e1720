/** ONNX's element types as our formats. */
const FORMATS = {
  FLOAT: 'fp32',
  FLOAT16: 'fp16',
  BFLOAT16: 'bf16',
  FLOAT8E4M3FN: 'e4m3',
  FLOAT8E4M3FNUZ: 'e4m3fnuz',
  FLOAT8E5M2: 'e5m2',
  FLOAT8E5M2FNUZ: 'e5m2fnuz',
  FLOAT8E8M0: 'e8m0',
  FLOAT4E2M1: 'e2m1',
  INT32: 'int32',
  INT16: 'int16',
  UINT16: 'uint16',
  INT8: 'int8',
  UINT8: 'uint8',
  INT4: 'int4',
  UINT4: 'uint4',
  INT2: 'int2',
  UINT2: 'uint2',
};

/**
 * A case's tensor: its format, its codes, and the numbers they stand for. Doubles have no codes: no
 * format of ours is as wide.
 * @param {typeof import('../../../kernel/dist/index.js')} halfnote
 */
export function readTensor(halfnote, { type, shape, bytes }) {
  const raw = Uint8Array.from(Buffer.from(bytes, 'base64'));
  const count = shape.reduce((a, b) => a * b, 1);
  if (type === 'DOUBLE') return { type, shape, values: [...new Float64Array(raw.buffer)] };
  const format = FORMATS[type];
  if (format === undefined) throw new Error(`no format for ONNX's ${type}`);
  const { bits } = halfnote.FORMATS[format];
  const codes =
    bits < 8
      ? halfnote.unpackCodes(raw, bits, count)
      : bits === 8
        ? raw
        : bits === 16
          ? new Uint16Array(raw.buffer)
          : new Uint32Array(raw.buffer);
  return { type, format, shape, codes, values: [...halfnote.decodeArray(format, codes)] };
}

/** ONNX's images `[batch, channels, height, width]` and kernels `[out, in, ...]`, channels last. */
export const toChannelsLast = (tensor) => permute(tensor, [0, 2, 3, 1]);
export const toKernel = (tensor) => permute(tensor, [2, 3, 1, 0]);
export const toChannelsFirst = (tensor) => permute(tensor, [0, 3, 1, 2]);

function permute({ codes, shape, ...rest }, axes) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const permuted = axes.map((axis) => shape[axis]);
  const moved = codes.slice();
  moved.forEach((_, to) => {
    let left = to;
    let from = 0;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += (left % permuted[axis]) * strides[axes[axis]];
      left = Math.floor(left / permuted[axis]);
    }
    moved[to] = codes[from];
  });
  return { ...rest, codes: moved, shape: permuted };
}
