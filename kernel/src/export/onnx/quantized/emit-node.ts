import type { PadOp, QuantizedNode } from '../../../graph/quantized-graph';
import { keepsSteps } from '../../../graph/masks';
import { emitLayer } from '../layers/table';
import { concatAxis } from '../layers/merge';
import { paddingAttributes } from '../layers/window';
import type { GraphWriter } from '../writer/graph-writer';
import { range } from '../writer/layout';
import { NodeScope } from '../writer/node-scope';
import { fusedActivation } from './fused-activation';
import { emitLinear } from './linear';

/**
 * Adds one node of a quantized graph: float operators between the pairs of `QuantizeLinear` and
 * `DequantizeLinear` that the writer puts around integer values, which a runtime fuses into its
 * integer kernels. `around`: zeros that a convolution's input has around it, which are no node.
 */
export function emitNode(writer: GraphWriter, node: QuantizedNode, around?: PadOp): void {
  const { id, inputs, output, op } = node;
  const outputs = op.kind === 'float' ? [output, ...(op.furtherOutputs ?? [])] : [output];
  const call = { id, inputs, outputs };
  if (op.kind === 'float') {
    const { layer } = op;
    const emit = (): void => {
      emitLayer(writer, { ...call, layer });
    };
    if (layer.weights.some(({ shape }) => shape.length > 1)) writer.keepingFloat(emit);
    else emit();
    return;
  }

  const scope = new NodeScope(writer, call);
  if (keepsSteps(node)) writer.masks.handOn(scope);
  switch (op.kind) {
    case 'linear': {
      emitLinear(scope, op, around);
      return;
    }
    case 'add': {
      const { layout } = scope;
      const sum = scope.op('Add', [scope.input(layout, 0), scope.input(layout, 1)]);
      scope.output(fusedActivation(scope, sum, op.activation), layout);
      writer.masks.merge(scope);
      return;
    }
    case 'concat': {
      const { layout } = scope;
      const names = inputs.map((_, i) => scope.input(layout, i));
      const axis = concatAxis(op.axis, scope.inputShape().length, layout);
      scope.output(scope.op('Concat', names, { axis }), layout);
      writer.masks.merge(scope, op.axis);
      return;
    }
    case 'move': {
      emitMove(scope, op.shape);
      return;
    }
    case 'pad': {
      emitPad(scope, op);
      return;
    }
    case 'max-pool':
    case 'average-pool': {
      const max = op.kind === 'max-pool';
      if (op.window === 'global') {
        emitGlobalPool(scope, max);
        return;
      }
      const { size, strides, padding } = op.window;
      const window = { kernel: size, strides, dilations: [1, 1], padding };
      const pooled = scope.op(max ? 'MaxPool' : 'AveragePool', [scope.input('channels-first')], {
        kernel_shape: size,
        strides,
        ...paddingAttributes(window, scope.inputShape().slice(1, -1)),
      });
      scope.output(pooled, 'channels-first');
      return;
    }
  }
}

function emitMove(scope: NodeScope, shape: readonly (number | null)[]): void {
  const from = scope.inputShape().slice(1);
  const unmoved = from.length === shape.length && from.every((size, i) => size === shape[i]);
  if (unmoved) {
    scope.writer.alias(scope.outputId(), scope.inputId());
    return;
  }
  const sizes = scope.indices('shape', [0, ...shape.map((size) => size ?? -1)]);
  scope.output(scope.op('Reshape', [scope.input(), sizes]));
}

function emitPad(scope: NodeScope, { rows, columns }: PadOp): void {
  const { layout } = scope;
  const ends = [0, 1].map((end) => {
    const image = [rows[end] ?? 0, columns[end] ?? 0];
    return layout === 'model' ? [0, ...image, 0] : [0, 0, ...image];
  });
  const pads = scope.indices('pads', ends.flat());
  scope.output(scope.op('Pad', [scope.input(layout), pads]), layout);
}

/** ONNX Runtime has integer kernels for the global operators, not for means over axes. */
function emitGlobalPool(scope: NodeScope, max: boolean): void {
  const rank = scope.inputShape().length;
  const pooled = scope.op(max ? 'GlobalMaxPool' : 'GlobalAveragePool', [
    scope.input('channels-first'),
  ]);
  const flat = scope.outputShape().length < rank;
  if (!flat) {
    scope.output(pooled, 'channels-first');
    return;
  }
  scope.output(scope.op('Squeeze', [pooled, scope.indices('axes', range(2, rank))]));
}
