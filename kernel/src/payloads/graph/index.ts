/** `halfnote/mime/graph`: a model as a graph, as it goes over the wire, and how it is painted and said. */
export { graphColor, modelGraph } from './schema';
export type { GraphColor, GraphLayout, ModelGraphPayload, PlottedBox, PlottedNode } from './schema';
export { keys, paints } from './paint';
export type { Key, Paint } from './paint';
export { boxKind, boxName, COLORS, middleCut, nodeFacts } from './words';
