import type * as tf from '@tensorflow/tfjs';
import { type Emitter, LayerScope } from '../../writer/layer-scope';
import { emitOperator, hasOperator } from './operator';
import { type Recurrence, readRecurrence, type RunOutputs } from './recurrence';
import { emitScan } from './scan';

function emitRun(scope: LayerScope, run: Recurrence): RunOutputs {
  const x = scope.input();
  return hasOperator(run) ? emitOperator(scope, x, run) : emitScan(scope, x, run);
}

/** Inputs after the first are the states to begin with. */
function initialStates(scope: LayerScope): string[] {
  return scope.call.inputs.slice(1).map((_, i) => scope.input('model', i + 1));
}

function recurrent(scope: LayerScope): void {
  const run = readRecurrence(scope, {
    initial: initialStates(scope),
    inTimeOrder: false,
    mask: scope.writer.masks.of(scope),
  });
  writeAll(scope, emitRun(scope, run));
}

function writeAll(scope: LayerScope, { output, states }: RunOutputs): void {
  [output, ...states].slice(0, scope.call.outputs.length).forEach((name, i) => {
    scope.output(name, 'model', i);
  });
}

/** Both directions, merged step by step in the order of time. */
function bidirectional(scope: LayerScope): void {
  const { forwardLayer, backwardLayer } = scope.layer as unknown as {
    readonly forwardLayer: tf.layers.Layer;
    readonly backwardLayer: tf.layers.Layer;
  };
  const mask = scope.writer.masks.of(scope);
  const states = initialStates(scope);
  const half = states.length / 2;
  const run = (name: string, layer: tf.layers.Layer, initial: readonly string[]): RunOutputs => {
    const inner = new LayerScope(scope.writer, { ...scope.call, id: `${scope.id}/${name}`, layer });
    return emitRun(inner, readRecurrence(inner, { initial, inTimeOrder: true, mask }));
  };
  const forward = run('forward', forwardLayer, states.slice(0, half));
  const backward = run('backward', backwardLayer, states.slice(half));
  const outputs = merged(scope, forward.output, backward.output);
  const all = [...outputs, ...forward.states, ...backward.states];
  scope.call.outputs.forEach((_, i) => {
    scope.output(all[i] ?? '', 'model', i);
  });
}

function merged(scope: LayerScope, forward: string, backward: string): string[] {
  const mode = scope.config.raw('mergeMode');
  const both = [forward, backward];
  switch (mode) {
    case null:
      return both;
    case 'sum':
      return [scope.op('Add', both)];
    case 'ave':
      return [scope.op('Mean', both)];
    case 'mul':
      return [scope.op('Mul', both)];
    default:
      return [scope.op('Concat', both, { axis: -1 })];
  }
}

export const recurrentLayers: Readonly<Record<string, Emitter>> = {
  RNN: recurrent,
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  Bidirectional: bidirectional,
};
