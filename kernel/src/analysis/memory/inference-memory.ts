import { about } from '../../display/variable-name';
import { nameOf } from '../../export/onnx/foreign/attributes';
import { usedBy } from '../../export/onnx/foreign/foreign-graph';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import { countOf } from '../../quantization/onnx/products';
import { elementBytes, type OnnxRun, type OnnxRunOptions, runOnce } from '../onnx/run-once';
import type { NodeMemory } from './inference-result';
import { InferenceMemory } from './inference-view';

/**
 * The memory that inference of an ONNX model holds: all constants, and the most activations that are
 * alive at once where its nodes run in the file's order. A value lives from the node that makes it to the
 * last that takes it; inputs of the model from the beginning, outputs to the end. Sizes are those of one
 * run, each value in memory of its own, in the types that the file has. What a kernel needs for itself,
 * and packs its weights into, is not in it, nor what ONNX Runtime saves by fusing.
 *
 * @throws HalfnoteError as `modelCost` of such a model.
 */
export async function inferenceMemory(
  model: OnnxModel,
  options: OnnxRunOptions = {},
): Promise<InferenceMemory> {
  const run = await runOnce(model, options);
  const nodes = memoryOf(run);
  const weightBytes = nodes.reduce((sum, node) => sum + node.weightBytes, 0);
  const peak = nodes.reduce<NodeMemory | undefined>(
    (most, node) => (most === undefined || node.liveBytes > most.liveBytes ? node : most),
    undefined,
  );
  const peakActivationBytes = peak?.liveBytes ?? 0;
  const memory = new InferenceMemory({
    model: model.source,
    batchSize: run.batchSize,
    nodes,
    weightBytes,
    peakActivationBytes,
    peakNode: peak?.name ?? '',
    peakBytes: weightBytes + peakActivationBytes,
  });
  return about(memory, { model });
}

function memoryOf({ graph, values }: OnnxRun): NodeMemory[] {
  const bytesOf = (name: string): number => {
    const value = values.get(name);
    return value === undefined ? 0 : countOf(value.shape) * elementBytes(value.type);
  };
  const sum = (names: Iterable<string>): number =>
    [...names].reduce((total, name) => total + bytesOf(name), 0);
  const isConstant = (name: string): boolean => values.get(name)?.isConstant === true;
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, i) => {
    for (const name of [...usedBy(node), ...(node.output ?? [])]) lastUse.set(name, i);
  });
  for (const name of graph.outputs) lastUse.set(name, graph.nodes.length);
  const alive = new Set(graph.inputs);
  const seen = new Set<string>();
  return graph.nodes.map((node, i) => {
    const constants = usedBy(node).filter((name) => isConstant(name) && !seen.has(name));
    for (const name of constants) seen.add(name);
    const outputs = (node.output ?? []).filter((name) => name !== '');
    for (const name of outputs) alive.add(name);
    const row = {
      name: nameOf(node),
      kind: node.opType ?? '',
      weightBytes: sum(new Set(constants)),
      outputBytes: sum(outputs),
      liveBytes: sum(alive),
    };
    // What the model is given stays its caller's, to the end.
    for (const name of [...alive]) {
      if ((lastUse.get(name) ?? -1) <= i && !graph.inputs.includes(name)) alive.delete(name);
    }
    return row;
  });
}
