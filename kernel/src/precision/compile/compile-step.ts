import * as tf from '@tensorflow/tfjs';
import { asOneSegment } from '../../backend/deferred/compile';
import { HalfnoteError } from '../../errors';
import { ensureFacts, regime } from '../session';
import { keptFromXla } from './xla-formats';

export interface CompileOptions {
  /**
   * True: XLA compiles the program, at its first run. It is faster where there are many small ops between
   * large ones, takes seconds to compile, and differs in last digits. In fp32 and tf32 only. Default: false.
   */
  readonly xla?: boolean;
}

const OPTIONS: readonly string[] = ['xla'];

/**
 * Wraps a step of training, or of inference, so that all of it is one segment, which becomes one program
 * when it has run twice. Whatever it does stays allowed, and gives the same numbers: JavaScript runs each
 * time, and what differs from the program runs op by op. It goes beyond what is done without it in that the
 * step may hold several updates. Reading values within ends the segment there.
 *
 * As under `tf.tidy`, tensors that `fn` makes and doesn't return are disposed of.
 *
 * @param fn Takes and returns what it likes, but not a promise.
 * @returns A function of the same arguments and result.
 * @throws HalfnoteError `invalid-argument` for what is no function, or an unknown option; when it is called,
 * for a function that returns a promise.
 */
export function compileStep<A extends readonly unknown[], R extends tf.TensorContainer>(
  fn: (...args: A) => R,
  options: CompileOptions = {},
): (...args: A) => R {
  const xla = checked(fn, options);
  const told = new Set<string>();
  return (...args) => {
    ensureFacts();
    const without = xla ? keptFromXla(regime()) : undefined;
    if (without !== undefined && !told.has(without)) {
      told.add(without);
      console.warn(`compileStep: ${without}`);
    }
    return asOneSegment(() => tf.tidy(() => settled(fn(...args))), xla && without === undefined);
  };
}

function checked(fn: unknown, options: CompileOptions): boolean {
  if (typeof fn !== 'function') {
    throw new HalfnoteError(
      'invalid-argument',
      `compileStep was given ${describe(fn)}; it takes a function.`,
      'For example compileStep(() => optimizer.minimize(loss, true)).',
    );
  }
  if (!isObject(options)) {
    throw new HalfnoteError(
      'invalid-argument',
      `The options of compileStep are ${describe(options)}; they are an object.`,
      'For example compileStep(step, { xla: true }).',
    );
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      `compileStep has no option ${unknown}.`,
      `Allowed: ${OPTIONS.join(', ')}.`,
    );
  }
  const { xla = false } = options as { readonly xla?: unknown };
  if (typeof xla === 'boolean') return xla;
  throw new HalfnoteError(
    'invalid-argument',
    `The option xla of compileStep is ${describe(xla)}; allowed are true and false.`,
    'Without it the step becomes a program that TensorFlow runs op by op.',
  );
}

function settled<R>(result: R): R {
  if (!(result instanceof Promise)) return result;
  // Its failure is nobody's any more.
  result.catch(() => undefined);
  throw new HalfnoteError(
    'invalid-argument',
    'The function given to compileStep returned a promise; a step has to be done when it returns.',
    'Leave out async, and read values with dataSync or after the step.',
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value);
}
