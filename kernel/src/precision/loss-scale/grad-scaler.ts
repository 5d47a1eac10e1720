import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap, Optimizer, Tensor } from '@tensorflow/tfjs';
import { castTo } from '../../backend/storage';
import { HalfnoteError } from '../../errors';
import { allFinite } from '../training/finite';
import { checkScalarLoss } from '../training/scalar-loss';
import { putBack } from '../training/step-state';
import { noticeSkips } from '../training/skip-notice';
import { updatedBy, updatesOf } from '../updates';
import { withScaledGradient } from './scaled-gradient';
import { manualStep, noteManualPass, noteManualScaler, type ManualPass } from './manual';
import { nonFiniteGradients, type NonFiniteGradient } from './non-finite';
import type { LossScaler } from './scaler';
import {
  lossScalerFrom,
  lossScalerState,
  restoreLossScaler,
  type LossScalerPreset,
  type LossScalerState,
} from './state';
import { LossScaleTrace } from './trace';

/** What was found of an optimizer's gradients since the last update. */
interface Stage {
  readonly finite: boolean;
  readonly stepped: boolean;
}

/**
 * Loss scaling for loops written by hand, as `torch.amp.GradScaler`: scale the loss, take gradients,
 * unscale (and clip), step, update. Within `autocast('fp16', ...)` it takes the place of the automatic
 * scaling. Tensors that are handed in stay the caller's; run a step in `tf.tidy`.
 */
export class GradScaler {
  private current: LossScaleTrace;
  private stages = new Map<Optimizer, Stage>();
  private found: NonFiniteGradient[] = [];

  /** @param scaler A preset, a fixed scale, or a scaler. Default PyTorch's dynamic one. */
  constructor(scaler: LossScalerPreset | number | LossScaler = 'pytorch') {
    this.current = new LossScaleTrace(lossScalerFrom(scaler));
    noteManualScaler();
  }

  /** The scale in force, its history, and the skipped steps with their layers. */
  get trace(): LossScaleTrace {
    return this.current;
  }

  getScale(): number {
    return this.current.scale;
  }

  /**
   * Lets the gradients of the loss come out multiplied by the scale. The value stays as it is, for in
   * tfjs it comes back with the gradients: `tf.variableGrads(() => scaler.scale(loss()))`.
   * @throws HalfnoteError `loss-not-scalar`.
   */
  scale<T extends Tensor>(loss: T): T {
    checkScalarLoss(loss);
    const trace = this.current;
    const pass: ManualPass = { factor: trace.scale };
    if (trace.step === 0 && trace.scaler.checksGradients) {
      pass.measured = (fitting) => {
        trace.noteFitting(fitting);
      };
    }
    noteManualPass(pass);
    return withScaledGradient(loss, () => pass.factor) as T;
  }

  /**
   * Gradients divided by the scale, in fp32, as new tensors: for clipping before `step`. Looks for
   * values that aren't finite. Once an optimizer between two updates, after any accumulation.
   * @throws HalfnoteError `already-unscaled`.
   */
  unscale(optimizer: Optimizer, gradients: NamedTensorMap): NamedTensorMap {
    if (this.stages.has(optimizer)) {
      throw new HalfnoteError(
        'already-unscaled',
        'The gradients of this optimizer have been unscaled since the last update().',
        'Call unscale once a step, and update() after step().',
      );
    }
    const { scale, scaler } = this.current;
    const unscaled = tf.tidy(() =>
      Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [
          name,
          tf.div(castTo(gradient, 'fp32'), scale),
        ]),
      ),
    );
    const finite = !scaler.checksGradients || allFinite(Object.values(unscaled));
    if (!finite) {
      const named = Object.entries(unscaled).map(([name, gradient]) => ({ name, gradient }));
      this.found.push(...nonFiniteGradients(named));
    }
    this.stages.set(optimizer, { finite, stepped: false });
    return unscaled;
  }

  /**
   * Updates by the optimizer, unless a gradient isn't finite. Gradients are unscaled first if
   * `unscale` wasn't called.
   * @returns Whether the variables were updated.
   * @throws HalfnoteError `no-gradients` where there are none, `already-stepped` when called twice without
   * `update()`.
   */
  step(optimizer: Optimizer, gradients: NamedTensorMap): boolean {
    checkGradients(gradients);
    const stage = this.stages.get(optimizer);
    if (stage?.stepped === true) {
      throw new HalfnoteError(
        'already-stepped',
        'step() was called for this optimizer since the last update().',
        'Call update() after each step.',
      );
    }
    const own = stage === undefined ? this.unscale(optimizer, gradients) : undefined;
    const finite = this.stages.get(optimizer)?.finite ?? true;
    this.stages.set(optimizer, { finite, stepped: true });
    try {
      if (finite) {
        manualStep(() => {
          optimizer.applyGradients(own ?? gradients);
        });
      } else {
        putBack(updatedBy(updatesOf(gradients)));
      }
    } finally {
      tf.dispose(own ?? []);
    }
    return finite;
  }

  /**
   * Adjusts the scale for the next step by what was found in this one, over all optimizers.
   * @throws HalfnoteError `nothing-checked` before any `step` or `unscale`.
   */
  update(): void {
    if (this.stages.size === 0) {
      throw new HalfnoteError(
        'nothing-checked',
        'update() was called without step() or unscale() before.',
        'Call step(optimizer, gradients) first.',
      );
    }
    const finite = [...this.stages.values()].every((stage) => stage.finite);
    const found = this.found;
    this.stages = new Map();
    this.found = [];
    this.current.adjust(finite, found);
    noticeSkips(this.current, 'GradScaler');
  }

  /** For a checkpoint: JSON. */
  stateDict(): LossScalerState {
    return lossScalerState(this.current.scaler);
  }

  /** Goes on from a checkpoint; the history begins anew. */
  loadStateDict(state: LossScalerState): void {
    this.current = new LossScaleTrace(restoreLossScaler(state));
    this.stages = new Map();
    this.found = [];
  }
}

/** As PyTorch asserts: with none there is nothing to check, and a step that does nothing would count as finite. */
function checkGradients(gradients: NamedTensorMap): void {
  const given: unknown = gradients;
  const isMap = typeof given === 'object' && given !== null && !(given instanceof tf.Tensor);
  if (isMap && Object.values(given).some((gradient) => gradient instanceof tf.Tensor)) return;
  throw new HalfnoteError(
    'no-gradients',
    `step() was given ${isMap ? 'no gradients' : inspect(given, { depth: 0 })}; allowed is a map of gradients by the ` +
      "names of their variables, with one at least. Neither weights nor the scaler's state have changed.",
    'Hand it what tf.variableGrads(() => scaler.scale(loss())).grads gives.',
  );
}
