import type * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../../../models/layer-traits';
import type { GraphWriter } from '../writer/graph-writer';
import type { LayerCall } from '../writer/call';
import type { Emitter, LayerScope } from '../writer/layer-scope';

/** A layer applied to every step: as it is where it takes any rank, else with steps in the batch. */
export function timeDistributed(emit: (writer: GraphWriter, call: LayerCall) => void): Emitter {
  return (scope) => {
    const { layer } = scope.layer as unknown as { readonly layer: tf.layers.Layer };
    const { writer, call, id } = scope;
    if (traitsOf(layer).anyRank) {
      emit(writer, { ...call, layer });
      return;
    }
    const inputs = [`${id}/steps`];
    const outputs = [`${id}/steps_output`];
    const [, , ...inner] = scope.inputShape();
    const [, , ...outer] = scope.outputShape();
    const { dtype } = writer.value(scope.inputId());
    writer.declare({ id: `${id}/steps`, shape: [null, ...inner], dtype });
    writer.declare({ id: `${id}/steps_output`, shape: [null, ...outer], dtype: 'float32' });
    const flat = scope.op('Reshape', [
      scope.input(),
      scope.indices('flat', [-1, ...known(scope, inner)]),
    ]);
    writer.write(`${id}/steps`, flat);
    emit(writer, { id: `${id}/${layer.name}`, layer, inputs, outputs });
    const [, steps] = scope.inputShape();
    const shape =
      steps === null || steps === undefined
        ? scope.op(
            'Concat',
            [
              scope.op('Shape', [scope.input()], { start: 0, end: 2 }),
              scope.indices('outputs', known(scope, outer)),
            ],
            { axis: 0 },
          )
        : scope.indices('shape', [-1, steps, ...known(scope, outer)]);
    scope.output(scope.op('Reshape', [writer.read(`${id}/steps_output`), shape]));
  };
}

function known(scope: LayerScope, sizes: readonly (number | null)[]): number[] {
  return sizes.map((size) => {
    if (size !== null) return size;
    throw scope.config.unsupported(
      'a step has an open size',
      'Give the model an inputShape with numbers after the steps.',
    );
  });
}
