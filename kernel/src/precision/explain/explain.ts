import * as tf from '@tensorflow/tfjs';
import { stepsInWords } from '../../backend/deferred/steps';
import { hasNativeBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import { type FloatModel, isGraphModel } from '../../models/graph-model';
import { USES } from '../../formats/uses';
import { withoutRecording } from '../ranges/recorder';
import { ensureFacts, regime } from '../session';
import { census } from './census';
import { passOf, type PassData } from './pass';
import { proposeKeep, proposeLossScale, type KeepProposal } from './proposals';
import { measuredRanges } from './ranges';
import { reasonFor } from './reasons';
import { PrecisionExplanation } from './explanation';

export interface ExplainOptions {
  /** A batch: inputs, and for the compiled loss the expected outputs. */
  readonly data: PassData;
}

/**
 * Explains what the policy in force does to a model: runs forward and backward on a batch, without an
 * update, and tells for each op of each layer in which format it ran and why, what was cast and how long
 * that took. Proposes layers to keep in fp32 from measured ranges.
 *
 * @throws HalfnoteError `invalid-data` without a tensor, `no-native-backend` under WebAssembly, where no op
 * runs in anything but fp32; `unknown-layer` and `no-fp8-recipe` as any use of the model.
 */
export function explainLayers(source: FloatModel, options: ExplainOptions): PrecisionExplanation {
  checkArguments(source, options);
  const model = isGraphModel(source) ? asLayersModel(source, 'explainPrecision') : source;
  const facts = ensureFacts();
  if (!hasNativeBackend()) {
    throw new HalfnoteError(
      'no-native-backend',
      'Precision is explained op by op on TensorFlow; WebAssembly runs every op in fp32.',
    );
  }
  const { policy, keep, loss } = regime();
  const pass = passOf(model, options.data);
  return withoutRecording(() => {
    // The first pass is slower: kernels are chosen, memory is got.
    tf.dispose(pass.run());
    const began = performance.now();
    const { result, ops } = census(() => pass.run());
    const passSeconds = (performance.now() - began) / 1000;
    tf.dispose(result);
    const casts = ops.flatMap((op) => op.casts);
    const format = USES[policy.compute].compute.results;
    const measured = format !== 'fp32' ? measuredRanges(model, pass) : undefined;
    const layers = measured?.broken === undefined ? (measured?.layers ?? []) : [];
    const lossScale = proposeLossScale(layers, format, loss.scale);
    const proposals = proposeKeep(layers, format, lossScale?.scale ?? loss.scale);
    const isNew = ({ layer }: KeepProposal): boolean =>
      keep.ruleFor(layer)?.policy.compute !== 'fp32';
    return new PrecisionExplanation({
      model: model.name,
      policy,
      keep: String(keep),
      device: facts.deviceName,
      loss: pass.loss,
      ops: ops.map((op) => ({ ...op, ...reasonFor(op, facts) })),
      passSeconds,
      castSeconds: casts.reduce((sum, { seconds }) => sum + seconds, 0),
      castBytes: casts.reduce((sum, { bytes }) => sum + bytes, 0),
      lossScale,
      proposals: proposals.filter(isNew),
      broken: measured?.broken,
      steps: stepsInWords(),
      ranges: measured?.source,
    });
  });
}

function checkArguments(model: unknown, options: unknown): void {
  if (!(model instanceof tf.LayersModel) && !isGraphModel(model)) {
    throw new HalfnoteError(
      'invalid-model',
      'explainPrecision takes a tf.LayersModel, a tf.GraphModel, or what loadOnnx() gives.',
      'For example: explainPrecision(model, { data: { x, y } }).',
    );
  }
  const { data } = (options ?? {}) as Partial<ExplainOptions>;
  const { x } = (data ?? {}) as Partial<PassData>;
  const inputs: readonly unknown[] = Array.isArray(x) ? (x as unknown[]) : [x];
  if (inputs.length > 0 && inputs.every((input) => input instanceof tf.Tensor)) return;
  throw new HalfnoteError(
    'invalid-data',
    'explainPrecision runs the model on a batch: data.x must be a tensor, or one per input.',
    'For example: explainPrecision(model, { data: { x: x.slice(0, 32), y: y.slice(0, 32) } }).',
  );
}
