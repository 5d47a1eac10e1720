import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { handleOf } from '../../backend/raw';
import type { ComputeFormat } from '../../backend/contract';
import { HalfnoteError } from '../../errors';
import { aroundLayers } from '../../patches/layers';
import { withoutRecording } from '../../precision/ranges/recorder';
import { DynamicLossScaler } from '../../precision/loss-scale/dynamic';
import { NoOpLossScaler } from '../../precision/loss-scale/scaler';
import { LossScaleTrace } from '../../precision/loss-scale/trace';
import { enterApart } from '../../precision/session';
import { innerGraph } from '../../models/inner-layers';
import { walkLayers } from '../../models/walk';
import { writeWeights } from '../../models/weights';
import { type Allocation, AllocationTrace, isAlive } from './allocations';

/** Bytes that a layer needs for as long as they are needed, by what they are. */
export interface LayerMemory {
  /** fp32 master weights. */
  readonly weights: number;
  /** Copies of the weights in the compute format, made once a step. */
  readonly copies: number;
  readonly gradients: number;
  readonly optimizer: number;
  /** What the layer leaves on the tape from the forward to the backward pass. */
  readonly activations: number;
}

/** A training step's native memory, and when it was held. */
export interface StepTrace {
  readonly allocations: readonly Allocation[];
  /** First and last tick of the step. */
  readonly span: readonly [from: number, to: number];
  readonly batch: number;
  /** By the layer's name; what belongs to none (the loss, say) under ''. */
  readonly layers: ReadonlyMap<string, LayerMemory>;
}

export interface StepOptions {
  readonly batchSize: number;
  readonly format: ComputeFormat;
  readonly optimizer: () => tf.Optimizer;
}

/**
 * Trains the model on zeros until a step is taken, which makes the optimizer's state, and traces the next.
 * The mean square of the outputs stands for the loss.
 */
export function traceStep(model: tf.LayersModel, options: StepOptions): StepTrace {
  const trace = new AllocationTrace();
  let batch: Tensor[] = [];
  let optimizer: tf.Optimizer | undefined;
  let step: TracedStep | undefined;
  trace.start();
  try {
    ownWeights(model);
    batch = inputsOf(model, options.batchSize);
    optimizer = options.optimizer();
    const traced = new TracedStep(trace, model, batch, optimizer, options.format);
    step = traced;
    return withoutRecording(() => {
      traced.takeStep();
      return traced.measure();
    });
  } finally {
    step?.end();
    tf.dispose(batch);
    optimizer?.dispose();
    trace.stop();
  }
}

/** Gives a model weights whose buffers only it has. */
function ownWeights(model: tf.LayersModel): void {
  tf.tidy(() => {
    const own = model.getWeights().map((weight) => tf.add(weight, 0));
    writeWeights(model, own);
  });
}

function inputsOf(model: tf.LayersModel, batchSize: number): Tensor[] {
  return model.inputs.map(({ name, shape }) => {
    const sizes = shape.slice(1);
    if (sizes.some((size) => size === null)) {
      throw new HalfnoteError(
        'unknown-shape',
        `The input ${name} of the model has the shape [${shape.map((s) => s ?? '?').join(', ')}]; only the batch may be open.`,
        'Build the model with a fixed inputShape to know its memory.',
      );
    }
    return tf.zeros([batchSize, ...(sizes as number[])]);
  });
}

const LAYER = 'layer ';

/** How a scale that overflows is lowered; a scale says nothing about memory. */
const SCALING = { backoffFactor: 2 ** -8, minScale: 2 ** -64 };
/** Down to 2^-32. */
const TRIES = 7;

class TracedStep {
  private readonly names: ReadonlyMap<string, tf.layers.Layer>;
  /** Where the forward pass ended. */
  private forwardEnd = 0;
  /** Lets the layers be as they were. */
  readonly end: () => void;
  private gradients: readonly (readonly [variable: string, buffer: Allocation | undefined])[] = [];
  private scaling = new LossScaleTrace(new DynamicLossScaler(SCALING));
  /** What `fit` hands to the optimizer: of a sequential model, the weights of the graph that it runs as. */
  private readonly trained: readonly tf.Variable[];

  constructor(
    private readonly trace: AllocationTrace,
    private readonly model: tf.LayersModel,
    private readonly batch: readonly Tensor[],
    private readonly optimizer: tf.Optimizer,
    private readonly format: ComputeFormat,
  ) {
    const { trainableWeights } = innerGraph(model) ?? model;
    this.trained = trainableWeights.map((weight) => weight.read() as tf.Variable);
    const walked = [...walkLayers(model)];
    this.names = new Map(walked.map(({ name, layer }) => [name, layer]));
    const nameOf = new Map(walked.map(({ name, layer }) => [layer, name]));
    this.end = aroundLayers((layer, _inputs, run) => {
      const name = nameOf.get(layer);
      return name === undefined ? run() : this.within(LAYER + name, run);
    });
  }

  /** Steps with a lower scale each until none of the gradients overflows; where they are NaN, one without. */
  takeStep(): void {
    for (let tries = 0; tries < TRIES; tries += 1) {
      this.run();
      if (this.scaling.skippedInARow === 0) return;
    }
    this.scaling = new LossScaleTrace(new NoOpLossScaler());
    this.run();
  }

  /** One training step, as `fit` makes it by `optimizer.minimize`. */
  private run(): void {
    const leave = enterApart(this.format, this.scaling);
    try {
      const { value, grads } = this.optimizer.computeGradients(
        () => this.loss(),
        [...this.trained],
      );
      this.gradients = Object.entries(grads).map(([name, gradient]) => [
        name,
        this.buffer(gradient),
      ]);
      this.trace.context = 'update';
      this.optimizer.applyGradients(
        // One that is frozen by itself has no gradient, and a state in the optimizer all the same.
        this.trained.map(({ name }) => ({ name, tensor: grads[name] as Tensor })),
      );
      tf.dispose([grads, value]);
    } finally {
      leave();
    }
  }

  measure(): StepTrace {
    const from = this.trace.now;
    const before = this.trace.allocations.filter((allocation) => isAlive(allocation, from));
    const weights = new Map(
      [...this.names].map(([name, layer]) => [name, this.buffers(layer.getWeights())]),
    );
    const batch = this.buffers(this.batch);
    this.run();
    const span = [from, this.trace.now] as const;
    const known = new Set([...batch, ...[...weights.values()].flat()]);
    const state = sum(before.filter((allocation) => !known.has(allocation)));
    const layers = this.layers(weights, state, from);
    return { allocations: this.trace.allocations, span, batch: sum(batch), layers };
  }

  private loss(): tf.Scalar {
    this.trace.context = 'loss';
    const [first, ...others] = this.batch;
    const output = this.model.apply(others.length > 0 || !first ? [...this.batch] : first, {
      training: true,
    }) as Tensor | Tensor[];
    const outputs = Array.isArray(output) ? output : [output];
    const losses = outputs.map((each) => tf.mean(tf.square(each)));
    const loss = losses.reduce((total, each) => tf.add(total, each)) as tf.Scalar;
    this.forwardEnd = this.trace.now;
    this.trace.context = 'backward';
    return loss;
  }

  /** Notes which layer is at work, also within another. */
  private within<T>(context: string, run: () => T): T {
    const outer = this.trace.context;
    this.trace.context = context;
    try {
      return run();
    } finally {
      this.trace.context = outer;
    }
  }

  private layers(
    weights: ReadonlyMap<string, readonly Allocation[]>,
    state: number,
    from: number,
  ): Map<string, LayerMemory> {
    const isWeight = new Set([...weights.values()].flat());
    // What isn't on the tape is freed before the backward pass makes its first tensor.
    const kept = this.trace.allocations.filter(
      (allocation, _, all) =>
        allocation.born >= from &&
        allocation.born < this.forwardEnd &&
        isAlive(allocation, firstBirth(all, this.forwardEnd)),
    );
    const trainable = [...this.names].map(
      ([name, layer]) => [name, this.trainableBytes(layer)] as const,
    );
    const allTrainable = trainable.reduce((total, [, bytes]) => total + bytes, 0);
    const rows = new Map<string, LayerMemory>();
    for (const [name, bytes] of trainable) {
      const own = kept.filter(({ context }) => context === LAYER + name);
      const layer = this.names.get(name);
      rows.set(name, {
        weights: sum(weights.get(name) ?? []),
        copies: sum(own.filter((allocation) => isCopyOf(allocation, isWeight))),
        gradients: layer ? this.gradientBytes(layer) : 0,
        optimizer: allTrainable === 0 ? 0 : Math.round((state * bytes) / allTrainable),
        activations: sum(own.filter((allocation) => !isCopyOf(allocation, isWeight))),
      });
    }
    const loss = sum(kept.filter(({ context }) => !context.startsWith(LAYER)));
    rows.set('', { weights: 0, copies: 0, gradients: 0, optimizer: 0, activations: loss });
    return rows;
  }

  private trainableBytes(layer: tf.layers.Layer): number {
    const trained = new Set<Tensor>(this.trained);
    const own = layer.weights.map((weight) => weight.read());
    return sum(this.buffers(own.filter((weight) => trained.has(weight))));
  }

  private gradientBytes(layer: tf.layers.Layer): number {
    const own = new Set(layer.trainableWeights.map(({ name }) => name));
    return sum(
      this.gradients.flatMap(([name, buffer]) => (buffer && own.has(name) ? [buffer] : [])),
    );
  }

  private buffer(tensor: Tensor): Allocation | undefined {
    return this.trace.behind(handleOf(tensor));
  }

  private buffers(tensors: readonly Tensor[]): Allocation[] {
    return tensors.flatMap((tensor) => this.buffer(tensor) ?? []);
  }
}

function isCopyOf(allocation: Allocation, sources: ReadonlySet<Allocation>): boolean {
  const { castOf } = allocation;
  return castOf !== undefined && (sources.has(castOf) || isCopyOf(castOf, sources));
}

function firstBirth(allocations: readonly Allocation[], from: number): number {
  return allocations.find(({ born }) => born >= from)?.born ?? from;
}

function sum(allocations: readonly Allocation[]): number {
  return [...new Set(allocations)].reduce((total, { bytes }) => total + bytes, 0);
}
