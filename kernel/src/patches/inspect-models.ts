import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { staticBundle } from '../display/fallback';
import { JUPYTER_DISPLAY, type MimeBundle } from '../host';
import { graphModelText, layerText, modelSummary } from '../models/summary';
import { replaceProperty } from './methods';
import type { Patch } from './patch';

function adds<T>(
  target: string,
  prototype: () => T & object,
  key: symbol,
  why: string,
  method: (this: T) => unknown,
): Patch {
  return {
    target: `${target}.prototype`,
    member: key.description ?? '',
    adds: true,
    why,
    isThere: () => Object.hasOwn(prototype(), key),
    install: () => replaceProperty(prototype(), key, method),
  };
}

/** A model as a cell's value, or printed, is its summary; a layer is a line. */
export const modelInspection: readonly Patch[] = [
  adds(
    'Layer',
    () => tf.layers.Layer.prototype,
    inspect.custom,
    'console.log prints what a layer is, not the graph that it hangs in.',
    function (): string {
      return layerText(this);
    },
  ),
  adds(
    'LayersModel',
    () => tf.LayersModel.prototype,
    inspect.custom,
    "console.log prints a model's summary.",
    function (): string {
      return modelSummary(this).text;
    },
  ),
  adds(
    'LayersModel',
    () => tf.LayersModel.prototype,
    JUPYTER_DISPLAY,
    'A model that is the value of a cell shows its summary.',
    function (): MimeBundle {
      return staticBundle(modelSummary(this));
    },
  ),
  adds(
    'GraphModel',
    () => tf.GraphModel.prototype,
    inspect.custom,
    "console.log prints what a model takes and gives, not its nodes and weights' values.",
    function (): string {
      return graphModelText(this);
    },
  ),
];
