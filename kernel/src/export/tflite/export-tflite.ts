import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { withPrecision } from '../../precision/scope';
import { checkWeights } from '../../graph/check-weights';
import { exampleBatches } from '../../models/examples';
import { asLayersModel } from '../../importing/layers-model-of';
import { type FloatModel, isGraphModel } from '../../models/graph-model';
import { checkInputs, type CheckInputs } from './check-inputs';
import { bytesOf, convertJobs, type JobTensor, type TfliteJob } from './converter';
import { describeModel } from './describe-model';
import { findTensorflowPython } from './find-python';
import { settleTflite, type TfliteExportOptions, type TfliteSettings } from './options';
import { summarize, type TfliteSummary } from './summary';
import { tfliteBundle } from './view';

/** A model in TensorFlow Lite's format, and what is in it. */
export class TfliteModel implements Displayable {
  constructor(
    /** The file's content. */
    readonly data: Uint8Array,
    readonly summary: TfliteSummary,
  ) {}

  /** Of the file. */
  get bytes(): number {
    return this.summary.bytes;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return tfliteBundle(this.summary, 'in memory');
  }
}

/**
 * A float model in TensorFlow Lite's format, by TensorFlow's own converter, which runs in Python.
 *
 * The model is rebuilt there from TensorFlow's operators. It is converted only when it then gives
 * what `predict` gives here in fp32, on the rows that `check` says; how far the file is from that is
 * measured in TensorFlow Lite's interpreter, and part of the summary. Rounding to int8 is
 * TensorFlow's: weights symmetric per output channel, activations asymmetric per tensor.
 *
 * @throws HalfnoteError `tflite-missing` without a Python that has TensorFlow, `tflite-unsupported`
 *   that names a layer, `tflite-float-only` for a quantized model, `tflite-mismatch`,
 *   `tflite-failed`, `calibration-missing`, `calibration-empty`, `calibration-mismatch`,
 *   `check-mismatch`, `fp16-overflow`, `not-finite`, `invalid-option`, `disposed`, `interrupted`.
 */
export async function exportTflite(
  given: FloatModel,
  options: TfliteExportOptions = {},
): Promise<TfliteModel> {
  const settings = settleTflite(options);
  const model = isGraphModel(given) ? asLayersModel(given, 'exportTflite') : given;
  const { job, check } = tfliteJob(model, settings);
  const python = await findTensorflowPython(settings.python);
  const [result] = await convertJobs(python, [job]);
  if (result === undefined) throw new Error('there is no result for the only job');
  if (result instanceof HalfnoteError) throw result;
  const { data, report } = result;
  const summary = summarize(
    {
      name: model.name,
      format: settings.format,
      bytes: data.length,
      fp32WeightBytes: job.weights.byteLength,
      measuredOn: check,
    },
    report,
  );
  return new TfliteModel(data, summary);
}

/** What the converter needs, with what the model predicts in fp32. */
export function tfliteJob(
  given: FloatModel,
  settings: TfliteSettings,
): { readonly job: TfliteJob; readonly check: Omit<CheckInputs, 'tensors'> } {
  if (!isGraphModel(given) && !(given instanceof tf.LayersModel)) throw floatOnly(given);
  const model = asLayersModel(given, 'exportTflite');
  const { graph, description, weights } = describeModel(model);
  if (settings.format !== 'fp32') checkWeights(graph);
  if (settings.format === 'fp16') checkRange(weights);
  const { calibrate, format, io, integersOnly, batch } = settings;
  const batches = calibrate === undefined ? [] : exampleBatches(model, calibrate);
  const check = checkInputs(model, graph, settings.check, batches, batch);
  const { rows, source } = check;
  const [inputs, outputs] = predicted(model, check.tensors);
  return {
    job: {
      network: description,
      weights,
      format,
      io,
      integersOnly,
      batch,
      check: { inputs, outputs },
      calibrate: batches.map((one) => one.map(jobTensor)),
    },
    check: { rows, source },
  };
}

/** The rows and what the model predicts for them, in fp32; the rows are disposed of. */
function predicted(
  model: tf.LayersModel,
  rows: readonly Tensor[],
): [inputs: JobTensor[], outputs: JobTensor[]] {
  let results: Tensor[] = [];
  try {
    const x = rows.length === 1 ? (rows[0] as Tensor) : [...rows];
    results = [withPrecision('fp32', () => model.predict(x))].flat();
    return [rows.map(jobTensor), results.map(jobTensor)];
  } finally {
    tf.dispose([...rows, ...results]);
  }
}

function jobTensor(tensor: Tensor): JobTensor {
  const dtype = tensor.dtype === 'int32' ? 'int32' : 'float32';
  const values = tensor.dataSync();
  const plain = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  return { data: bytesOf(plain), shape: tensor.shape, dtype };
}

/** The largest number of fp16. */
const FP16_MAX = 65504;

function checkRange(weights: Float32Array): void {
  const beyond = weights.find((weight) => Math.abs(weight) > FP16_MAX);
  if (beyond === undefined) return;
  throw new HalfnoteError(
    'fp16-overflow',
    `A weight of the model is ${beyond}; fp16 ends at ${FP16_MAX}.`,
    'Export in fp32.',
  );
}

/** JavaScript can hand over anything. */
function floatOnly(model: unknown): HalfnoteError {
  const isQuantized = typeof model === 'object' && model !== null && 'graph' in model;
  return new HalfnoteError(
    isQuantized ? 'tflite-float-only' : 'unsupported-model',
    isQuantized
      ? 'exportTflite takes the float model: TensorFlow Lite rounds by its own rules, and would ' +
          'not keep the codes of a quantized one.'
      : 'exportTflite takes a layers model of tfjs.',
    isQuantized
      ? "Export the model it was made from: exportTflite(model, {format: 'int8', calibrate: x})."
      : undefined,
  );
}
