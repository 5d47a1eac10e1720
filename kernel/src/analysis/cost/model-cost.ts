import { ensureBackend } from '../../backend/load';
import { about } from '../../display/variable-name';
import { HalfnoteError } from '../../errors';
import { type ByKind, OnnxModel } from '../../export/onnx/onnx-model';
import { asLayersModel } from '../../importing/layers-model-of';
import { quickFingerprint } from '../../models/fingerprint';
import type { FloatModel } from '../../models/graph-model';
import { modelGraph, type ModelGraph } from '../../models/model-graph';
import { walkLayers } from '../../models/walk';
import { countOperations } from './count-operations';
import { checkCostFormat, widthBytes, type CostFormat } from './formats';
import { NO_OPERATIONS } from './forward-trace';
import { checkBatchSize } from './batch-size';
import { intensity, layerCost } from './layer-cost';
import { onnxCost, type OnnxCostOptions } from './onnx-cost';
import type { OnnxCost } from './onnx-view';
import type { LayerCost, ModelCostResult } from './result';
import { ModelCost } from './view';

export interface ModelCostOptions {
  /** Samples in a batch. Default 1, or the batch that the model is built for. */
  readonly batchSize?: number;
  /** Of weights and activations, for the bytes moved. Default fp32. */
  readonly format?: CostFormat;
}

/**
 * Parameters, operations and traffic of a model by layer, forward and in training.
 *
 * The model runs forward on zeros, and what each product multiplies is counted, so that any layer is:
 * nested, wrapped, shared or a user's own. Only products count as FLOPs, as in PyTorch's `FlopCounterMode`:
 * matrix products `2 M N K`, convolutions `2 x output elements x kernel volume x input channels / groups`
 * (transposed: input elements x output channels), attention `4 n^2 d` a head for its two products, and its
 * projections, recurrent layers their products in each step, a look-up 0. Training adds a product of the
 * same size for the gradient of each factor that depends on a trained weight; what the model is given has
 * no gradient, so that a first layer takes twice, not three times, its forward pass. Bytes are the least
 * that inference moves: weights once a call (of a table, the rows that are looked up), inputs and outputs
 * once.
 *
 * @throws HalfnoteError `unsupported-model`, `invalid-batch-size`, `unknown-format`, `unknown-shape`.
 */
export function modelCost<M extends FloatModel | OnnxModel>(
  model: M,
  options?: ByKind<M, ModelCostOptions, OnnxCostOptions>,
): Promise<ByKind<M, ModelCost, OnnxCost>>;
export async function modelCost(
  model: FloatModel | OnnxModel,
  options: ModelCostOptions | OnnxCostOptions = {},
): Promise<ModelCost | OnnxCost> {
  if (model instanceof OnnxModel) return onnxCost(model, options);
  if ((options as OnnxCostOptions).data !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      'modelCost() takes data for an ONNX model only: a model of tfjs runs on zeros.',
      'Leave data out.',
    );
  }
  const cost = await costOf(model, options, 'modelCost');
  const fingerprint = quickFingerprint(asLayersModel(model, 'modelCost'));
  return about(new ModelCost({ ...cost, fingerprint }), { model });
}

/** The same as data; `caller` is the function that was given the model. */
export async function costOf(
  source: FloatModel,
  { batchSize, format = 'fp32' }: ModelCostOptions,
  caller: string,
): Promise<ModelCostResult> {
  const model = asLayersModel(source, caller);
  checkCostFormat(format);
  const graph = modelGraph(model);
  checkShapes(graph);
  const fixed = graph.inputs[0]?.shape[0] ?? null;
  const size = { batchSize: checkBatchSize(batchSize ?? fixed ?? 1), width: widthBytes(format) };
  await ensureBackend();
  const counts = await countOperations(model, size.batchSize, fixed);
  const layers = walkLayers(model).map((found, i) =>
    layerCost(found, graph, counts[i] ?? NO_OPERATIONS, size),
  );
  const sum = (pick: (row: LayerCost) => number): number =>
    layers.reduce((total, row) => total + pick(row), 0);
  const forwardFlops = sum((row) => row.forwardFlops);
  const traffic = {
    weightBytes: sum((row) => row.weightBytes),
    activationBytes: sum((row) => row.activationBytes),
  };
  return {
    model: model.name,
    batchSize: size.batchSize,
    format,
    layers,
    parameters: model.countParams(),
    forwardFlops,
    trainingFlops: sum((row) => row.trainingFlops),
    elementwiseOps: sum((row) => row.elementwiseOps),
    ...traffic,
    intensityFlopPerByte: intensity(forwardFlops, traffic),
  };
}

function checkShapes({ inputs }: ModelGraph): void {
  for (const { id, shape } of inputs) {
    if (!shape.slice(1).includes(null)) continue;
    throw new HalfnoteError(
      'unknown-shape',
      `The input ${id} of the model has the shape [${shape.map((size) => size ?? '?').join(', ')}]; only the batch may be open.`,
      'Build the model with a fixed inputShape to know its cost.',
    );
  }
}
