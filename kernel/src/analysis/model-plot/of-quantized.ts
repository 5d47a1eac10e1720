import { encodeNumber } from '../../display/numbers';
import type { PlottedNode } from '../../payloads/graph/schema';
import type { QuantizedModel } from '../../quantization/quantized-model';
import { inputNode } from './of-layers';
import { shapeText } from './shape-text';

/** The layers of a quantized model as they run: what was folded or fused is part of the layer before it. */
export function nodesOfQuantized(model: QuantizedModel): PlottedNode[] {
  const { graph, layers, weightFigures } = model;
  const reports = new Map(layers.map((report) => [report.name, report]));
  const makers = new Map<string, number>();
  const nodes: PlottedNode[] = graph.inputs.map(({ id, shape }, place) => {
    makers.set(id, place);
    return inputNode(id, shapeText(shape));
  });
  const places = new Map<string, number>();
  for (const node of graph.nodes) {
    const [layer = node.id, ...taken] = node.fused;
    const report = reports.get(layer);
    const place = places.get(layer) ?? nodes.length;
    const own = nodes[place];
    const read = node.inputs.flatMap((value) => makers.get(value) ?? []);
    const inputs = [...(own?.inputs ?? []), ...read.filter((from) => from !== place)];
    nodes[place] = {
      name: layer,
      kind: report?.kind ?? node.kind,
      shape: shapeText(graph.values.get(node.output)?.shape),
      format: report?.format ?? '',
      weightBytes: report?.weightBytes ?? 0,
      sqnrDb: noise(layer, weightFigures),
      why: [
        ...(report?.reason ? [report.reason] : []),
        ...(taken.length === 0 ? [] : [`with ${taken.join(', ')}`]),
      ].join('; '),
      inputs: [...new Set(inputs)],
    };
    places.set(layer, place);
    makers.set(node.output, place);
    if (node.op.kind === 'float') {
      for (const output of node.op.furtherOutputs ?? []) makers.set(output, place);
    }
  }
  return nodes;
}

/** Of the noisiest product that a layer became; calls of one layer share its weights. */
function noise(layer: string, figures: QuantizedModel['weightFigures']): PlottedNode['sqnrDb'] {
  const own = layer.replace(/#\d+$/, '');
  const found = figures.filter(({ name }) => name === own || name.startsWith(`${own}:`));
  if (found.length === 0) return null;
  return encodeNumber(Math.min(...found.map(({ sqnrDb }) => sqnrDb)));
}
