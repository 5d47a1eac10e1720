import type { LayerScope, Weight } from '../../writer/layer-scope';
import { transpose } from '../../writer/layout';
import type { Cell, Recurrence, RunOutputs } from './recurrence';

/** ONNX's operator for a cell, and where each of its gates is among tfjs's. */
const OPERATORS: Readonly<
  Record<Cell, { readonly op: string; readonly gates: readonly number[] }>
> = {
  SimpleRNN: { op: 'RNN', gates: [0] },
  GRU: { op: 'GRU', gates: [0, 1, 2] },
  // tfjs: i f c o. ONNX: i o f c.
  LSTM: { op: 'LSTM', gates: [0, 3, 1, 2] },
};

interface GateActivation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** What ONNX's recurrent operators can apply, by tfjs's names. */
const ACTIVATIONS: Readonly<Record<string, GateActivation>> = {
  linear: { name: 'Affine', alpha: 1, beta: 0 },
  relu: { name: 'Relu' },
  elu: { name: 'Elu', alpha: 1 },
  sigmoid: { name: 'Sigmoid' },
  hardSigmoid: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  softplus: { name: 'Softplus' },
  softsign: { name: 'Softsign' },
  tanh: { name: 'Tanh' },
};

/** Whether ONNX's own recurrent operator does what this run does. */
export function hasOperator(run: Recurrence): boolean {
  return run.mask === undefined && activationsOf(run) !== undefined;
}

/** Writes a run as ONNX's `RNN`, `GRU` or `LSTM`, which take steps on the first axis. */
export function emitOperator(scope: LayerScope, x: string, run: Recurrence): RunOutputs {
  const { op, gates } = OPERATORS[run.cell];
  const activations = activationsOf(run) ?? [];
  const alphas = activations.flatMap(({ alpha }) => (alpha === undefined ? [] : [alpha]));
  const betas = activations.flatMap(({ beta }) => (beta === undefined ? [] : [beta]));
  const first = scope.indices('first', [0]);
  const inputs = [
    scope.op('Transpose', [x], { perm: [1, 0, 2] }),
    matrix(scope, 'kernel', run.kernel, gates),
    matrix(scope, 'recurrent_kernel', run.recurrent, gates),
    run.bias === undefined ? '' : bias(scope, run.bias, gates),
    '',
    ...run.initial.map((state) => scope.op('Unsqueeze', [state, first])),
  ];
  const [sequence = '', ...last] = scope.ops(op, inputs, run.cell === 'LSTM' ? 3 : 2, {
    hidden_size: run.units,
    direction: run.backwards ? 'reverse' : 'forward',
    activations: activations.map(({ name }) => name),
    ...(alphas.length > 0 ? { activation_alpha: { floats: alphas } } : {}),
    ...(betas.length > 0 ? { activation_beta: { floats: betas } } : {}),
  });
  const states = last.map((state) => () => scope.op('Squeeze', [state, first]));
  const [hidden, ...others] = states;
  const final = hidden?.() ?? '';
  return {
    output: run.sequences ? steps(scope, sequence, run) : final,
    states: [final, ...others.map((state) => state())],
  };
}

/** [steps, 1, batch, units] as [batch, steps, units]. */
function steps(scope: LayerScope, sequence: string, run: Recurrence): string {
  const flat = scope.op('Squeeze', [sequence, scope.indices('direction', [1])]);
  const batchFirst = scope.op('Transpose', [flat], { perm: [1, 0, 2] });
  if (!run.backwards || run.inTimeOrder) return batchFirst;
  const inputs = [-1, -(2 ** 31), 1, -1].map((value, i) => scope.indices(`reverse_${i}`, [value]));
  return scope.op('Slice', [batchFirst, ...inputs]);
}

/** [rows, gates * units] to ONNX's [1, gates * units, rows]. */
function matrix(
  scope: LayerScope,
  name: string,
  { data, shape }: Weight,
  gates: readonly number[],
): string {
  const [rows = 0, columns = 0] = shape;
  const turned = transpose(data, shape, [1, 0]).data;
  return scope.constant(name, inGateOrder(turned, gates), [1, columns, rows]);
}

/** ONNX has a bias of the input and one of the state; tfjs has one. */
function bias(scope: LayerScope, { data }: Weight, gates: readonly number[]): string {
  const both = new Float32Array(2 * data.length);
  both.set(inGateOrder(data, gates));
  return scope.constant('bias', both, [1, both.length]);
}

/** Parts of equal size, one per gate, in another order. */
function inGateOrder(data: Float32Array, gates: readonly number[]): Float32Array {
  const size = data.length / gates.length;
  const ordered = new Float32Array(data.length);
  gates.forEach((gate, i) => {
    ordered.set(data.subarray(gate * size, (gate + 1) * size), i * size);
  });
  return ordered;
}

function activationsOf(run: Recurrence): readonly GateActivation[] | undefined {
  const { activation, recurrentActivation } = run;
  const names = {
    SimpleRNN: [activation],
    GRU: [recurrentActivation, activation],
    LSTM: [recurrentActivation, activation, activation],
  }[run.cell];
  const found = names.map((name) =>
    Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined,
  );
  return found.every((item) => item !== undefined) ? found : undefined;
}
