import * as tf from '@tensorflow/tfjs';
import { decodeBlocks, encodeBlocks, type BlockFormatId } from '../../../formats/blocks';
import { limits } from '../../../formats/limits';
import { FORMATS, type FormatId } from '../../../formats/table';
import { withPrecision } from '../../../precision/scope';
import { symmetricScale } from '../../../integer/affine';
import { channelCount } from '../../../schemes/channels';
import { dequantizeLinear, quantizeLinear } from '../../../schemes/linear-codes';
import { cloneModel } from '../../../models/walk';
import { predict, type Candidate, type Source } from './candidate';

type Rounding = { readonly element: FormatId } | { readonly blocks: BlockFormatId };

interface RoundedWeight {
  readonly values: Float32Array<ArrayBuffer>;
  /** Of codes and scales. */
  readonly bytes: number;
}

/**
 * Weights of two axes and more rounded to a format: with one float32 scale per output channel, or in
 * the format's own blocks along a channel. Products run in fp32.
 */
export async function roundedCandidate(
  { format, model, facts }: Source,
  rounding: Rounding,
): Promise<Candidate> {
  const clone = await cloneModel(model);
  let weightBytes = 0;
  for (const weight of clone.weights) {
    const tensor = weight.read();
    if (weight.shape.length < 2 || weight.dtype !== 'float32') {
      weightBytes += 4 * tensor.size;
      continue;
    }
    const channels = channelCount(weight.originalName, tensor.shape);
    const { values, bytes } = rounded(tensor.dataSync<'float32'>(), channels, rounding);
    weightBytes += bytes;
    const low = tf.tensor(values, tensor.shape);
    weight.write(low);
    low.dispose();
  }
  return {
    format,
    execution: 'simulated',
    engine: facts.formats.fp32.engine,
    runtime: 'layers',
    note: `Only weights are in the format, ${scaleText(rounding)}; they are widened, and products run in fp32.`,
    weightBytes,
    run: (x) => withPrecision('fp32', () => predict(clone, x)),
    dispose() {
      for (const weight of clone.weights) weight.dispose();
    },
  };
}

function scaleText(rounding: Rounding): string {
  return 'blocks' in rounding ? 'in blocks with a scale each' : 'with one scale per output channel';
}

function rounded(matrix: Float32Array, channels: number, rounding: Rounding): RoundedWeight {
  return 'blocks' in rounding
    ? inBlocks(matrix, channels, rounding.blocks)
    : byChannel(matrix, channels, rounding.element);
}

function byChannel(matrix: Float32Array, channels: number, element: FormatId): RoundedWeight {
  const { max, min } = limits(element);
  const scale = new Float32Array(channels);
  matrix.forEach((x, i) => {
    const channel = i % channels;
    scale[channel] = Math.max(scale[channel] ?? 0, Math.abs(x));
  });
  scale.forEach((absmax, c) => (scale[c] = symmetricScale(absmax, { min, max })));
  const options = {
    shape: [matrix.length / channels, channels],
    granularity: { kind: 'axis', axis: 1 },
  } as const;
  const codes = quantizeLinear(matrix, element, { scale }, options);
  const bits = matrix.length * FORMATS[element].bits;
  return {
    values: dequantizeLinear(codes, element, { scale }, options),
    bytes: Math.ceil(bits / 8) + scale.byteLength,
  };
}

/** Blocks run along the depth of one channel: the numbers that are summed share a scale. */
function inBlocks(matrix: Float32Array, channels: number, format: BlockFormatId): RoundedWeight {
  const depth = matrix.length / channels;
  const values = new Float32Array(matrix.length);
  const column = new Float32Array(depth);
  let bytes = 0;
  for (let c = 0; c < channels; c++) {
    for (let d = 0; d < depth; d++) column[d] = matrix[d * channels + c] ?? 0;
    const blocks = encodeBlocks(format, column);
    const bits = depth * FORMATS[blocks.format.element].bits;
    bytes += Math.ceil(bits / 8) + blocks.scales.byteLength;
    decodeBlocks(blocks).forEach((x, d) => (values[d * channels + c] = x));
  }
  return { values, bytes };
}
