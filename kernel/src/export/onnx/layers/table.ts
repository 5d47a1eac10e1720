import { HalfnoteError } from '../../../errors';
import type { GraphWriter } from '../writer/graph-writer';
import type { LayerCall } from '../writer/call';
import { type Emitter, LayerScope } from '../writer/layer-scope';
import { activationLayers } from './activation';
import { attentionLayers } from './attention';
import { convolutionLayers } from './convolution';
import { denseLayers } from './dense';
import { graphOp } from './graph-op/emit';
import { mergeLayers } from './merge';
import { normalizationLayers } from './normalization';
import { poolingLayers } from './pooling';
import { recurrentLayers } from './recurrent/layers';
import { rotaryLayers } from './rotary';
import { shapeLayers } from './shape';
import { timeDistributed } from './time-distributed';

const EMITTERS: Readonly<Record<string, Emitter>> = {
  ...activationLayers,
  ...attentionLayers,
  ...convolutionLayers,
  ...denseLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...recurrentLayers,
  ...rotaryLayers,
  ...shapeLayers,
  GraphOp: graphOp,
  TimeDistributed: timeDistributed(emitLayer),
};

/** The layer classes that can be written. */
export const ONNX_LAYERS: readonly string[] = Object.keys(EMITTERS).sort();

/**
 * Adds one call of a layer to the graph.
 * @throws HalfnoteError `onnx-unsupported` that names the layer and what is allowed.
 */
export function emitLayer(writer: GraphWriter, call: LayerCall): void {
  const kind = call.layer.getClassName();
  const emitter = Object.hasOwn(EMITTERS, kind) ? EMITTERS[kind] : undefined;
  if (emitter === undefined) {
    throw new HalfnoteError(
      'onnx-unsupported',
      `The layer '${call.id}' (${kind}) can't be exported to ONNX.`,
      `Allowed are: ${ONNX_LAYERS.join(', ')}.`,
    );
  }
  const scope = new LayerScope(writer, call);
  emitter(scope);
  writer.masks.follow(scope);
}
