import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Execution } from '../backend/contract';
import { HalfnoteError } from '../errors';
import { variableOf } from '../display/variable-name';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../host';
import { QUANTIZED, type Quantized } from '../models/check-model';
import { checkBatch } from '../models/examples';
import type { Choice, EngineName, NodeReport } from '../execution/report';
import type { GraphRunner } from '../execution/run-graph';
import { disposeLayers } from '../models/copy-layer';
import type { QuantizedGraph } from '../graph/quantized-graph';
import { choiceText, formatsOf, modelNotes } from './model-notes';
import {
  type FloatLayer,
  hasIntegerWeights,
  type LayerReport,
  layerReports,
  reportBundle,
} from './report';
import type { RepairReport } from './repair/options';
import { formatsOf as formatsOfBytes, MODEL_FACTS, type ModelFacts } from '../variables/models';
import type { WeightFigures } from './weights/weight-figures';
import { rowsAtOnce } from '../models/rows-at-once';
import { inBatches, rowsOf } from '../models/rows';

export type QuantizationMode = 'dynamic' | 'static' | 'weight-only';

export interface QuantizedParts {
  readonly mode: QuantizationMode;
  readonly graph: QuantizedGraph;
  readonly runner: GraphRunner;
  /** The float model's layers, for the report. */
  readonly source: readonly FloatLayer[];
  readonly repair?: RepairReport | undefined;
  readonly notes: readonly string[];
  /** Which bytes of float weights and examples it was made of. */
  readonly fingerprint?: string | undefined;
  /** What rounding did to the weights. */
  readonly weightFigures: readonly WeightFigures[];
}

/** As `tf.LayersModel.predict`. */
const BATCH_SIZE = 32;
const BYTES_OF_FP32 = 4;

/** Frees what a model held that nobody holds any more, as when a cell is run again. */
const forgotten = new FinalizationRegistry<GraphRunner>((runner) => {
  runner.dispose();
});

/** A model with integer weights, made by `quantize`. It owns its weights: dispose of it after use. */
export class QuantizedModel implements Displayable, Quantized {
  readonly #parts: QuantizedParts;
  /** The runner's report, once it is disposed of. */
  #last: readonly NodeReport[] | undefined;

  constructor(parts: QuantizedParts) {
    this.#parts = parts;
    forgotten.register(this, parts.runner, this);
  }

  /** On the prototype, so that a printed model doesn't show it. */
  get [QUANTIZED](): true {
    return true;
  }
  get name(): string {
    return this.graph.name;
  }
  get mode(): QuantizationMode {
    return this.#parts.mode;
  }
  /** What was decided, as data: weights, ranges, what was fused. */
  get graph(): QuantizedGraph {
    return this.#parts.graph;
  }
  /** What ran the last batch. */
  get engine(): EngineName {
    return this.#parts.runner.engine;
  }
  /** The engine for each batch size seen, with the measured times; empty where there was no choice. */
  get choices(): readonly Choice[] {
    return this.#parts.runner.choices;
  }
  /** How each node of the graph runs. */
  get nodes(): readonly NodeReport[] {
    return this.#last ?? this.#parts.runner.nodes;
  }
  /** What became of each layer: format, kernel, reason, bytes. */
  get layers(): readonly LayerReport[] {
    return layerReports(this.#parts.source, this.graph, this.nodes);
  }
  /** What was done to the float weights before they were rounded; undefined for nothing. */
  get repair(): RepairReport | undefined {
    return this.#parts.repair;
  }
  /** What rounding did to the weights of each product; `weightHistograms` shows it. */
  get weightFigures(): readonly WeightFigures[] {
    return this.#parts.weightFigures;
  }
  /** What needs to be known of the whole, as sentences, and the times that engines were chosen by. */
  get notes(): readonly string[] {
    return [...this.remarks, ...this.choices.map(choiceText)];
  }
  /** The notes without measured times. */
  get remarks(): readonly string[] {
    const { notes, runner } = this.#parts;
    return [...modelNotes(this), ...notes, ...runner.notes];
  }
  /** Bytes of all weights, scales and biases as they are kept. */
  get weightBytes(): number {
    return this.nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }
  /** Bytes of the same weights before quantization. */
  get floatWeightBytes(): number {
    return this.#parts.source.reduce((sum, layer) => sum + layer.weightBytes, 0);
  }
  /** `native` when every layer with integer weights runs in integer kernels. */
  get execution(): Execution {
    const integer = this.layers.filter(hasIntegerWeights);
    const native = integer.length > 0 && integer.every((layer) => layer.execution === 'native');
    return native ? 'native' : 'simulated';
  }

  /** What a list of variables says of it. */
  [MODEL_FACTS](): ModelFacts {
    const layers = this.layers.map((layer) => ({
      name: layer.name,
      type: layer.kind,
      parameters: layer.floatWeightBytes / BYTES_OF_FP32,
      format: layer.weightBytes > 0 ? layer.format : '',
      bytes: layer.weightBytes,
    }));
    return {
      layers,
      parameters: this.floatWeightBytes / BYTES_OF_FP32,
      format: formatsOfBytes(layers),
      bytes: this.weightBytes,
    };
  }

  /**
   * As `model.predict`: `[batch, ...]` in, the model's outputs out, in batches of `batchSize`.
   * @throws HalfnoteError `disposed`, `input-mismatch`.
   */
  predict(x: Tensor | Tensor[], options: { readonly batchSize?: number } = {}): Tensor | Tensor[] {
    if (this.#last !== undefined) {
      throw new HalfnoteError('disposed', `The quantized model '${this.name}' has been disposed.`);
    }
    const { batchSize = BATCH_SIZE } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new HalfnoteError(
        'invalid-batch-size',
        `batchSize is ${batchSize}. Allowed: integers from 1.`,
      );
    }
    const batch = [x].flat();
    checkBatch(this.graph.inputs, batch, 'The input', inputMismatch);
    const outputs = this.#outputs(batch, batchSize);
    return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
  }

  get #rowsAtOnce(): number {
    const { inputs, nodes } = this.graph;
    return rowsAtOnce(
      inputs,
      nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : [])),
    );
  }

  #outputs(batch: readonly Tensor[], wanted: number): Tensor[] {
    const { runner } = this.#parts;
    const batchSize = Math.min(wanted, this.#rowsAtOnce);
    if (rowsOf(batch) <= batchSize) return runner.predict(batch);
    const parts: Tensor[][] = [];
    try {
      for (const part of inBatches([batch], batchSize)) parts.push(runner.predict(part));
      return this.graph.outputs.map((_, i) => tf.concat(parts.map((part) => part[i] as Tensor)));
    } finally {
      for (const tensor of parts.flat()) tensor.dispose();
    }
  }

  /**
   * Integer weights have no gradients: to train, quantize while training.
   * @throws HalfnoteError `not-trainable`, always.
   */
  fit(...given: readonly unknown[]): Promise<never>;
  fit(): Promise<never> {
    return Promise.reject(this.#notTrainable());
  }

  /** As {@link fit}. */
  compile(...given: readonly unknown[]): never;
  compile(): never {
    throw this.#notTrainable();
  }

  #notTrainable(): HalfnoteError {
    return new HalfnoteError(
      'not-trainable',
      `The quantized model '${this.name}' cannot be trained: codes of ${formatsOf(this.layers)} have no gradients.`,
      'Train a copy of the float model that rounds in its forward pass, prepareQat(model), and convert it afterwards: quantization-aware training.',
    );
  }

  /** As `model.summary`: prints the report, by `console.log` if nothing else is given. */
  summary(print: (text: string) => void = console.log): void {
    print(String(this[JUPYTER_DISPLAY]()['text/plain']));
  }

  /** Frees the packed weights and those of the layers in float. */
  dispose(): void {
    if (this.#last !== undefined) return;
    this.#last = this.#parts.runner.nodes;
    forgotten.unregister(this);
    this.#parts.runner.dispose();
    disposeLayers(this.graph.nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : [])));
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { fingerprint } = this.#parts;
    const report = {
      title: `${this.name} in ${formatsOf(this.layers)} (${this.mode})`,
      layers: this.layers,
      weightBytes: this.weightBytes,
      floatWeightBytes: this.floatWeightBytes,
      notes: [...this.notes, ...(fingerprint === undefined ? [] : [fingerprint])],
    };
    return reportBundle(report, variableOf(this));
  }
}

function inputMismatch(message: string): HalfnoteError {
  return new HalfnoteError('input-mismatch', message);
}
