import * as z from 'zod/mini';
import { verdict } from '../verdict';
import { count, number } from '../wire';

/** Layers that a payload has. */
export const MOST_NODES = 600;
/** Lines between them, in one layout. */
export const MOST_EDGES = 2000;
/** Beyond any layout of so many. */
const FARTHEST = 50_000;
const MOST_POINTS = 400;

/** As `z.minLength` would have it, which no other payload loads. */
const some = z.refine<readonly unknown[]>((list) => list.length > 0, {
  error: 'must not be empty',
});
const coordinate = z.number().check(z.gte(-FARTHEST), z.lte(FARTHEST));
const extent = z.number().check(z.gte(1), z.lte(FARTHEST));

/** A layer of a model, or a node of an ONNX graph. */
const graphNode = z.object({
  name: z.string(),
  /** The layer's class, or the operator. */
  kind: z.string(),
  /** Of what it gives: `?×28×28×1`; empty where the model doesn't say. */
  shape: z.string(),
  /** Of its weights, or of what it computes in; empty where nothing is known. */
  format: z.string(),
  weightBytes: count,
  /** Signal to noise of its rounded weights in dB; null where they were not rounded. */
  sqnrDb: z.nullable(number),
  /** Why it is so; empty where there is nothing to say. */
  why: z.string(),
  /** What it reads: places in the list of nodes. */
  inputs: z.array(count).check(z.maxLength(MOST_NODES)),
});

/** Where one layer stands, or a block of several. */
const graphBox = z.object({
  x: coordinate,
  y: coordinate,
  width: extent,
  height: extent,
  /** Places in the list of nodes, at least one. */
  nodes: z.array(count).check(z.maxLength(MOST_NODES), some),
});

/** Boxes and lines, in units of which a text's letters are 11 high. */
const graphLayout = z.object({
  /** `blocks`: what repeats is one box each time. */
  name: z.enum(['layers', 'blocks']),
  width: extent,
  height: extent,
  boxes: z.array(graphBox).check(z.maxLength(MOST_NODES)),
  edges: z
    .array(
      z.object({
        /** Places in the list of boxes. */
        from: count,
        to: count,
        /** x and y of each point in turn. */
        points: z.array(coordinate).check(z.maxLength(MOST_POINTS)),
      }),
    )
    .check(z.maxLength(MOST_EDGES)),
});

/** What the boxes are painted by. */
export const graphColor = z.enum(['format', 'error', 'bytes']);

/** A model as a graph, laid out. */
export const modelGraph = z.object({
  model: z.string(),
  verdict,
  color: graphColor,
  nodes: z.array(graphNode).check(z.maxLength(MOST_NODES)),
  layouts: z.array(graphLayout).check(z.maxLength(2), some),
  notes: z.array(z.string()),
});

export type GraphColor = z.infer<typeof graphColor>;
export type PlottedNode = z.infer<typeof graphNode>;
export type PlottedBox = z.infer<typeof graphBox>;
export type GraphLayout = z.infer<typeof graphLayout>;
export type ModelGraphPayload = z.infer<typeof modelGraph>;
