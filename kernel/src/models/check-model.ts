import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { kindOf } from './examples';
import { graphModel, isGraphModel } from './graph-model';

/** A model that quantization made says so by this, to whoever doesn't know its class. */
export const QUANTIZED: unique symbol = Symbol('quantized');

export interface Quantized {
  readonly [QUANTIZED]: true;
  readonly name: string;
}

/** A model that ONNX Runtime runs says so by this, to whoever doesn't know its class. */
export const ONNX_MODEL: unique symbol = Symbol('onnx-model');

function isOnnxModel(model: unknown): model is { readonly source: string } {
  return typeof model === 'object' && model !== null && ONNX_MODEL in model;
}

function isQuantized(model: unknown): model is Quantized {
  return typeof model === 'object' && model !== null && QUANTIZED in model;
}

/** Throws unless `model` is a built layers model; `caller` is the function that was given it. */
export function checkModel(model: unknown, caller: string): asserts model is tf.LayersModel {
  if (isQuantized(model)) {
    throw new HalfnoteError(
      'already-quantized',
      `${caller}() takes the float model; '${model.name}' is already quantized, and has codes for weights.`,
      'Start again from the model that it was made of: quantizing does not change it.',
    );
  }
  if (isOnnxModel(model)) {
    throw new HalfnoteError(
      'unsupported-model',
      `${caller}() takes a model of tfjs; '${model.source}' is an ONNX model, which ONNX Runtime runs as a whole: it has no layers to run or change one by one.`,
      'quantize(), compare(), modelCost(), modelMemory(), explainPrecision(), kvCacheTable() and layerSensitivity() take it, and compareExport() compares it with a model of tfjs.',
    );
  }
  if (!(model instanceof tf.LayersModel)) {
    if (isGraphModel(model)) throw graphModel(`${caller}() was given`);
    throw new HalfnoteError(
      'unsupported-model',
      `${caller}() takes a tf.Sequential or a functional tf.LayersModel, not ${kindOf(model)}.`,
    );
  }
  if (!isBuilt(model)) {
    throw new HalfnoteError(
      'unsupported-model',
      `Model '${model.name}' is not built yet.`,
      'Give its first layer an `inputShape`, or call it once.',
    );
  }
}

/** tfjs never says of a model within another that it is built: its layers tell. */
function isBuilt({ layers }: tf.LayersModel): boolean {
  return (
    layers.length > 0 &&
    layers.every((layer) => (layer instanceof tf.LayersModel ? isBuilt(layer) : layer.built))
  );
}
