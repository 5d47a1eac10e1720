import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { dropIdentities } from './drop-identities';
import { foldBatchNorms } from './fold-batch-norm';
import { foldBiases } from './fold-bias';

/**
 * Puts into the products what can be a part of them: constants that are added, and batch normalizations.
 * @returns the names of batch normalizations that are gone, with that of the product that each is now part of.
 */
export function foldIntoProducts(graph: ForeignGraph): ReadonlyMap<string, string> {
  dropIdentities(graph);
  foldBiases(graph);
  return foldBatchNorms(graph);
}
