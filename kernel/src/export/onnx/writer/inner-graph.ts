import type { onnx } from 'onnx-proto';
import { type Dimension, OnnxBuilder } from '../proto/builder';
import type { ElementType } from '../proto/element-type';
import { LayerScope } from './layer-scope';

/** A graph inside a node, such as the body of a loop, while it is written. */
export interface InnerGraph {
  /** The layer's scope, whose nodes go into the inner graph. */
  readonly scope: LayerScope;
  input(name: string, type: ElementType, shape: readonly Dimension[]): string;
  output(name: string, value: string, type: ElementType, shape: readonly Dimension[]): void;
}

/** Writes a graph inside a node of `scope`. It sees the values and constants of the graph around it. */
export function innerGraph(
  scope: LayerScope,
  write: (inner: InnerGraph) => void,
): onnx.IGraphProto {
  const builder = new OnnxBuilder(scope.writer.onnx);
  const call = { ...scope.call, layer: scope.layer };
  write({
    scope: new LayerScope(scope.writer.inside(builder), call),
    input: (name, type, shape) => builder.input(builder.unique(name), type, shape),
    output: (name, value, type, shape) => {
      builder.output(name, value, type, shape);
    },
  });
  return builder.graph(`${scope.id}/body`);
}
