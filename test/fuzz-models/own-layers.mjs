/** Our layers by the names of their functions, without anything else of ours. */
import { join } from 'node:path';

const FILES = {
  multiHeadAttention: 'multi-head-attention',
  groupNormalization: 'group-normalization',
  positionEmbedding: 'position-embedding',
};

export function ownLayers(require, root) {
  return Object.fromEntries(
    Object.entries(FILES).map(([name, file]) => [
      name,
      require(join(root, 'kernel/dist/layers', `${file}.js`))[name],
    ]),
  );
}
