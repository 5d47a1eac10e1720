import type { DeviceFacts, Execution } from '../backend/contract';
import { predictionsInWords } from '../backend/compiled/predictions';
import { stepStatistics, stepsInWords } from '../backend/deferred/steps';
import { host, JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { HalfnoteError } from '../errors';
import { onScriptCellEnd } from '../script-cell';
import { COMPUTE_FORMATS } from '../formats/names';
import { paragraph, staticBundle, table } from '../display/fallback';
import type { Column } from '../display/table';
import { afterFit, refuseInFit } from './policies/fits';
import type { Keep } from './policies/keep';
import { describePolicy, type Policy } from './policy';
import {
  ensureFacts,
  newRegime,
  regime,
  regimeKeeping,
  setCellRegime,
  setSessionRegime,
} from './session';

/** What fp8 stands for, which is two formats, and what comes out of them. */
const FP8_PRODUCTS =
  'Products read weights and activations in E4M3 and gradients in E5M2, each scaled by its largest values, and keep their results in bf16.';

/** The policy in force and what this machine makes of each format. Shows itself in a notebook. */
export class PrecisionStatus implements Displayable {
  constructor(
    readonly policy: Policy,
    readonly facts: DeviceFacts,
    /** The factor on the loss, 1 where none is needed. */
    readonly lossScale: number,
    /** `all` shows every format; `policy`, after a change, only the one in force. */
    private readonly shows: 'all' | 'policy' = 'all',
    /** Layers with a policy of their own, as `dense_3=fp32,conv*=bf16`; empty where none has. */
    readonly keep = '',
  ) {}

  /** How the policy's products run here. */
  get execution(): Execution {
    return this.facts.formats[this.policy.compute].execution;
  }

  get reason(): string {
    return this.facts.formats[this.policy.compute].reason;
  }

  /** One sentence: the policy, native or simulated, and why. */
  toString(): string {
    const predictions = predictionsInWords();
    return (
      `Precision: ${this.policy.compute} (${describePolicy(this.policy)}), ` +
      `${this.execution} on ${this.facts.deviceName}. ${this.reason}` +
      (this.policy.compute === 'fp8' ? ` ${FP8_PRODUCTS}` : '') +
      (this.keep === '' ? '' : ` Layers of their own: ${this.keep}.`) +
      ((stepStatistics()?.steps ?? 0) === 0 ? '' : ` Steps ${stepsInWords()}.`) +
      (predictions === '' ? '' : ` Predictions ${predictions}.`)
    );
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const caption = this.toString();
    if (this.shows === 'policy') {
      return staticBundle(paragraph(caption));
    }
    const rows = COMPUTE_FORMATS.map((format) => {
      const { execution, engine, reason } = this.facts.formats[format];
      return [
        format === this.policy.compute ? `${format} (current)` : format,
        execution,
        engine,
        reason,
      ];
    });
    return staticBundle(table(COLUMNS, rows, { caption }));
  }
}

const COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Execution', align: 'left' },
  { header: 'Engine', align: 'left' },
  { header: 'Why', align: 'left' },
];

export interface SetPrecisionOptions {
  /** True: refuse a format that the hardware doesn't run natively. Default: run it simulated. */
  readonly native?: boolean;
  /**
   * Layers with a policy of their own, by name or pattern: `{ dense_3: 'fp32', 'conv*': 'bf16' }`, or
   * as text `dense_3=fp32,conv*=bf16`. Names are checked when a model is first used.
   */
  readonly keep?: Keep;
}

/**
 * Sets the precision of what follows: products of models, gradients, optimizer steps. Loss scaling
 * starts anew where the format needs it.
 *
 * @param spec `fp32`, `tf32`, `fp16`, `bf16`, `fp8`, `mixed_float16`, `mixed_bfloat16`, `float32`,
 * or jmp's form `p=f32,c=f16,o=f32`. Undefined, with `keep` given: the policy in force.
 * @throws HalfnoteError `unknown-policy`; `not-native` with `{native: true}`; `invalid-keep`;
 * `policy-change-in-fit` while a model is being fitted.
 */
export function setPrecision(
  spec: string | undefined,
  options: SetPrecisionOptions = {},
): PrecisionStatus {
  const next = checked(spec, options);
  setSessionRegime(next);
  return statusOf('policy');
}

/**
 * As {@link setPrecision}, until the running cell ends. In a plain script: until its `scriptCell` ends, or
 * without one until it is set again.
 */
export function setCellPrecision(
  spec: string | undefined,
  options: SetPrecisionOptions = {},
): PrecisionStatus {
  const notebook = host();
  const next = checked(spec, options);
  let leave = (): void => undefined;
  const onEnd = (): void => {
    if (afterFit(leave)) {
      console.warn(
        `The cell has ended but model.fit goes on: ${spec ?? next.policy.compute} holds until it is done.`,
      );
    }
  };
  if (notebook === undefined && !onScriptCellEnd(onEnd)) return setPrecision(spec, options);
  leave = setCellRegime(next);
  notebook?.onCellEnd(onEnd);
  return statusOf('policy');
}

/** The policy in force, and what this machine runs natively. */
export function precisionStatus(): PrecisionStatus {
  return statusOf('all');
}

function statusOf(shows: 'all' | 'policy'): PrecisionStatus {
  const { policy, loss, keep } = regime();
  return new PrecisionStatus(policy, ensureFacts(), loss.scale, shows, String(keep));
}

function checked(
  spec: string | undefined,
  { native = false, keep }: SetPrecisionOptions,
): ReturnType<typeof newRegime> {
  const next =
    spec === undefined && keep !== undefined
      ? regimeKeeping(keep)
      : // Without either, as JavaScript may call it, the policy's own error.
        newRegime(spec as string, keep);
  const { compute } = next.policy;
  refuseInFit(spec ?? compute);
  const support = ensureFacts().formats[compute];
  if (native && support.execution !== 'native') {
    throw new HalfnoteError(
      'not-native',
      `${compute} isn't native on this machine. ${support.reason}`,
      'Without the native option it runs simulated.',
    );
  }
  return next;
}
