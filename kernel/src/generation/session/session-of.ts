import * as tf from '@tensorflow/tfjs';
import { firstLine, HalfnoteError } from '../../errors';
import { unwrittenRounding } from '../../execution/onnxruntime/unwritten-rounding';
import { productOf } from '../../export/onnx/decoding/products';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import { isInterrupt } from '../../host';
import type { DecoderSource, DecodingPlan } from '../plan';
import { DecodingSession } from './decoding-session';

/** A session, and whether it is this caller's alone, to be disposed of after use. */
export interface Lent {
  readonly session: DecodingSession;
  readonly isOwn: boolean;
}

/** Of quantized models, whose weights stay as they are: made once, for as long as the model is there. */
const sessions = new WeakMap<QuantizedGraph, DecodingSession>();
const forgotten = new FinalizationRegistry<DecodingSession>((session) => {
  session.dispose();
});

/**
 * A model as one graph of ONNX Runtime. A model in float is written anew each time, as its weights are now.
 * @throws HalfnoteError `engine-missing` where ONNX Runtime isn't there or can't run it.
 */
export function sessionOf(source: DecoderSource, isProbability: boolean): Lent {
  try {
    if (source instanceof tf.LayersModel) {
      return { session: new DecodingSession(source, isProbability), isOwn: true };
    }
    const { graph } = source;
    const known = sessions.get(graph);
    if (known !== undefined) return { session: known, isOwn: false };
    const obstacle = unwrittenRounding(graph);
    if (obstacle !== undefined) throw engineMissing(obstacle);
    const session = new DecodingSession(graph, isProbability);
    sessions.set(graph, session);
    forgotten.register(graph, session);
    return { session, isOwn: false };
  } catch (error) {
    if (error instanceof HalfnoteError || isInterrupt(error)) throw error;
    throw engineMissing(firstLine(error));
  }
}

function engineMissing(why: string): HalfnoteError {
  return new HalfnoteError(
    'engine-missing',
    `ONNX Runtime can't decode with this model here: ${why}.`,
    "Leave the engine out, or use engine 'tensorflow'.",
  );
}

/**
 * Why ONNX Runtime has nothing to offer for decoding, or undefined where it keeps the codes of all weights of
 * a quantized model.
 */
export function whyNoSession(source: DecoderSource): string | undefined {
  if (source instanceof tf.LayersModel) return 'the model is in float';
  const products = source.graph.nodes.flatMap(({ id, op }) =>
    op.kind === 'linear' ? [{ id, op }] : [],
  );
  const other = products.find(({ op }) => productOf(op) === undefined);
  if (products.length === 0) return 'there is no product with packed weights';
  return other && `it would keep the weights of '${other.id}' in more bytes`;
}

/** `GroupQueryAttention` takes heads of whole vectors of so many numbers. */
const HEAD_STEP = 8;

/** Why ONNX Runtime's attention doesn't take the heads of a model, or undefined. */
export function whyNoHeads({ attentions }: DecodingPlan): string | undefined {
  const odd = attentions.find(({ headDim }) => headDim % HEAD_STEP !== 0);
  return odd && `the heads of '${odd.name}' have width ${odd.headDim}, no multiple of ${HEAD_STEP}`;
}
