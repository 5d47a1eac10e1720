import type { NativeBackend, TfBinding } from '../binding';
import { Deferral } from './deferral';
import { hasFunctions } from './functions';
import { readSettings, SWITCH } from './settings';
import type { StepStatistics } from './statistics';

let deferral: Deferral | undefined;

/**
 * Puts the one that runs steps as programs between an instance of tfjs's backend and the addon, where
 * that is asked for and the addon has functions, on a CPU. Instances of one addon share it.
 */
export function deferCalls(backend: NativeBackend): void {
  const settings = readSettings(process.env[SWITCH]);
  const { binding } = backend;
  if (!settings.enabled || !hasFunctions(binding) || binding.isUsingGpuDevice()) return;
  if (deferral?.native !== binding) deferral = new Deferral(binding, settings);
  (backend as { binding: TfBinding }).binding = deferral.binding();
}

/** Runs what waits for the end of its step, so that what was asked for is done. */
export function runWaiting(): void {
  deferral?.settle();
}

/**
 * An optimizer has taken a step. `tidied`: all that it leaves behind is gone, so that the step is over;
 * else it is when the next op is called.
 */
export function endOfStep(tidied: boolean): void {
  deferral?.endOfStep(tidied);
}

/** Runs op by op until what it returns is called: for who wants to see or time each op. */
export function opByOp(): () => void {
  return deferral?.hold() ?? (() => undefined);
}

/** How steps have run so far; undefined where they run op by op. */
export function stepStatistics(): StepStatistics | undefined {
  return deferral?.statistics();
}

/** Frees all programs. */
export function forgetPrograms(): void {
  deferral?.forget();
}
