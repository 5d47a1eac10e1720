import type { NativeBackend, TfBinding } from '../binding';
import { Deferral } from './deferral';
import { hasFunctions, type FunctionBinding } from './functions';
import { readSettings, SWITCH, type Settings } from './settings';
import { describeSteps, type StepStatistics } from './statistics';
import { describeXla } from './xla';

let deferral: Deferral | undefined;
/** Why steps run op by op. */
let opByOpBecause = 'TensorFlow is not loaded';

/**
 * Puts the one that runs steps as programs between an instance of tfjs's backend and the addon, where
 * that is not turned off and the addon has functions, on a CPU. Instances of one addon share it.
 */
export function deferCalls(backend: NativeBackend): void {
  const settings = readSettings(process.env[SWITCH], (problem) => {
    console.warn(problem);
  });
  const { binding } = backend;
  if (!settings.enabled) opByOpBecause = `${SWITCH} is off`;
  else if (!hasFunctions(binding)) opByOpBecause = 'the binding was built without functions';
  else if (binding.isUsingGpuDevice()) opByOpBecause = 'programs are for CPUs';
  else {
    defer(backend, binding, settings);
  }
}

function defer(backend: NativeBackend, binding: FunctionBinding, settings: Settings): void {
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

/** What runs programs; undefined where steps run op by op. */
export function programMachine(): Deferral | undefined {
  return deferral;
}

/** How steps have run so far; undefined where they run op by op. */
export function stepStatistics(): StepStatistics | undefined {
  return deferral?.statistics();
}

/** In words: how many steps ran as one program and what broke one, or why all run op by op. */
export function stepsInWords(): string {
  const statistics = stepStatistics();
  return statistics === undefined
    ? `op by op: ${opByOpBecause}`
    : [`run as one program: ${describeSteps(statistics)}`, xlaInWords()].filter(Boolean).join('; ');
}

/** What XLA has done, in words; empty where nobody asked for it. */
export function xlaInWords(): string {
  return deferral === undefined ? '' : describeXla(deferral.xla.statistics());
}

/** Why steps run op by op. */
export function whyOpByOp(): string | undefined {
  return deferral === undefined ? opByOpBecause : undefined;
}

/** Frees all programs. */
export function forgetPrograms(): void {
  deferral?.forget();
}
