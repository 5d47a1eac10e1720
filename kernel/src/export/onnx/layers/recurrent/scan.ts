import { innerGraph } from '../../writer/inner-graph';
import type { LayerScope } from '../../writer/layer-scope';
import { activate } from '../activation';
import type { Recurrence, RunOutputs } from './recurrence';

/**
 * Writes a run as a `Scan` over its steps, for what ONNX's recurrent operators don't have: other
 * activations, and masks, under which a step leaves the state as it was.
 */
export function emitScan(scope: LayerScope, x: string, run: Recurrence): RunOutputs {
  const { writer } = scope;
  const stateNames = run.cell === 'LSTM' ? ['h', 'c'] : ['h'];
  const given = run.initial.length > 0 ? run.initial : [zeros(scope, x, run.units)];
  const initial = stateNames.map((_, i) => given[i] ?? given[0] ?? '');
  const scanned = run.mask === undefined ? [x] : [x, stepMask(scope, run.mask)];

  const body = innerGraph(scope, (inside) => {
    const states = stateNames.map((name) =>
      inside.input(`${scope.id}/${name}_before`, writer.float, [null, run.units]),
    );
    const width = run.kernel.shape[0] ?? null;
    const step = inside.input(`${scope.id}/step`, writer.float, [null, width]);
    const next = cellStep(inside.scope, step, states, run);
    const kept =
      run.mask === undefined
        ? next
        : masked(inside.scope, inside.input(`${scope.id}/mask`, 'bool', [null, 1]), next, states);
    const [h = ''] = kept;
    kept.forEach((state, i) => {
      inside.output(`${scope.id}/${stateNames[i] ?? ''}_after`, state, writer.float, [
        null,
        run.units,
      ]);
    });
    inside.output(`${scope.id}/step_output`, h, writer.float, [null, run.units]);
  });

  const direction = run.backwards ? 1 : 0;
  const outputs = scope.ops('Scan', [...initial, ...scanned], stateNames.length + 1, {
    body: { graph: body },
    num_scan_inputs: scanned.length,
    scan_input_axes: scanned.map(() => 1),
    scan_input_directions: scanned.map(() => direction),
    scan_output_axes: [1],
    scan_output_directions: [run.inTimeOrder ? direction : 0],
  });
  const states = outputs.slice(0, -1);
  return { output: (run.sequences ? outputs.at(-1) : states[0]) ?? '', states };
}

/** One step of the cell, as tfjs computes it: the states after it, h first. */
function cellStep(
  scope: LayerScope,
  x: string,
  states: readonly string[],
  run: Recurrence,
): string[] {
  const [h = '', c = ''] = states;
  const inner = (name: string): string => activate(scope, name, run.activation, 'model');
  const gate = (name: string): string => activate(scope, name, run.recurrentActivation, 'model');
  const kernel = scope.constant('kernel', run.kernel.data, run.kernel.shape);
  const product = scope.op('MatMul', [x, kernel]);
  const input =
    run.bias === undefined
      ? product
      : scope.op('Add', [product, scope.constant('bias', run.bias.data, run.bias.shape)]);
  const fromState = (state: string, from: number, to: number): string => {
    const [rows = 0, columns = 0] = run.recurrent.shape;
    const part = run.recurrent.data.filter((_, i) => i % columns >= from && i % columns < to);
    const name = to - from === columns ? 'recurrent_kernel' : `recurrent_kernel_${from}`;
    return scope.op('MatMul', [state, scope.constant(name, part, [rows, to - from])]);
  };
  const { units } = run;
  if (run.cell === 'SimpleRNN') {
    return [inner(scope.op('Add', [input, fromState(h, 0, units)]))];
  }
  if (run.cell === 'LSTM') {
    const sum = scope.op('Add', [input, fromState(h, 0, 4 * units)]);
    const [i = '', f = '', g = '', o = ''] = split(scope, sum, 4);
    const carried = scope.op('Mul', [gate(f), c]);
    const after = scope.op('Add', [carried, scope.op('Mul', [gate(i), inner(g)])]);
    return [scope.op('Mul', [gate(o), inner(after)]), after];
  }
  const [xz = '', xr = '', xh = ''] = split(scope, input, 3);
  const [hz = '', hr = ''] = split(scope, fromState(h, 0, 2 * units), 2);
  const z = gate(scope.op('Add', [xz, hz]));
  const r = gate(scope.op('Add', [xr, hr]));
  const reset = fromState(scope.op('Mul', [r, h]), 2 * units, 3 * units);
  const candidate = inner(scope.op('Add', [xh, reset]));
  const rest = scope.op('Mul', [scope.op('Sub', [scope.scalar('one', 1), z]), candidate]);
  return [scope.op('Add', [scope.op('Mul', [z, h]), rest])];
}

function split(scope: LayerScope, x: string, parts: number): readonly string[] {
  return scope.ops('Split', [x], parts, { axis: -1, num_outputs: parts });
}

function masked(
  scope: LayerScope,
  mask: string,
  next: readonly string[],
  before: readonly string[],
): string[] {
  return next.map((state, i) => scope.op('Where', [mask, state, before[i] ?? '']));
}

/** [batch, steps] as [batch, steps, 1], to stretch over the units. */
function stepMask(scope: LayerScope, mask: string): string {
  return scope.op('Unsqueeze', [mask, scope.indices('unit_axis', [2])]);
}

/** [batch, units] for the batch of `x`. */
function zeros(scope: LayerScope, x: string, units: number): string {
  const batch = scope.op('Shape', [x], { start: 0, end: 1 });
  const shape = scope.op('Concat', [batch, scope.indices('units', [units])], { axis: 0 });
  return scope.op('Expand', [scope.scalar('zero', 0), shape]);
}
