import type * as tf from '@tensorflow/tfjs';
import { LayerConfig } from '../../writer/layer-config';
import type { LayerScope, Weight } from '../../writer/layer-scope';

export const CELLS = ['SimpleRNN', 'GRU', 'LSTM'] as const;
export type Cell = (typeof CELLS)[number];

/** A recurrent layer's run over a sequence, with what is needed to write it. */
export interface Recurrence {
  readonly cell: Cell;
  readonly units: number;
  /** [inputs, gates * units]; gates as tfjs orders them: z r h of a GRU, i f c o of an LSTM. */
  readonly kernel: Weight;
  /** [units, gates * units]. */
  readonly recurrent: Weight;
  /** [gates * units]. */
  readonly bias: Weight | undefined;
  readonly activation: string;
  /** Of the gates. */
  readonly recurrentActivation: string;
  /** From the last step to the first. */
  readonly backwards: boolean;
  /** Whether every step's output is wanted, and not only the last. */
  readonly sequences: boolean;
  /** Steps of a backward run in the order of time; tfjs itself gives them in that of the run. */
  readonly inTimeOrder: boolean;
  /** The states to begin with, [batch, units] each; zeros where there are none. */
  readonly initial: readonly string[];
  /** [batch, steps], bool: where it is false the state stays as it was. */
  readonly mask: string | undefined;
}

/** What a run gives, by name. */
export interface RunOutputs {
  /** [batch, steps, units] or the last step's [batch, units]. */
  readonly output: string;
  /** [batch, units] each: h, and c of an LSTM. */
  readonly states: readonly string[];
}

/** Reads a recurrent layer. @throws HalfnoteError `onnx-unsupported` for one that is stateful. */
export function readRecurrence(
  scope: LayerScope,
  run: Pick<Recurrence, 'initial' | 'inTimeOrder' | 'mask'>,
): Recurrence {
  const { config } = scope;
  const { cell: inner } = scope.layer as unknown as { readonly cell: tf.layers.Layer };
  const cell = inner.getClassName().replace(/Cell$/, '');
  if (!isCell(cell)) {
    throw config.unsupported(
      `its cell is ${inner.getClassName()}`,
      `Allowed are: ${CELLS.map((name) => `${name}Cell`).join(', ')}.`,
    );
  }
  const ofCell = new LayerConfig({ ...scope.call, layer: inner });
  if (config.flag('stateful')) {
    throw config.unsupported(
      'it is stateful',
      'Make it stateless, and give and return its states: initialState, returnState.',
    );
  }
  const [kernel, recurrent, bias] = scope.weights();
  if (kernel === undefined || recurrent === undefined) throw new Error(`'${scope.id}' isn't built`);
  return {
    cell,
    units: ofCell.number('units', 1),
    kernel,
    recurrent,
    bias,
    activation: ofCell.text('activation', 'tanh'),
    recurrentActivation: ofCell.text('recurrentActivation', 'hardSigmoid'),
    backwards: config.flag('goBackwards'),
    sequences: config.flag('returnSequences'),
    ...run,
  };
}

function isCell(name: string): name is Cell {
  return CELLS.some((cell) => cell === name);
}
