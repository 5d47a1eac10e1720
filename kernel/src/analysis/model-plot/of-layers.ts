import type * as tf from '@tensorflow/tfjs';
import { floatLayers } from '../../quantization/report';
import { modelGraph } from '../../models/model-graph';
import type { PlottedNode } from '../../payloads/graph/schema';
import { shapeText } from './shape-text';

/** The calls of a layers model's layers, its inputs first. */
export function nodesOfLayers(model: tf.LayersModel): PlottedNode[] {
  const graph = modelGraph(model);
  const bytes = new Map(floatLayers(graph).map(({ id, weightBytes }) => [id, weightBytes]));
  const makers = new Map<string, number>();
  const inputs = graph.inputs.map(({ id, shape }, place) => {
    makers.set(id, place);
    return inputNode(id, shapeText(shape));
  });
  const calls = graph.nodes.map((node, i): PlottedNode => {
    const { id, layer, outputs } = node;
    for (const output of outputs) makers.set(output, graph.inputs.length + i);
    const weightBytes = bytes.get(id) ?? 0;
    return {
      name: id,
      kind: layer.getClassName(),
      shape: shapeText(graph.values.get(outputs[0] ?? '')?.shape),
      format: weightBytes === 0 ? '' : 'fp32',
      weightBytes,
      sqnrDb: null,
      why: '',
      inputs: node.inputs.flatMap((value) => makers.get(value) ?? []),
    };
  });
  return [...inputs, ...calls];
}

/** What a model is given. */
export function inputNode(name: string, shape: string): PlottedNode {
  const nothing = { format: '', weightBytes: 0, sqnrDb: null, why: '', inputs: [] };
  return { name, kind: 'Input', shape, ...nothing };
}
