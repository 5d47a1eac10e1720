import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { firstLine } from '../../errors';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import { isInterrupt } from '../../host';
import { type ModelGraph, modelGraph } from '../../models/model-graph';
import {
  type EdgeRows,
  type InputFacts,
  isBeyond,
  type RowName,
  wordsOf,
} from '../../export/edge-rows';
import { edgePredictions } from '../../export/edge-predictions';
import { type RowDifference, rowDifference, type Values } from '../../export/row-difference';
import { asLayersModel } from '../../importing/layers-model-of';
import { isGraphModel } from '../../models/graph-model';
import { asItIsNow, type OnnxSource, writeOnnx } from '../../export/onnx/export-onnx';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import type { OnnxExportOptions } from '../../export/onnx/options';
import { computedInFloat32 } from '../float-nodes';
import { runGraph } from '../run-graph';
import { runCalls } from './run-calls';

/**
 * How far a file may be from its model, beside its values: fp32 and fp16 by their rounding; int4 rounds
 * the weights anew; integers may be a step apart where both round.
 */
const TOLERANCES = { fp32: 1e-3, fp16: 0.05, int4: 0.5, quantized: 0.1 } as const;

const FP16_MAX = 65504;

/** What came of running a file beside its model. */
export interface Checked {
  /** What needs to be known, as sentences. */
  readonly notes: readonly string[];
  readonly difference?: RowDifference & { readonly output: string };
}

/** A model with what is needed to run a file beside it. */
export class FileCheck {
  readonly #rows: EdgeRows;
  readonly #expected: readonly Values[];
  readonly #tolerance: number;
  readonly #graph: ModelGraph | undefined;

  private constructor(
    private readonly source: OnnxSource,
    private readonly options: OnnxExportOptions,
    rows: EdgeRows,
    expected: readonly Values[],
    graph: ModelGraph | undefined,
  ) {
    this.#rows = rows;
    this.#expected = expected;
    this.#graph = graph;
    this.#tolerance =
      TOLERANCES[
        graph === undefined || options.format === 'int8' ? 'quantized' : (options.format ?? 'fp32')
      ];
  }

  /** Predicts the rows; says why where that can't be done. */
  static async of(given: OnnxSource, options: OnnxExportOptions): Promise<FileCheck | string> {
    const source = isGraphModel(given) ? asLayersModel(given, 'saveOnnx') : given;
    const graph = source instanceof tf.LayersModel ? modelGraph(source) : undefined;
    const quantized = graph === undefined ? quantizedIn(source) : undefined;
    const runner = quantized && (await runGraph(quantized, { engine: 'simulated' }));
    try {
      return FileCheck.#beside(
        source,
        options,
        graph,
        quantized,
        (inputs) =>
          runner?.predict(inputs) ??
          computedInFloat32(() => [(source as tf.LayersModel).predict([...inputs])].flat()),
      );
    } finally {
      runner?.dispose();
    }
  }

  static #beside(
    source: OnnxSource,
    options: OnnxExportOptions,
    graph: ModelGraph | undefined,
    quantized: QuantizedGraph | undefined,
    predict: (inputs: readonly Tensor[]) => Tensor[],
  ): FileCheck | string {
    const inputs = graph?.inputs ?? quantized?.inputs ?? [];
    const factsOf = (id: string): InputFacts => ({
      words: wordsOf(graph?.nodes ?? floatNodes(quantized), id),
      range: rangeOf(quantized, id),
    });
    const found = edgePredictions(inputs, factsOf, predict);
    if (typeof found === 'string') return found;
    return new FileCheck(source, options, found.rows, found.outputs, graph);
  }

  /** Runs a file on the rows. */
  async run(bytes: Uint8Array): Promise<Checked> {
    const outputs = await this.#predicted(bytes);
    if (typeof outputs === 'string') return { notes: [notCompared(outputs)] };
    const { names } = this.#rows;
    const notes: string[] = [];
    for (const [i, expected] of this.#expected.entries()) {
      const { name = '', values = [] } = outputs[i] ?? {};
      const difference = rowDifference(expected, values, names, this.#tolerance);
      if (difference === undefined) continue;
      if (!isBeyond(difference.row)) return { notes, difference: { ...difference, output: name } };
      notes.push(
        `From inputs that are a hundred times what is usual, '${name}' is ${difference.actual} in the file where the model gives ${difference.expected}.`,
      );
    }
    return { notes };
  }

  /**
   * The calls that read or make numbers which fp16 doesn't have. Runtimes that widen fp16 to compute in
   * fp32 would not show them.
   */
  beyondHalf(): Map<string, string> {
    const found = new Map<string, string>();
    const graph = this.#graph;
    if (graph === undefined) return found;
    const { tensors, names } = this.#rows;
    const most = new Map<string, number>();
    graph.inputs.forEach(({ id }, i) => most.set(id, mostOf(tensors[i] as Tensor, names)));
    runCalls(graph, tensors, (id, value) => {
      most.set(id, mostOf(value, names));
      return true;
    });
    for (const { id, inputs, outputs } of graph.nodes) {
      const largest = Math.max(...[...inputs, ...outputs].map((value) => most.get(value) ?? 0));
      if (largest > FP16_MAX) {
        found.set(
          id,
          `it computes with numbers up to ${largest.toPrecision(2)}, and fp16 ends at ${FP16_MAX}`,
        );
      }
    }
    return found;
  }

  /** The first call whose result differs in a file of the same model with all values for outputs. */
  async firstDifferent(wide: ReadonlyMap<string, string>): Promise<string | undefined> {
    const graph = this.#graph;
    if (graph === undefined) return undefined;
    const outputs = await this.#predicted(
      writeOnnx(this.source, this.options, { wide, all: true }),
    );
    if (typeof outputs === 'string') return undefined;
    const makers = new Map(
      graph.nodes.flatMap(({ id, outputs: made }) => made.map((o) => [o, id])),
    );
    const places = new Map([...makers.keys()].map((id, i) => [id, i]));
    let found: string | undefined;
    runCalls(graph, this.#rows.tensors, (id, value) => {
      const expected = { data: value.dataSync(), shape: value.shape };
      const actual = outputs[places.get(id) ?? -1]?.values ?? [];
      const difference = rowDifference(expected, actual, this.#rows.names, this.#tolerance);
      if (difference !== undefined && !isBeyond(difference.row)) found = makers.get(id);
      return found === undefined;
    });
    return found;
  }

  /** The outputs of a file, or why it can't be run. */
  async #predicted(
    bytes: Uint8Array,
  ): Promise<{ readonly name: string; readonly values: ArrayLike<number> }[] | string> {
    let loaded: OnnxModel | undefined;
    try {
      loaded = await loadOnnx(bytes);
      const results = [await loaded.predict(this.#rows.tensors)].flat();
      const { outputs } = loaded;
      const made = results.map((y, i) => ({
        name: outputs[i]?.name ?? '',
        values: y.dataSync().slice(),
      }));
      tf.dispose(results);
      return made;
    } catch (error) {
      if (isInterrupt(error)) throw error;
      return firstLine(error);
    } finally {
      await loaded?.dispose();
    }
  }

  dispose(): void {
    tf.dispose([...this.#rows.tensors]);
  }
}

export function notCompared(why: string): string {
  return `The file was not compared with the model: ${why}.`;
}

/** The largest finite number in the rows that aren't beyond. */
function mostOf(value: Tensor, names: readonly RowName[]): number {
  const data = value.dataSync();
  const size = data.length / names.length;
  return names.reduce(
    (most, name, row) =>
      isBeyond(name)
        ? most
        : Math.max(most, largestOf(data.subarray(row * size, (row + 1) * size))),
    0,
  );
}

function largestOf(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] ?? 0);
    if (size > most && size < Infinity) most = size;
  }
  return most;
}

function quantizedIn(source: OnnxSource): QuantizedGraph {
  return 'graph' in source ? asItIsNow(source) : (source as QuantizedGraph);
}

/** What static quantization has seen of an input. */
function rangeOf(graph: QuantizedGraph | undefined, id: string): InputFacts['range'] {
  const params = graph?.activations.get(id);
  if (params === undefined) return undefined;
  const { scale, zeroPoint } = params;
  return { low: -zeroPoint * scale, high: (255 - zeroPoint) * scale };
}

function floatNodes(graph: QuantizedGraph | undefined) {
  return (graph?.nodes ?? []).flatMap(({ op, inputs, output }) =>
    op.kind === 'float' ? [{ layer: op.layer, inputs, outputs: [output] }] : [],
  );
}
