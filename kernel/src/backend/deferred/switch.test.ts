import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBackend } from '../binding';
import { readSettings, SWITCH } from './settings';
import { deferCalls, endOfStep, opByOp, runWaiting, stepsInWords, stepStatistics } from './steps';

afterEach(() => {
  Reflect.deleteProperty(process.env, SWITCH);
});

/** A binding as tfjs downloads it, or an older set-up of ours built it. */
const WITHOUT_FUNCTIONS = { executeOp: () => [], isUsingGpuDevice: () => false };
const ON_A_GPU = { ...WITHOUT_FUNCTIONS, addFunction: () => [], isUsingGpuDevice: () => true };

describe('steps run op by op', () => {
  it.each([
    ['off', WITHOUT_FUNCTIONS, /HALFNOTE_ONE_PROGRAM is off/],
    [undefined, WITHOUT_FUNCTIONS, /built without functions/],
    ['on', WITHOUT_FUNCTIONS, /built without functions/],
    ['on', ON_A_GPU, /for CPUs/],
  ])('with %s and a binding that is left alone (%#)', (value, binding, why) => {
    if (value !== undefined) process.env[SWITCH] = value;
    const backend = { binding } as unknown as NativeBackend;
    deferCalls(backend);
    expect(backend.binding).toBe(binding);
    expect(stepsInWords()).toMatch(why);
    expect(stepStatistics()).toBeUndefined();
    // What others call is there all the same.
    opByOp()();
    endOfStep(true);
    runWaiting();
  });

  it('only where the switch says so, and another value is named', () => {
    const problems: string[] = [];
    const read = (value?: string) => readSettings(value, (problem) => problems.push(problem));
    expect([undefined, '', 'on', 'shadow', 'off'].map((one) => read(one).enabled)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect([read('on').shadow, read('shadow').shadow]).toEqual([false, true]);
    expect(problems).toEqual([]);
    expect(read('no').enabled).toBe(true);
    expect(problems).toEqual([expect.stringMatching(/'no', .*on, off, shadow/)]);
  });
});
