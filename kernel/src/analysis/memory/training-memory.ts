import * as tf from '@tensorflow/tfjs';
import type { ComputeFormat } from '../../backend/contract';
import { nativeLack, nativeRemedy } from '../../backend/lack';
import { ensureBackend, hasNativeBackend } from '../../backend/load';
import { about } from '../../display/variable-name';
import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import { quickFingerprint } from '../../models/fingerprint';
import type { FloatModel } from '../../models/graph-model';
import { cloneModel, walkLayers } from '../../models/walk';
import { AdamW } from '../../precision/optimizers/classes';
import { peakBytes } from './allocations';
import { MEMORY_FORMATS, OPTIMIZER_NAMES, type OptimizerName } from './options';
import type { FormatMemory, LayerRow } from './result';
import { type LayerMemory, type StepTrace, traceStep } from './step';
import { TrainingMemory } from './view';

/** Optimizers by name; the learning rate says nothing about memory. */
export const OPTIMIZERS: Readonly<Record<OptimizerName, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0),
  momentum: () => tf.train.momentum(0, 0.9),
  adagrad: () => tf.train.adagrad(0),
  adadelta: () => tf.train.adadelta(0),
  rmsprop: () => tf.train.rmsprop(0),
  adam: () => tf.train.adam(0),
  adamw: () => new AdamW({ learningRate: 0 }),
  adamax: () => tf.train.adamax(0),
};

export interface TrainingMemoryOptions {
  /** Samples in a step. Default 32. */
  readonly batchSize?: number;
  /** By name, or what makes one. Default `adam`. */
  readonly optimizer?: OptimizerName | (() => tf.Optimizer);
  /** Default: fp32, tf32, bf16, fp16, fp8. */
  readonly formats?: readonly ComputeFormat[];
  /** Make one step at this batch size and measure its peak. Default true. */
  readonly measure?: boolean;
}

/** Batch sizes of the steps from which a larger one is told; 1 would take shortcuts of its own. */
const [SMALL, LARGER] = [2, 3] as const;

/**
 * The memory of training a model, by layer and format: weights, their copies in the compute format,
 * gradients, the optimizer's state, and the activations that the tape really keeps.
 *
 * Modelled: every native buffer of a step with 2 and one with 3 samples is followed; each is linear in
 * the batch size, so the same timeline with their sizes at `batchSize` tells the peak (where the number of
 * tensors depends on the batch, the peak itself is extrapolated). Measured: the peak
 * of a real step's native buffers. What an op needs for itself while it runs is in neither. The model
 * itself isn't trained: a copy is, on zeros, with the mean square of the outputs as the loss.
 *
 * @throws HalfnoteError `invalid-batch-size`, `invalid-optimizer`, `invalid-format`, `unknown-shape`,
 *   `no-trainable-weights`, `no-native-backend`.
 */
export async function trainingMemory(
  source: FloatModel,
  options: TrainingMemoryOptions = {},
): Promise<TrainingMemory> {
  const { batchSize = 32, optimizer = 'adam', formats = MEMORY_FORMATS, measure = true } = options;
  const model = asLayersModel(source, 'trainingMemory');
  check(model, batchSize, formats);
  const make = optimizerOf(optimizer);
  const named = typeof optimizer === 'string' ? optimizer : make.name || 'own optimizer';
  const facts = await ensureBackend();
  if (!hasNativeBackend()) {
    throw new HalfnoteError(
      'no-native-backend',
      'WebAssembly does not tell what memory a step takes.',
      nativeRemedy(nativeLack(undefined)).hint,
    );
  }
  const copy = await cloneModel(model);
  try {
    const rows = formats.map((format): FormatMemory => {
      const step = (size: number): StepTrace =>
        traceStep(copy, { batchSize: size, format, optimizer: make });
      // The first step of a format also makes constants that later ones share.
      step(SMALL);
      const forecast = predicted(copy, step, batchSize);
      const measured = measure ? step(batchSize) : undefined;
      return {
        format,
        execution: facts.formats[format].execution,
        ...forecast,
        measuredPeakBytes: measured ? peakBytes(measured.allocations, measured.span) : null,
      };
    });
    const fingerprint = quickFingerprint(model);
    const result = { model: model.name, fingerprint, batchSize, optimizer: named, formats: rows };
    return about(new TrainingMemory(result), { model: source });
  } finally {
    copy.dispose();
  }
}

function predicted(
  model: tf.LayersModel,
  step: (size: number) => StepTrace,
  batchSize: number,
): Pick<FormatMemory, 'layers' | 'total' | 'batchBytes' | 'predictedPeakBytes'> {
  const [small, larger] = [step(SMALL), step(LARGER)];
  const at = (a: number, b: number): number => extrapolate([SMALL, a], [LARGER, b], batchSize);
  const bytesOf = (name: string): LayerMemory => {
    const [a, b] = [small.layers.get(name) ?? NONE, larger.layers.get(name) ?? NONE];
    return combine(a, b, at);
  };
  const rows: LayerRow[] = walkLayers(model).map(({ name, layer }) => ({
    name,
    kind: layer.getClassName(),
    parameters: layer.countParams(),
    ...bytesOf(name),
  }));
  rows.push({ name: 'loss', kind: 'stand-in', parameters: 0, ...bytesOf('') });
  return {
    layers: rows,
    total: rows.reduce<LayerMemory>((sum, row) => combine(sum, row, (a, b) => a + b), NONE),
    batchBytes: at(small.batch, larger.batch),
    predictedPeakBytes:
      small.allocations.length === larger.allocations.length
        ? peakBytes(small.allocations, small.span, ({ bytes }, index) =>
            at(bytes, larger.allocations[index]?.bytes ?? bytes),
          )
        : peakOfTwoSizes(step, batchSize),
  };
}

/**
 * Where a step makes more tensors for a larger batch there is no one timeline: the peak is taken as
 * linear.
 */
function peakOfTwoSizes(step: (size: number) => StepTrace, batchSize: number): number {
  const peak = (size: number): readonly [number, number] => {
    const { allocations, span } = step(size);
    return [size, peakBytes(allocations, span)];
  };
  return extrapolate(peak(4 * LARGER), peak(8 * LARGER), batchSize);
}

/** The value at `x` of the line through two points. */
function extrapolate(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  x: number,
): number {
  return y1 + ((y2 - y1) * (x - x1)) / (x2 - x1);
}

const NONE: LayerMemory = { weights: 0, copies: 0, gradients: 0, optimizer: 0, activations: 0 };

function combine(
  a: LayerMemory,
  b: LayerMemory,
  of: (a: number, b: number) => number,
): LayerMemory {
  return {
    weights: of(a.weights, b.weights),
    copies: of(a.copies, b.copies),
    gradients: of(a.gradients, b.gradients),
    optimizer: of(a.optimizer, b.optimizer),
    activations: of(a.activations, b.activations),
  };
}

function optimizerOf(optimizer: OptimizerName | (() => tf.Optimizer)): () => tf.Optimizer {
  if (typeof optimizer === 'function') return optimizer;
  if (Object.hasOwn(OPTIMIZERS, optimizer)) return OPTIMIZERS[optimizer];
  throw new HalfnoteError(
    'invalid-optimizer',
    `The optimizer is ${JSON.stringify(optimizer)}; allowed are ${OPTIMIZER_NAMES.join(', ')}, and a function that makes one.`,
  );
}

function check(model: tf.LayersModel, batchSize: number, formats: readonly string[]): void {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new HalfnoteError(
      'invalid-batch-size',
      `batchSize is ${batchSize}; allowed are integers from 1 on.`,
    );
  }
  const allowed: readonly string[] = MEMORY_FORMATS;
  const unknown = formats.find((format) => !allowed.includes(format));
  if (unknown !== undefined || formats.length === 0) {
    throw new HalfnoteError(
      'invalid-format',
      `formats are [${formats.join(', ')}]; allowed are one or more of ${allowed.join(', ')}.`,
    );
  }
  if (model.trainableWeights.length === 0) {
    throw new HalfnoteError('no-trainable-weights', `${model.name} has no weights to train.`);
  }
}
