import { GraphOp } from '../../layers/graph-op';
import type { ModelGraph } from '../../models/model-graph';
import { attentionPatterns, type FoundAttention } from './attention-pattern';

/** Attention that a layers model writes out in products, as one that was a GraphModel does. */
export function attentionOfLayers({ nodes, values }: ModelGraph): FoundAttention[] {
  return attentionPatterns({
    batch: null,
    shapeOf: (value) => values.get(value)?.shape,
    nodes: nodes.map(({ id, layer, inputs, outputs }) => ({
      name: id,
      op: opOf(layer),
      inputs,
      outputs,
    })),
  });
}

function opOf(layer: ModelGraph['nodes'][number]['layer']): string {
  if (layer instanceof GraphOp) return layer.definition.op;
  const { activation } = layer.getConfig();
  return layer.getClassName() === 'Activation' && activation === 'softmax'
    ? 'Softmax'
    : layer.getClassName();
}
