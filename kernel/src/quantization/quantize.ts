import type { Tensor } from '@tensorflow/tfjs';
import { runGraph } from '../execution/run-graph';
import { type ByKind, OnnxModel } from '../export/onnx/onnx-model';
import type { ReadModel } from '../graph/read-model';
import { asLayersModel } from '../importing/layers-model-of';
import type { Calibration } from '../models/examples';
import { quickFingerprint } from '../models/fingerprint';
import type { FloatModel } from '../models/graph-model';
import type { OnnxQuantizeOptions } from './onnx/options';
import { quantizeOnnx } from './onnx/quantize-onnx';
import type { QuantizedOnnxModel } from './onnx/quantized-onnx-model';
import type { QuantizeOptions } from './options';
import { quantizeGraph } from './quantize-graph';
import { QuantizedModel } from './quantized-model';
import { figuresOfNodes } from './weights/rounded-layers';
import type { WeightFigures } from './weights/weight-figures';

/**
 * A quantized copy of `model`: dense, convolution (2-D, depthwise, separable, along a line) and what
 * lies between them. The model itself is not changed. A GraphModel is taken as `layersModelOf`
 * gives it, what `loadOnnx` gave as {@link quantizeOnnx} has it.
 *
 * - Batch normalization is folded into the product before it, ReLU and ReLU6 are fused; pools, sums,
 *   joins, moves, zero padding and normalizations of their own stay in integers between products where
 *   `static` ranges allow. All else stays in float and is named in the result's `layers`.
 * - `weights`: `int8` (symmetric, per output channel), or weight-only: fewer bits, powers of two
 *   (`log4`), places in a codebook (`codebook4`). `layers`, `include` and `exclude` choose by name, path
 *   or pattern.
 * - `mode`: `dynamic` takes the activations' range (uint8, asymmetric, per tensor) from each batch,
 *   `static` from `calibrate`, `weight-only` keeps activations in float. Default: `static` with
 *   `calibrate`, else `dynamic`; `weight-only` below 8 bits.
 * - `repair`: cross-layer equalization, AWQ or SmoothQuant before rounding, AdaRound or GPTQ in its place,
 *   bias correction after.
 *
 * @throws HalfnoteError `unsupported-model`, `unknown-...` (names of options and layers),
 *   `unsupported-mode`, `invalid-option`, `not-quantizable`, `invalid-group`, `not-finite` (weights),
 *   `calibration-missing`, `calibration-empty`, `calibration-mismatch`, `calibration-unused`,
 *   `calibration-not-finite`; of a GraphModel what `layersModelOf` throws.
 */
export function quantize<M extends FloatModel | OnnxModel>(
  model: M,
  options?: ByKind<M, QuantizeOptions, OnnxQuantizeOptions>,
): Promise<ByKind<M, QuantizedModel, QuantizedOnnxModel>>;
export async function quantize(
  model: FloatModel | OnnxModel,
  options: QuantizeOptions | OnnxQuantizeOptions = {},
): Promise<QuantizedModel | QuantizedOnnxModel> {
  if (model instanceof OnnxModel) return quantizeOnnx(model, options as OnnxQuantizeOptions);
  const source = asLayersModel(model, 'quantize');
  return quantizeRead(source, options as QuantizeOptions, undefined, () =>
    quickFingerprint(source, examplesOf((options as QuantizeOptions).calibrate)),
  );
}

function examplesOf(calibrate: Calibration | undefined): readonly Tensor[] {
  return calibrate === undefined ? [] : [calibrate].flat(2);
}

/**
 * As {@link quantize}, of a model that was read already.
 * @param identify Says which bytes it was made of, where somebody will ask.
 */
export async function quantizeRead(
  model: FloatModel,
  options: QuantizeOptions,
  read?: ReadModel,
  identify?: () => string | undefined,
): Promise<QuantizedModel> {
  let weightFigures: readonly WeightFigures[] = [];
  const made = await quantizeGraph(model, options, read, (before, after, rangeOf) => {
    weightFigures = figuresOfNodes(before.nodes, after.nodes, rangeOf);
  });
  const { graph, source, settings, repair, notes } = made;
  const runner = await runGraph(graph, { engine: settings.engine });
  return new QuantizedModel({
    mode: settings.mode,
    graph,
    runner,
    source,
    repair,
    notes,
    fingerprint: identify?.(),
    weightFigures,
  });
}
