import * as tf from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { firstLine, HalfnoteError } from '../../errors';
import { percent } from '../../display/units';
import { isInterrupt } from '../../host';
import { layersOf } from '../../models/inner-layers';
import { modelGraph } from '../../models/model-graph';
import { withPrecision } from '../../precision/scope';
import { edgePredictions, valuesOf } from '../edge-predictions';
import { isBeyond, wordsOf } from '../edge-rows';
import { rowDifference } from '../row-difference';
import { modelOf } from './load-tfjs';
import type { ModelJson } from './model-files';
import type { TfjsWeights, WeightSpec } from './weight-spec';

/** How far what is loaded may be from the model: narrower weights are what was asked for. */
const TOLERANCES: Partial<Record<TfjsWeights, number>> = { float32: 1e-4, float16: 0.05 };
/** From here on a difference is worth a word. */
const NOTED = 0.05;

/**
 * Loads what is to be written, and runs it beside the model on rows at the edges of what its layers take.
 * @returns What needs to be known, as sentences.
 * @throws HalfnoteError `export-mismatch` where float weights give something else.
 */
export async function compareFiles(
  model: tf.LayersModel,
  json: Omit<ModelJson, 'weightsManifest'>,
  specs: readonly WeightSpec[],
  data: Uint8Array,
  weights: TfjsWeights,
): Promise<readonly string[]> {
  // Predicting would change them, and what is loaded starts without.
  const stateful = layersOf(model).find(({ layer }) => layer.stateful);
  if (stateful !== undefined)
    return [`The files were not compared: '${stateful.path}' keeps states.`];
  const graph = modelGraph(model);
  const predicted = (source: tf.LayersModel, inputs: readonly tf.Tensor[]): tf.Tensor[] => {
    const predict = (): tf.Tensor[] => [source.predict([...inputs])].flat();
    return hasNativeBackend() ? withPrecision('fp32', predict) : predict();
  };
  const expected = edgePredictions(
    graph.inputs,
    (id) => ({ words: wordsOf(graph.nodes, id) }),
    (inputs) => predicted(model, inputs),
  );
  if (typeof expected === 'string') return [`The files were not compared: ${expected}.`];
  const { rows, outputs } = expected;
  let loaded: tf.LayersModel;
  try {
    const manifest = [{ paths: [], weights: specs }];
    loaded = await modelOf({ ...json, weightsManifest: manifest }, data, '');
  } catch (error) {
    // A layer of the user's own that isn't registered can be saved, and loaded where it is.
    tf.dispose([...rows.tensors]);
    if (isInterrupt(error)) throw error;
    return [`The files were not compared: ${firstLine(error)}`];
  }
  try {
    const actual = valuesOf(predicted(loaded, rows.tensors));
    const tolerance = TOLERANCES[weights];
    for (const [i, output] of outputs.entries()) {
      const found = rowDifference(output, actual[i]?.data ?? [], rows.names, tolerance ?? NOTED);
      if (found === undefined || isBeyond(found.row)) continue;
      const name = model.outputNames[i] ?? String(i);
      const text = `'${name}' is ${found.actual} with ${weights} weights where the model gives ${found.expected}, from ${found.row}`;
      const again = valuesOf(predicted(model, rows.tensors))[i]?.data ?? [];
      if (rowDifference(output, again, rows.names, (tolerance ?? NOTED) / 10) !== undefined) {
        return [`The files were not compared: the model gives '${name}' anew each time.`];
      }
      if (tolerance === undefined) return [`More than ${percent(NOTED)} off: ${text}.`];
      throw new HalfnoteError(
        'export-mismatch',
        `${text}. Nothing was written.`,
        weights === 'float32' ? undefined : "Save with weights: 'float32'.",
      );
    }
    return [];
  } finally {
    tf.dispose([...rows.tensors]);
    loaded.dispose();
  }
}
