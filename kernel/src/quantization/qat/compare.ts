import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend } from '../../backend/load';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { type Fallback, notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { percent, significant } from '../../display/units';
import { verdict } from '../../display/verdict';
import { withPrecision } from '../../precision/scope';
import { type EngineChoice, runGraph } from '../../execution/run-graph';
import { disposeLayers } from '../../models/copy-layer';
import type { ModelGraph, ValueId } from '../../models/model-graph';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import type { AffineParams } from '../../integer/affine';
import { ActivationLayer } from './activation-layer';
import { type Decisions, decisionsOf, qatComparisonVerdict } from './compare-verdict';
import { convertQatGraph } from './convert';

/** The simulation's codes of one value, and those that the integer node makes of the same inputs. */
export interface CodeDifference {
  readonly value: ValueId;
  readonly codes: number;
  readonly different: number;
  /** In codes. */
  readonly largest: number;
}

/** The simulation's result against that of the whole integer model; both are float. */
export interface OutputDifference {
  readonly value: ValueId;
  readonly largest: number;
}

const COLUMNS: readonly Column[] = [
  { header: 'Value' },
  { header: 'Codes' },
  { header: 'Different' },
  { header: 'Share' },
  { header: 'Largest, in codes' },
];

/** How near the integer model is to its simulation, value by value. */
export class QatComparison implements Displayable {
  constructor(
    readonly name: string,
    readonly values: readonly CodeDifference[],
    readonly outputs: readonly OutputDifference[],
    /** By the first output, where it has a value for each of several classes. */
    readonly decisions?: Decisions,
  ) {}

  get different(): number {
    return this.values.reduce((sum, { different }) => sum + different, 0);
  }
  get codes(): number {
    return this.values.reduce((sum, { codes }) => sum + codes, 0);
  }
  /** The largest difference of any code. */
  get largest(): number {
    return this.values.reduce((most, { largest }) => Math.max(most, largest), 0);
  }

  get notes(): readonly string[] {
    return this.outputs.map(
      ({ value, largest }) => `Output '${value}' differs by at most ${significant(largest)}.`,
    );
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    const rows = this.values.map(({ value, codes, different, largest }) => [
      value,
      codes.toLocaleString('en'),
      different.toLocaleString('en'),
      percent(codes === 0 ? 0 : different / codes),
      String(largest),
    ]);
    const caption = `${this.name}: the integer model against its simulation`;
    const { codes, different, largest, decisions } = this;
    return stacked(
      verdict(qatComparisonVerdict({ codes, different, largest, decisions })),
      table(COLUMNS, rows, { caption }),
      notes(this.notes),
    );
  }
}

/**
 * Runs inputs, one tensor per input of the model, through a fake-quantized model and the integer model
 * that it converts to. Each rounded value is compared code by code, made by its integer node from the
 * simulation's own inputs; the outputs as the whole integer model makes them.
 * @throws HalfnoteError as `convertQat`.
 */
export async function compareQat(
  qat: tf.LayersModel,
  inputs: Tensor | readonly Tensor[],
  options: { readonly engine?: EngineChoice } = {},
): Promise<QatComparison> {
  const { graph, trained } = convertQatGraph(qat);
  const batch: Tensor[] = inputs instanceof tf.Tensor ? [inputs] : [...inputs];
  const rounded = roundedValues(trained, graph);
  const simulated = simulate(qat, [...rounded.values(), ...qat.outputs], batch);
  try {
    const values = simulated.slice(0, rounded.size);
    const { engine } = options;
    const ends = await compute(graph, batch, engine);
    const singly = await compute(nodeByNode(graph, [...rounded.keys()]), values, engine);
    return new QatComparison(
      qat.name,
      [...rounded.keys()].map((value, i) => ({
        value,
        ...codeDifference(values[i], singly[i], graph.activations.get(value)),
      })),
      graph.outputs.map((value, i) => ({
        value,
        largest: farthest(simulated[rounded.size + i]?.dataSync(), ends[i]),
      })),
      decided(simulated[rounded.size], ends[0]),
    );
  } finally {
    tf.dispose(simulated);
    disposeLayers(graph.nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : [])));
  }
}

/**
 * The graph with all rounded values given, and made again by nodes that read the given ones: what a
 * node gets wrong is then not handed on to those after it.
 */
function nodeByNode(graph: QuantizedGraph, rounded: readonly ValueId[]): QuantizedGraph {
  const inputs = new Set(graph.inputs.map(({ id }) => id));
  const again = (id: ValueId): ValueId =>
    rounded.includes(id) && !inputs.has(id) ? `${id}, again` : id;
  const given = rounded.map((id) => graph.values.get(id)).filter((value) => value !== undefined);
  return {
    ...graph,
    inputs: given,
    outputs: rounded.map(again),
    nodes: graph.nodes.map((node) => ({ ...node, output: again(node.output) })),
    values: new Map(
      [...graph.values].flatMap(([id, value]) => [
        [id, value],
        [again(id), value],
      ]),
    ),
    activations: new Map(
      [...graph.activations].flatMap(([id, params]) => [
        [id, params],
        [again(id), params],
      ]),
    ),
  };
}

/** The rounded values, and what the fake-quantized model has for them. */
function roundedValues(
  { nodes }: ModelGraph,
  graph: QuantizedGraph,
): Map<ValueId, tf.SymbolicTensor> {
  const found = new Map<ValueId, tf.SymbolicTensor>();
  const calls = new Map<ActivationLayer, number>();
  for (const { layer, inputs } of nodes) {
    if (!(layer instanceof ActivationLayer)) continue;
    const call = calls.get(layer) ?? 0;
    calls.set(layer, call + 1);
    const [id = ''] = inputs;
    const symbol = layer.inboundNodes[call]?.outputTensors[0];
    if (symbol !== undefined && graph.activations.has(id)) found.set(id, symbol);
  }
  return found;
}

function simulate(qat: tf.LayersModel, outputs: tf.SymbolicTensor[], batch: Tensor[]): Tensor[] {
  const inner = tf.model({ inputs: qat.inputs, outputs });
  const predict = (): Tensor[] => [inner.predict(batch)].flat();
  return hasNativeBackend() ? withPrecision('fp32', predict) : predict();
}

async function compute(
  graph: QuantizedGraph,
  inputs: readonly Tensor[],
  engine: EngineChoice | undefined,
): Promise<Float32Array[]> {
  const runner = await runGraph(graph, engine === undefined ? {} : { engine });
  try {
    return runner.predict(inputs).map((tensor) => {
      const values = tensor.dataSync<'float32'>().slice();
      tensor.dispose();
      return values;
    });
  } finally {
    runner.dispose();
  }
}

function codeDifference(
  simulated: Tensor | undefined,
  computed: Float32Array | undefined,
  params: AffineParams | undefined,
): Omit<CodeDifference, 'value'> {
  const expected = simulated?.dataSync<'float32'>() ?? new Float32Array();
  const scale = params?.scale ?? 1;
  let different = 0;
  let largest = 0;
  expected.forEach((x, i) => {
    const distance = Math.abs(Math.round(x / scale) - Math.round((computed?.[i] ?? NaN) / scale));
    if (distance !== 0) different++;
    largest = Math.max(largest, distance);
  });
  return { codes: expected.length, different, largest };
}

function decided(a: Tensor | undefined, b: Float32Array | undefined): Decisions | undefined {
  if (a === undefined || b === undefined || a.rank !== 2) return undefined;
  return decisionsOf(a.dataSync(), b, a.shape[1] ?? 1);
}

function farthest(a: ArrayLike<number> | undefined, b: Float32Array | undefined): number {
  return Array.from(a ?? []).reduce(
    (most, x, i) => Math.max(most, Math.abs(x - (b?.[i] ?? NaN))),
    0,
  );
}
