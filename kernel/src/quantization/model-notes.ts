import { deviceFacts } from '../backend/load';
import { significant } from '../display/units';
import { roundingText } from '../execution/simulated/activations';
import { notNative } from '../integer/choose';
import type { Choice, EngineName, NodeReport } from '../execution/report';
import type { QuantizedGraph } from '../graph/quantized-graph';
import { hasIntegerWeights, type LayerReport } from './report';

interface Described {
  readonly mode: 'dynamic' | 'static' | 'weight-only';
  readonly graph: QuantizedGraph;
  readonly layers: readonly LayerReport[];
  readonly nodes: readonly NodeReport[];
}

/** What the rows of a report have in common, as sentences; each follows from how the rows run. */
export function modelNotes(model: Described): string[] {
  const { mode, layers } = model;
  const quantized = layers.filter(hasIntegerWeights);
  const float = layers.filter((layer) => layer.format === 'fp32' && layer.weightBytes > 0);
  return [
    ...(quantized.length === 0 ? ['No layer of this model is quantized.'] : []),
    ...(mode === 'weight-only' ? weightOnlyNotes(quantized) : roundedNotes(model, quantized)),
    ...(float.length === 0 ? [] : [`Weights in float: ${namesOf(float)}.`]),
  ];
}

function weightOnlyNotes(quantized: readonly LayerReport[]): string[] {
  if (quantized.length === 0) return [];
  const native = quantized.filter(({ execution }) => execution === 'native');
  const inside =
    native.length === 0
      ? ''
      : ` Within their kernel, ${namesOf(native)} round${native.length === 1 ? 's' : ''} them to int8.`;
  return [
    `Only weights are quantized, to ${formatsOf(quantized)}: activations are float between layers.${inside}`,
  ];
}

/** Of what rounds activations: to integers, to floats, or now the one and now the other. */
function roundedNotes(model: Described, quantized: readonly LayerReport[]): string[] {
  const ops = model.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
  const isNative = new Map(model.nodes.map(({ id, execution }) => [id, execution === 'native']));
  const integers = ops.some(({ input }) => input !== 'float');
  const [native, simulated] = [true, false].map((wanted) => [
    ...new Set(
      model.graph.nodes.flatMap(({ id, op }) =>
        op.kind === 'linear' && op.activations !== undefined && isNative.get(id) === wanted
          ? [roundingText(op.activations)]
          : [],
      ),
    ),
  ]);
  const inputs = 'Inputs of products are rounded to what floats hold';
  return [
    ...(integers || ops.every(({ activations }) => activations === undefined)
      ? integerNotes(model, quantized)
      : []),
    ...(native?.length
      ? [`${inputs} (${native.join('; ')}), and multiplied so by the machine, with sums in fp32.`]
      : []),
    ...(simulated?.length
      ? [
          `${inputs} (${simulated.join('; ')}), and multiplied in fp32: simulated, as no product in the format is called here.`,
        ]
      : []),
  ];
}

function integerNotes({ graph, nodes }: Described, quantized: readonly LayerReport[]): string[] {
  const facts = deviceFacts();
  const why = notNative(facts);
  if (why !== undefined) return [`Integer products are simulated in fp32: ${why}.`];
  const isNative = new Map(nodes.map(({ id, execution }) => [id, execution === 'native']));
  const widened = graph.nodes.flatMap(({ id, op }) =>
    op.kind === 'linear' &&
    op.input !== 'float' &&
    op.weights.format !== 'int8' &&
    isNative.get(id) === true
      ? [op.weights.format]
      : [],
  );
  const int8 = quantized.some((row) => row.format === 'int8' && row.execution === 'native');
  return [
    ...(facts.int8ReduceRange && int8
      ? ['int8 weights keep 7 bits: on this CPU 8-bit products saturate in 16-bit sums.']
      : []),
    ...(widened.length === 0
      ? []
      : [
          `Integer kernels take weights of ${[...new Set(widened)].join(' and ')} a byte each: fast, but no smaller than int8. Trained with --weight-only (activations: 'fp32'), they are kept packed, and widened for products in fp32.`,
        ]),
  ];
}

/** `int8`, `int8 and int4`, or `fp32` where nothing is quantized. */
export function formatsOf(layers: readonly LayerReport[]): string {
  const formats = new Set(layers.filter(hasIntegerWeights).map(({ format }) => format));
  return [...formats].join(' and ') || 'fp32';
}

export const ENGINE_NAMES: Readonly<Record<EngineName, string>> = {
  tensorflow: 'TensorFlow',
  onnxruntime: 'ONNX Runtime',
  tfjs: 'TensorFlow.js',
};

/** `Batches of 32: TensorFlow in 0.52 ms, ONNX Runtime in 0.61 ms (measured; the first is used).` */
export function choiceText({ batch, chosen, candidates }: Choice): string {
  const others = candidates.filter(({ engine }) => engine !== chosen.engine);
  const times = [chosen, ...others].map(
    ({ engine, milliseconds }) => `${ENGINE_NAMES[engine]} in ${significant(milliseconds)} ms`,
  );
  return `Batches of ${batch}: ${times.join(', ')} (measured; the first is used).`;
}

function namesOf(layers: readonly LayerReport[]): string {
  return layers.map(({ name }) => name).join(', ');
}
