import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { DeviceFacts } from '../backend/contract';
import { notNative } from '../integer/choose';
import { CompiledPass } from '../compiled/compiled-pass';
import { runCompiled } from '../compiled/run-compiled';
import { Masks } from '../graph/masks';
import type { ValueId } from '../models/model-graph';
import type { QuantizedGraph, QuantizedNode } from '../graph/quantized-graph';
import { HandleScope } from '../integer/handles';
import type { NodeKernel } from './kernel';
import { NativeAffine } from './native/boundary';
import { partsOf, rowsAtOnce } from './parts';
import type { NodeReport } from './report';
import type { Runner } from './runner';
import { nodeKernel } from './select';
import { SimulatedAffine } from './simulated/boundary';
import { type Affine, type Result, Value } from './value';

/**
 * Runs node after node; values are freed after their last reader. Where that repeats, all nodes are one program,
 * if it gives the same bits.
 */
export class NodeRunner implements Runner {
  readonly engine = 'tensorflow' as const;
  readonly kernel: string;
  readonly #scope = new HandleScope();
  readonly #kernels: NodeKernel[] = [];
  readonly #affines = new Map<ValueId, Affine>();
  /** For each node, the values that nothing reads after it. */
  readonly #done: readonly (readonly ValueId[])[];
  readonly #atOnce: number;
  /** Which nodes are further calls of a layer in float, whose weights are there once. */
  readonly #isRepeated: readonly boolean[];
  readonly #compiled: CompiledPass;
  /** By the shapes of inputs, which kernels ran where several may. */
  readonly #ran = new Map<string, readonly (() => void)[]>();
  #disposed = false;

  constructor(
    private readonly graph: QuantizedGraph,
    facts: DeviceFacts,
  ) {
    const isNative = notNative(facts) === undefined;
    this.kernel = isNative ? 'node by node' : 'node by node, in fp32 on integer values';
    this.#done = lastReads(graph);
    this.#atOnce = rowsAtOnce(graph);
    const layers = graph.nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : []));
    const seen = new Set<object>();
    this.#isRepeated = graph.nodes.map(({ op }) => {
      if (op.kind !== 'float') return false;
      const isRepeated = seen.has(op.layer);
      seen.add(op.layer);
      return isRepeated;
    });
    this.#compiled = new CompiledPass({
      layers: () => layers,
      weights: () => [...new Set(layers.flatMap(({ weights }) => weights))],
      takesConstants: true,
    });
    try {
      for (const [id, params] of graph.activations) {
        const affine = isNative
          ? new NativeAffine(params, this.#scope)
          : new SimulatedAffine(params);
        this.#affines.set(id, affine);
      }
      for (const node of graph.nodes) this.#kernels.push(nodeKernel(node, graph, facts));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  get nodes(): readonly NodeReport[] {
    return this.#kernels.map((kernel, i) => ({
      id: this.graph.nodes[i]?.id ?? '',
      engine: kernel.engine,
      kernel: kernel.kernel,
      execution: kernel.execution,
      reason: kernel.reason,
      weightBytes: this.#isRepeated[i] === true ? 0 : kernel.weightBytes,
      activationScale: kernel.activationScale,
      choices: kernel.choices ?? [],
    }));
  }

  get weightBytes(): number {
    return this.nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }

  predict(inputs: readonly Tensor[]): Tensor[] {
    const parts = partsOf(inputs[0]?.shape[0] ?? 0, this.#atOnce);
    if (parts.length === 1) return this.#run(inputs);
    return tf.tidy(() => {
      const results = parts.map(({ start, count }) =>
        this.#run(inputs.map((x) => tf.slice(x, start, count))),
      );
      return this.graph.outputs.map((_, i) => tf.concat(results.map((part) => part[i] as Tensor)));
    });
  }

  #run(inputs: readonly Tensor[]): Tensor[] {
    const key = inputs.map(({ shape }) => shape.join('x')).join();
    const results = runCompiled(this.#compiled, inputs, () => {
      const made = this.#nodeByNode(inputs);
      this.#ran.set(key, this.#kernels.map((kernel) => kernel.remember?.()).filter(isThere));
      return made;
    });
    for (const restore of this.#ran.get(key) ?? []) restore();
    return [...results];
  }

  #nodeByNode(inputs: readonly Tensor[]): Tensor[] {
    const values = new Map<ValueId, Value>();
    const masks = Masks.of(this.graph);
    try {
      this.graph.inputs.forEach(({ id }, i) => {
        const tensor = inputs[i];
        if (tensor === undefined) throw new Error(`no tensor for input '${id}'`);
        values.set(id, new Value({ kind: 'float', tensor }, this.#affines.get(id), true));
      });
      this.graph.nodes.forEach((node, i) => {
        this.#runNode(node, i, values, masks);
        for (const id of this.#done[i] ?? []) {
          values.get(id)?.dispose();
          values.delete(id);
        }
      });
      return this.#outputs(values);
    } finally {
      for (const value of values.values()) value.dispose();
      masks?.dispose();
    }
  }

  #runNode(
    node: QuantizedNode,
    index: number,
    values: Map<ValueId, Value>,
    masks: Masks | undefined,
  ): void {
    const inputs = node.inputs.map((id) => valueOf(values, id));
    const call = { mask: masks?.get(node) };
    const results: readonly Result[] = [this.#kernels[index]?.run(inputs, call) ?? []].flat();
    masks?.pass(node, () => inputs.map((input) => input.float()));
    const further = node.op.kind === 'float' ? (node.op.furtherOutputs ?? []) : [];
    [node.output, ...further].forEach((id, i) => {
      const result = results[i];
      if (result === undefined) throw new Error(`'${node.id}' gave no output ${i}`);
      values.set(id, new Value(result, this.#affines.get(id)));
    });
  }

  /** A value may be several outputs, each a tensor of its own. */
  #outputs(values: ReadonlyMap<ValueId, Value>): Tensor[] {
    const taken = new Map<ValueId, Tensor>();
    return this.graph.outputs.map((id) => {
      const before = taken.get(id);
      if (before !== undefined) return before.clone();
      const tensor = valueOf(values, id).takeFloat();
      taken.set(id, tensor);
      return tensor;
    });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#compiled.forget();
    for (const kernel of this.#kernels) kernel.dispose();
    this.#scope.dispose();
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

function valueOf(values: ReadonlyMap<ValueId, Value>, id: ValueId): Value {
  const value = values.get(id);
  if (value === undefined) throw new Error(`value '${id}' is read before it is made`);
  return value;
}

function lastReads(graph: QuantizedGraph): ValueId[][] {
  const last = new Map<ValueId, number>();
  graph.nodes.forEach((node, i) => {
    const further = node.op.kind === 'float' ? (node.op.furtherOutputs ?? []) : [];
    // A value that nothing reads is done when it is made.
    for (const id of [...node.inputs, node.output, ...further]) last.set(id, i);
  });
  const done: ValueId[][] = graph.nodes.map(() => []);
  for (const [id, index] of last) {
    if (!graph.outputs.includes(id)) done[index]?.push(id);
  }
  return done;
}
