import * as tf from '@tensorflow/tfjs';
import type * as ort from 'onnxruntime-node';
import { ensureBackend } from '../../backend/load';
import { HalfnoteError } from '../../errors';
import { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { readForeign } from '../../export/onnx/foreign/read-foreign';
import { shapeOf, typeOf } from '../../export/onnx/foreign/tensor-values';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { decodeOnnx } from '../../export/onnx/summary';
import type { OnnxInput } from '../../quantization/onnx/calibrate';
import { foldConstants } from '../../quantization/onnx/fold-constants';
import { zeroInputs } from './zero-inputs';

/** A value of a graph, as a run had it. */
export interface RunValue {
  readonly shape: readonly number[];
  /** The element type, as NumPy calls it. */
  readonly type: string;
  readonly isConstant: boolean;
}

export interface OnnxRun {
  /** Without what no output needs; weights that are computed from constants alone are constants. */
  readonly graph: ForeignGraph;
  readonly values: ReadonlyMap<string, RunValue>;
  /** Rows of the first input. */
  readonly batchSize: number;
}

export interface OnnxRunOptions {
  /** Samples in a batch. Default 1, or the batch that the file fixes. */
  readonly batchSize?: number;
  /** Real inputs in place of zeros: a tensor, one per input, or by name. Their batch is the batch. */
  readonly data?: { readonly x: OnnxInput };
}

/** Where shapes alone are asked for. */
export interface TrialOptions extends OnnxRunOptions {
  /** What open sizes beside the batch are in zeros; without it they may not be open. */
  readonly openSize?: number;
}

/**
 * Runs a model once in ONNX Runtime, and says what shape each value of its graph had; values within
 * branches and loops aside.
 * @param watch Is handed each value that a node made.
 * @throws HalfnoteError `invalid-batch-size`, `unknown-shape` where more than the batch is open and there
 *   are no data, `invalid-option` for both, `input-mismatch`, `onnxruntime-refused`.
 */
export async function runOnce(
  model: OnnxModel,
  options: TrialOptions,
  watch?: (name: string, value: ort.Tensor) => void,
): Promise<OnnxRun> {
  const { batchSize, data, openSize } = options;
  if (data !== undefined && batchSize !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      `batchSize is ${batchSize}, and there are data too, which have a batch of their own.`,
      'Leave one of them out.',
    );
  }
  await ensureBackend();
  const graph = await neededGraph(model);
  const zeros = data === undefined ? zeroInputs(model, batchSize, openSize) : undefined;
  const made = graph.nodes.flatMap(({ output }) => output ?? []).filter((name) => name !== '');
  const known = new Set([...graph.outputs, ...graph.inputs]);
  const watched = await loadOnnx(graph.encode(made.filter((name) => !known.has(name))), {
    source: model.source,
  });
  try {
    const given = model.named(data?.x ?? zeros ?? []);
    const values = new Map<string, RunValue>();
    for (const [name, constant] of graph.constants) {
      values.set(name, { shape: shapeOf(constant), type: typeOf(constant), isConstant: true });
    }
    for (const { name, type } of model.inputs) {
      values.set(name, { shape: given.get(name)?.shape ?? [], type, isConstant: false });
    }
    const results = await watched.run(Object.fromEntries(given));
    for (const [name, result] of Object.entries(results)) {
      const { dims, type } = result;
      values.set(name, { shape: [...dims], type, isConstant: false });
      watch?.(name, result);
    }
    return { graph, values, batchSize: [...given.values()][0]?.shape[0] ?? 1 };
  } finally {
    await watched.dispose();
    tf.dispose(zeros);
  }
}

async function neededGraph(model: OnnxModel): Promise<ForeignGraph> {
  const graph = await readForeign(model);
  await foldConstants(graph);
  return new ForeignGraph(decodeOnnx(graph.encode(), model.source), model.source);
}

/** Of one element as it lies in memory; 0 of texts, whose length is their own. */
export function elementBytes(type: string): number {
  if (type === 'bool') return 1;
  return Number(/\d+/.exec(type)?.[0] ?? 0) / 8;
}
