import { packCodes } from '../../../formats/packing';
import type { WeightCodes } from '../../../graph/quantized-graph';
import { blockSizeOf } from '../int4/block-size';
import { uint8Tensor } from '../proto/tensor';
import { inBlocks } from '../quantized/blocked-weights';
import type { NodeScope } from '../writer/node-scope';

/** The largest blocks are the fastest; of grouped weights, those that divide a group. */
const BLOCK_SIZES = [128, 64, 32, 16];
const LEAST_BLOCK = 16;

/** Constants of a file: codes of 4 bits or 8 in blocks along the depth, each with its scale. */
export interface Packed {
  /** uint8 [channels, blocks, block * bits / 8], the first code of a byte in its lowest bits. */
  readonly codes: string;
  /** [channels, blocks]. */
  readonly scales: string;
  readonly bits: 4 | 8;
  readonly block: number;
  readonly blocks: number;
}

/** Inputs that share a scale: where a channel has one, it is repeated. Undefined for other formats. */
export function packedBlock(weights: WeightCodes): number | undefined {
  const isNarrow = blockSizeOf(weights) !== undefined;
  if (!isNarrow && weights.format !== 'int8') return undefined;
  const { groupSize, depth } = weights;
  if (groupSize >= depth) return BLOCK_SIZES.find((size) => depth % size === 0) ?? LEAST_BLOCK;
  return BLOCK_SIZES.find((size) => groupSize % size === 0);
}

/** Writes codes once, whatever number of nodes reads them: a table of embeddings may be a product's too. */
export class PackedCodes {
  readonly #known = new Map<WeightCodes, Packed>();

  /** @param block A {@link packedBlock} of the weights. */
  of(scope: NodeScope, weights: WeightCodes, block: number): Packed {
    const known = this.#known.get(weights);
    if (known !== undefined) return known;
    const bits = weights.format === 'int8' ? 8 : 4;
    const blocks = Math.ceil(weights.depth / block);
    const { codes, scales } = inBlocks(weights, block, 2 ** (bits - 1));
    const bytes = bits === 8 ? codes : packCodes(codes, 4);
    const made: Packed = {
      codes: scope.typed(
        'kernel',
        uint8Tensor(bytes, [weights.channels, blocks, (block * bits) / 8]),
      ),
      scales: scope.constant('kernel_scales', scales, [weights.channels, blocks]),
      bits,
      block,
      blocks,
    };
    this.#known.set(weights, made);
    return made;
  }
}
