import type * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../../../backend/load';
import { checkData } from '../../../models/data';
import { fingerprint } from '../../../models/fingerprint';
import { rowsAtOnce } from '../../../models/rows-at-once';
import { createCandidate } from '../candidates/table';
import { specificFormat } from '../compare-formats';
import { engineBaseline } from '../engine-baseline';
import type { CompareOptions } from '../options';
import type { Subject } from './subject';

/** A model of tfjs. */
export async function layersSubject(
  model: tf.LayersModel,
  { data: given, calibrate }: Pick<CompareOptions, 'data' | 'calibrate'>,
): Promise<Subject> {
  const data = checkData(model, given);
  const facts = await ensureBackend();
  const wanted = { model, facts, calibrate };
  return {
    name: model.name,
    parameters: model.countParams(),
    data,
    outputShape: model.outputs[0]?.shape ?? [],
    loss: model.loss,
    engine: `${facts.engine} ${facts.engineVersion}`,
    facts,
    notes: [fingerprint(model, data)],
    batchRows: (rows) => Math.min(rows, rowsAtOnce(model.inputs, model.layers)),
    specific: (format) => specificFormat(format, calibrate !== undefined),
    create: (format) => createCandidate(format, wanted),
    engineBaseline: (candidates) => engineBaseline(candidates, wanted),
  };
}
