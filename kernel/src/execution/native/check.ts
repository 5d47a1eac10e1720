import { bitcastHandle, createHandle, deleteHandles, readHandle } from '../../backend/raw';
import { DT } from '../../backend/dtypes';
import { withHandles } from '../../integer/handles';
import { type ConvGeometry, outputChannels, samePadding } from '../../integer/product';
import { randomKey, uniform } from '../../formats/random';
import type { LinearOp } from '../../graph/quantized-graph';
import { codeBounds, multipliers, requantizeSum } from '../arithmetic';
import type { FusedLinear } from './fused-linear';

/**
 * Runs the node's own weights on four inputs and compares with codes from sums made in float64: the
 * extremes of its heaviest channel, where 16-bit sums saturate, with the output's scale widened so
 * that all sums fit it; and noise at the output's own scale. Returns what is wrong, or undefined
 * where all codes are right but for one quantum.
 */
export function checkFused(node: FusedLinear): string | undefined {
  const { op, input: params, output } = node;
  const factors = multipliers(op.weights, params);
  const bounds = codeBounds(op.activation, output);
  // The output's zero point is in the kernel's bias, at the output's own scale.
  const bias = op.bias.map((value) => value + output.zeroPoint * output.scale);
  const shape = imageShape(op);
  const size = shape.reduce((a, b) => a * b, 1);
  const key = randomKey(1);
  const probes: readonly Probe[] = [
    { input: new Uint8Array(size).fill(255), wide: true },
    { input: extremes(op, size, 1), wide: true },
    { input: extremes(op, size, -1), wide: true },
    {
      input: Uint8Array.from({ length: size }, (_, i) => Math.floor(256 * uniform(key, i))),
      wide: false,
    },
  ];
  for (const { input, wide } of probes) {
    const { sums, position } = referenceSums(node, input);
    const results = sums.map((sum, c) => sum * (factors[c] ?? 0) + (bias[c] ?? 0));
    const largest = results.reduce((a, b) => Math.max(a, b), 0);
    const scale = wide ? Math.fround(Math.max(output.scale, largest / 255)) : output.scale;
    const codes = runCodes(node, input, shape, 255 * scale);
    for (let c = 0; c < sums.length; c++) {
      const target = { scale, zeroPoint: 0 };
      const expected = requantizeSum(sums[c] ?? 0, factors[c] ?? 0, bias[c] ?? 0, target, bounds);
      const code = codes[position * sums.length + c] ?? NaN;
      if (!(Math.abs(code - expected) <= 1)) {
        return `the kernel's code is ${code} where ${expected} is right`;
      }
    }
  }
  return undefined;
}

interface Probe {
  readonly input: Uint8Array;
  readonly wide: boolean;
}

/** One row, or one image as large as the window. */
function imageShape({ geometry }: LinearOp): readonly number[] {
  if (geometry.kind === 'dense') return [1, geometry.inputs];
  return [1, ...geometry.kernel.slice(0, 3)];
}

/** 255 where the weights of the channel with the largest ones have the given sign, else 0. */
function extremes({ geometry, weights }: LinearOp, size: number, sign: number): Uint8Array {
  const { codes, channels } = weights;
  const sums = new Float64Array(channels);
  codes.forEach((code, i) => (sums[i % channels] = (sums[i % channels] ?? 0) + Math.abs(code)));
  const heaviest = sums.indexOf(sums.reduce((a, b) => Math.max(a, b), 0));
  const multiplier = geometry.kind === 'depthwise' ? geometry.kernel[3] : 0;
  return Uint8Array.from({ length: size }, (_, i) => {
    const at = multiplier > 0 ? i * multiplier + (heaviest % multiplier) : i * channels + heaviest;
    return Math.sign(codes[at] ?? 0) === sign ? 255 : 0;
  });
}

/** The exact sums of `(q - zeroPoint) * w` at the middle output position, in float64. */
function referenceSums(
  { op, input: params }: FusedLinear,
  input: Uint8Array,
): { readonly sums: Float64Array; readonly position: number } {
  const { geometry, weights } = op;
  const sums = new Float64Array(outputChannels(geometry));
  const { codes, channels } = weights;
  const window = geometry.kind === 'dense' ? undefined : middleWindow(geometry);
  const multiplier = geometry.kind === 'depthwise' ? geometry.kernel[3] : 0;
  for (let i = 0; i < codes.length; i++) {
    const place = multiplier > 0 ? Math.floor(i / multiplier) : Math.floor(i / channels);
    const source = window === undefined ? place : window.sourceOf(place);
    if (source === undefined) continue;
    const channel = i % channels;
    const value = (input[source] ?? 0) - params.zeroPoint;
    sums[channel] = (sums[channel] ?? 0) + value * (codes[i] ?? 0);
  }
  return { sums, position: window?.position ?? 0 };
}

/** Which input element each weight meets at the middle output position; undefined in the padding. */
function middleWindow({ kernel, strides, padding }: ConvGeometry): {
  readonly position: number;
  readonly sourceOf: (place: number) => number | undefined;
} {
  const [height, width, inputs] = kernel;
  const axis = (size: number, stride: number): { at: number; start: number; count: number } => {
    if (padding === 'valid') return { at: 0, start: 0, count: 1 };
    const count = Math.ceil(size / stride);
    const at = Math.floor((count - 1) / 2);
    return { at, start: at * stride - samePadding(size, size, stride)[0], count };
  };
  const rows = axis(height, strides[0]);
  const columns = axis(width, strides[1]);
  return {
    position: rows.at * columns.count + columns.at,
    sourceOf: (place) => {
      const y = Math.floor(place / inputs / width) + rows.start;
      const x = (Math.floor(place / inputs) % width) + columns.start;
      if (y < 0 || x < 0 || y >= height || x >= width) return undefined;
      return (y * width + x) * inputs + (place % inputs);
    },
  };
}

function runCodes(
  node: FusedLinear,
  input: Uint8Array,
  shape: readonly number[],
  top: number,
): Int32Array | Float32Array {
  return withHandles((scope) => {
    const plain = scope.own(createHandle(shape, input));
    const id = scope.own(bitcastHandle(plain, DT.uint8, DT.quint8));
    const codes = node.apply({ id, shape }, scope.float(top));
    try {
      return readHandle(codes.id, DT.quint8);
    } finally {
      deleteHandles(codes.id);
    }
  });
}
