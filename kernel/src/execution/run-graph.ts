import type { Tensor } from '@tensorflow/tfjs';
import type { DeviceFacts, FormatSupport } from '../backend/contract';
import { ensureBackend } from '../backend/load';
import { firstLine, fromTable, HalfnoteError } from '../errors';
import { isInterrupt } from '../host';
import { notNative } from '../integer/choose';
import type { QuantizedGraph } from '../graph/quantized-graph';
import { ChoosingRunner } from './choosing-runner';
import { onFiniteRows, roundsActivations } from './on-finite-rows';
import { NodeRunner } from './node-runner';
import { FourBitLinear } from './onnxruntime/four-bit-linear';
import { OrtRunner } from './onnxruntime/ort-runner';
import { unwrittenRounding } from './onnxruntime/unwritten-rounding';
import type { Choice, EngineName, NodeReport } from './report';
import type { Runner } from './runner';

/**
 * What runs a graph. `tensorflow`: node by node, in libtensorflow's integer kernels where they are
 * right, simulated where not. `onnxruntime`: as one model. `simulated`: in fp32 on integer values,
 * whatever the machine has. `auto`: the faster of the first two for each batch size, measured on the
 * first batch of that size; results of the two may differ by a quantum.
 */
export const ENGINES = {
  auto: true,
  tensorflow: true,
  onnxruntime: true,
  simulated: true,
} as const;

export type EngineChoice = keyof typeof ENGINES;

export interface RunOptions {
  /** Default `auto`. */
  readonly engine?: EngineChoice;
}

/** A quantized graph, ready to run. It owns what it made: dispose of it after use. */
export interface GraphRunner {
  /** What runs the graph; with `auto`, what ran the last batch. */
  readonly engine: EngineName;
  readonly nodes: readonly NodeReport[];
  /** Bytes of all weights, scales and biases as they are kept. */
  readonly weightBytes: number;
  /** The engine for each batch size seen, with the measured times; empty unless `auto` had a choice. */
  readonly choices: readonly Choice[];
  /** What else there is to say: why an engine was out of the question. */
  readonly notes: readonly string[];
  /**
   * One tensor for each of the graph's inputs, batches first; its outputs, which are the caller's. Where
   * activations are rounded to integers, a row with NaN or infinity among its inputs gives NaN and
   * changes nothing of the others, in every engine.
   */
  predict(inputs: readonly Tensor[]): Tensor[];
  /** Frees the nodes' constants. Layers that stay in float are the graph's. */
  dispose(): void;
}

/**
 * Gets a graph ready to run on this machine: constants in place, kernels checked.
 * @throws HalfnoteError `unknown-engine`, `engine-missing` where ONNX Runtime can't run the graph.
 */
export async function runGraph(
  graph: QuantizedGraph,
  options: RunOptions = {},
): Promise<GraphRunner> {
  const engine = options.engine ?? 'auto';
  fromTable(ENGINES, engine, 'engine');
  const facts = await ensureBackend();
  if (engine === 'simulated') return new CheckedRunner(graph, new NodeRunner(graph, pure(facts)));
  if (engine === 'tensorflow') return new CheckedRunner(graph, new NodeRunner(graph, facts));
  if (engine === 'onnxruntime') return new CheckedRunner(graph, onnxRunner(graph, facts));
  const first = new NodeRunner(graph, facts);
  const obstacle = saturation(graph, facts) ?? nothingToGain(graph);
  if (obstacle !== undefined) return new CheckedRunner(graph, first, obstacle);
  return new CheckedRunner(graph, new ChoosingRunner(first, () => new OrtRunner(graph)));
}

function onnxRunner(graph: QuantizedGraph, facts: DeviceFacts): Runner {
  const obstacle = saturation(graph, facts) ?? unwrittenRounding(graph);
  if (obstacle !== undefined) throw engineMissing(graph, obstacle);
  try {
    return new OrtRunner(graph);
  } catch (error) {
    if (error instanceof HalfnoteError || isInterrupt(error)) throw error;
    throw engineMissing(graph, firstLine(error));
  }
}

function engineMissing(graph: QuantizedGraph, why: string): HalfnoteError {
  return new HalfnoteError(
    'engine-missing',
    `ONNX Runtime can't run '${graph.name}' here: ${why}.`,
    "Leave the engine out, or use engine 'tensorflow'.",
  );
}

/** Two products of a uint8 with weights up to here fit 16 bits: 2 x 255 x 64 < 2^15. */
const SAFE_IN_16_BITS = 64;

/** Why ONNX Runtime's integer products would be wrong here; its kernels saturate without a word. */
function saturation(graph: QuantizedGraph, facts: DeviceFacts): string | undefined {
  if (!sumsIn16Bits(facts)) return undefined;
  const wide = graph.nodes.find(
    ({ op }) =>
      op.kind === 'linear' &&
      op.input !== 'float' &&
      op.weights.codes.some((code) => Math.abs(code) > SAFE_IN_16_BITS),
  );
  if (wide === undefined) return undefined;
  return `'${wide.id}' has 8-bit weights, and this CPU sums products in 16 bits`;
}

/** Tried where TensorFlow can; elsewhere x86 is known by what it has for 32-bit sums. */
function sumsIn16Bits(facts: DeviceFacts): boolean {
  if (notNative(facts) === undefined) return facts.int8ReduceRange;
  return facts.isa.includes('avx2') && !WIDE_SUMS.some((set) => facts.isa.includes(set));
}

const WIDE_SUMS = ['avx512_vnni', 'avx_vnni', 'amx_int8'];

/** Why ONNX Runtime has nothing to offer here, where that is known before it is tried. */
function nothingToGain(graph: QuantizedGraph): string | undefined {
  const products = graph.nodes.flatMap(({ id, op }) => (op.kind === 'linear' ? [{ id, op }] : []));
  if (products.length === 0) return 'there is no product to run';
  const wide = products.find(({ op }) => op.input === 'float' && !FourBitLinear.takes(op));
  return wide && `it would keep the weights of '${wide.id}' in fp32`;
}

/** The facts of a machine without kernels of integers and 16-bit floats. */
function pure(facts: DeviceFacts): DeviceFacts {
  const { int8, fp16, bf16 } = facts.formats;
  const without = (support: FormatSupport): FormatSupport => ({
    ...support,
    execution: 'simulated',
    reason: 'as asked for',
  });
  return {
    ...facts,
    formats: {
      ...facts.formats,
      int8: without(int8),
      fp16: without(fp16),
      bf16: without(bf16),
    },
  };
}

/** Says what is wrong with a call before an engine does in its own words. */
class CheckedRunner implements GraphRunner {
  #disposed = false;
  private readonly rounds: boolean;

  constructor(
    private readonly graph: QuantizedGraph,
    private readonly runner: Runner,
    /** Why ONNX Runtime was not tried. */
    private readonly obstacle?: string,
  ) {
    this.rounds = roundsActivations(graph);
  }

  get engine(): EngineName {
    return this.runner.engine;
  }
  get nodes(): readonly NodeReport[] {
    return this.runner.nodes;
  }
  get weightBytes(): number {
    return this.runner.weightBytes;
  }
  get choices(): readonly Choice[] {
    return this.runner instanceof ChoosingRunner ? this.runner.choices : [];
  }
  get notes(): readonly string[] {
    const refused = this.runner instanceof ChoosingRunner ? this.runner.refused : this.obstacle;
    if (refused === undefined) return [];
    return [`The model as a whole is not given to ONNX Runtime: ${refused}.`];
  }

  predict(inputs: readonly Tensor[]): Tensor[] {
    const { name, inputs: expected } = this.graph;
    if (this.#disposed) {
      throw new HalfnoteError('disposed', `The quantized graph '${name}' has been disposed.`);
    }
    if (inputs.length !== expected.length) {
      const ids = expected.map(({ id }) => `'${id}'`).join(', ');
      throw new HalfnoteError(
        'input-mismatch',
        `The quantized graph '${name}' takes ${expected.length} inputs (${ids}), not ${inputs.length}.`,
      );
    }
    expected.forEach(({ id, shape }, i) => {
      const given = inputs[i]?.shape ?? [];
      const fits =
        given.length === shape.length && shape.every((n, d) => n === null || n === given[d]);
      if (fits) return;
      const wanted = shape.map((n) => n ?? 'any').join(', ');
      throw new HalfnoteError(
        'input-mismatch',
        `Input '${id}' of '${name}' has shape [${given.join(', ')}]; [${wanted}] is needed.`,
      );
    });
    return this.rounds
      ? onFiniteRows(inputs, (finite) => this.runner.predict(finite))
      : this.runner.predict(inputs);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.runner.dispose();
  }
}
