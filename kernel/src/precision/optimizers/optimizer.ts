import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import { castTo } from '../../backend/storage';
import { hasNativeBackend } from '../../backend/load';
import type { NamedGradients } from '../../patches/engine-internals';
import { updatesOf, type Update } from '../updates';
import { GradientAccumulator } from '../loss-scale/accumulator';
import { isSchedule, scheduleFrom, type ScheduleConfig } from '../schedules/schedule';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './clip';
import { isPlain } from './fused';
import type { CommonOptions } from './options';
import type { UpdateRule } from './rules';
import { runKernel } from './run-kernel';
import { SlotStore, type NamedTensor } from './slot-store';

/** A variable with its gradient, clipped and with L2 decay. */
interface Prepared extends Update {
  readonly gradient: Tensor;
}

/**
 * An optimizer that follows an {@link UpdateRule}: by TensorFlow's fused kernel, or composed of ops where
 * there is none. It takes a schedule for a learning rate, decays weights, and clips gradients.
 */
export abstract class RuleOptimizer extends tf.Optimizer {
  /** True when weight decay shrinks the weight itself and not through the gradient. */
  protected readonly decoupledDecay: boolean = false;
  private readonly slots: SlotStore;
  private readonly accumulator: GradientAccumulator | undefined;

  constructor(
    protected readonly options: CommonOptions & object,
    private readonly rule: UpdateRule,
  ) {
    super();
    this.slots = new SlotStore(rule.slots);
    const { gradientAccumulationSteps: steps = 1 } = options;
    if (steps > 1) this.accumulator = new GradientAccumulator({ steps });
  }

  /** The rate of the next step. */
  get learningRate(): number {
    const { learningRate = 0 } = this.options;
    return isSchedule(learningRate) ? learningRate.at(this.iterations) : learningRate;
  }

  override applyGradients(gradients: NamedGradients): void {
    const given = this.accumulated(updatesOf(gradients));
    if (given === undefined) return;
    const rate = this.learningRate;
    const step = this.iterations + 1;
    tf.tidy(() => {
      const updates = this.prepared(given());
      const kernel = hasNativeBackend() ? this.rule.kernel(rate, step) : undefined;
      const [fused, composed] = [
        updates.filter((update) => kernel !== undefined && isPlain(update)),
        updates.filter((update) => kernel === undefined || !isPlain(update)),
      ];
      if (kernel !== undefined && fused.length > 0) {
        const targets = fused.map(({ variable, gradient }) => {
          const keep = this.keepFactor(variable, rate);
          const slots = this.slots.slotsOf(variable);
          return { variable, slots, gradient, ...(keep === undefined ? {} : { keep }) };
        });
        runKernel(kernel, targets);
      }
      for (const update of composed) this.applyComposed(update, rate, step);
    });
    this.incrementIterations();
  }

  /** What makes a step: these gradients, or the mean of several batches'; undefined before the last. */
  private accumulated(updates: readonly Update[]): (() => readonly Update[]) | undefined {
    const { accumulator } = this;
    if (accumulator === undefined) return () => updates;
    const isLast = tf.tidy(() =>
      accumulator.add(
        Object.fromEntries(
          updates.flatMap(({ variable: { name }, gradient }) =>
            gradient === undefined ? [] : [[name, castTo(gradient, 'fp32')]],
          ),
        ),
      ),
    );
    if (!isLast) return undefined;
    return () => {
      const mean = accumulator.take();
      return updates.map((update) => ({ ...update, gradient: mean[update.variable.name] }));
    };
  }

  override async getWeights(): Promise<NamedTensor[]> {
    return [await this.saveIterations(), ...this.slots.list()];
  }

  override async setWeights(weights: NamedTensor[]): Promise<void> {
    this.slots.restore(await this.extractIterations(weights));
  }

  /** The options; a schedule as its config. Names go as objects, for tfjs rewrites other strings. */
  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate, excludeFromWeightDecay, ...rest } = this.options;
    const config = {
      ...rest,
      learningRate: isSchedule(learningRate) ? learningRate.config : learningRate,
      ...(excludeFromWeightDecay && {
        excludeFromWeightDecay: excludeFromWeightDecay.map((name) => ({ name })),
      }),
    };
    return config as unknown as tf.serialization.ConfigDict;
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    type: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { learningRate, excludeFromWeightDecay, ...rest } = config;
    // tfjs adds its own.
    delete rest['customObjects'];
    const isConfig = typeof learningRate === 'object' && learningRate !== null;
    return new type({
      ...rest,
      learningRate: isConfig
        ? scheduleFrom(learningRate as unknown as ScheduleConfig)
        : learningRate,
      ...(Array.isArray(excludeFromWeightDecay) && {
        excludeFromWeightDecay: (excludeFromWeightDecay as unknown as { name: string }[]).map(
          ({ name }) => name,
        ),
      }),
    });
  }

  override dispose(): void {
    this.accumulator?.dispose();
    this.slots.dispose();
  }

  private prepared(updates: readonly Update[]): Prepared[] {
    const given = updates.flatMap((update): Prepared[] => {
      const { gradient } = update;
      if (gradient === undefined) return [];
      return [{ ...update, gradient: castTo(gradient, 'fp32') }];
    });
    const clipped = this.clipped(
      Object.fromEntries(given.map(({ variable, gradient }) => [variable.name, gradient])),
    );
    return given.map((update) => ({
      ...update,
      gradient: this.withL2(update.variable, clipped[update.variable.name] ?? update.gradient),
    }));
  }

  private clipped(gradients: NamedTensorMap): NamedTensorMap {
    const { globalClipNorm, clipNorm, clipValue } = this.options;
    let result = gradients;
    if (clipValue !== undefined) result = clipByValue(result, clipValue);
    if (clipNorm !== undefined) result = clipByNorm(result, clipNorm);
    if (globalClipNorm !== undefined) result = clipByGlobalNorm(result, globalClipNorm).gradients;
    return result;
  }

  private withL2(variable: Variable, gradient: Tensor): Tensor {
    const decay = this.decayOf(variable);
    if (this.decoupledDecay || decay === 0) return gradient;
    return tf.add(gradient, tf.mul(variable, decay));
  }

  private keepFactor(variable: Variable, rate: number): number | undefined {
    const decay = this.decayOf(variable);
    return this.decoupledDecay && decay !== 0 ? 1 - rate * decay : undefined;
  }

  private decayOf({ name }: Variable): number {
    const { weightDecay = 0, excludeFromWeightDecay = [] } = this.options;
    return excludeFromWeightDecay.some((part) => name.includes(part)) ? 0 : weightDecay;
  }

  private applyComposed({ variable, gradient }: Prepared, rate: number, step: number): void {
    const slots = this.slots.slotsOf(variable);
    const { slots: next, change } = this.rule.composed(gradient, slots, rate, step);
    slots.forEach((slot, index) => {
      const value = next[index];
      if (value !== undefined) slot.assign(value);
    });
    const keep = this.keepFactor(variable, rate);
    const kept = keep === undefined ? variable : tf.mul(variable, keep);
    variable.assign(tf.sub(kept, change));
  }
}
