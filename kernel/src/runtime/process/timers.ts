import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import type { RequestContext } from './request-context';
import { OwnPromise } from './intrinsics';

type Cancel = () => void;

/**
 * The timers that user code set. An interrupt cancels them: a loop that goes on through timers has no
 * other place where it could be stopped. Their callbacks run as part of the request that set them.
 */
export class UserTimers {
  private readonly live = new Set<Cancel>();
  readonly native = {
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    clearInterval,
    clearImmediate,
  };

  constructor(private readonly context: RequestContext) {}

  cancelAll(): void {
    for (const cancel of this.live) cancel();
    this.live.clear();
  }

  /** Replaces the global timers and those of `node:timers` and `node:timers/promises`. */
  install(): void {
    const { native } = this;
    const once = <A extends unknown[], T>(
      set: (callback: (...args: A) => void) => T,
      clear: (timer: T) => void,
      callback: (...args: A) => unknown,
    ): T => {
      const bound = this.context.bind(callback);
      const cancel = (): void => {
        clear(timer);
      };
      const timer = set((...args) => {
        this.live.delete(cancel);
        bound(...args);
      });
      this.live.add(cancel);
      return timer;
    };
    const replacements = {
      setTimeout: (callback: (...args: unknown[]) => unknown, delay?: number, ...args: unknown[]) =>
        once((run) => native.setTimeout(run, delay, ...args), native.clearTimeout, callback),
      setImmediate: (callback: (...args: unknown[]) => unknown, ...args: unknown[]) =>
        once((run) => native.setImmediate(run, ...args), native.clearImmediate, callback),
      setInterval: (
        callback: (...args: unknown[]) => unknown,
        delay?: number,
        ...args: unknown[]
      ) => {
        const timer = native.setInterval(this.context.bind(callback), delay, ...args);
        this.live.add(() => {
          native.clearInterval(timer);
        });
        return timer;
      },
    };
    const promised = {
      setTimeout: (delay?: number, value?: unknown, options?: { signal?: AbortSignal }) =>
        cancellable(options?.signal, (done) =>
          replacements.setTimeout(() => {
            done(value);
          }, delay),
        ),
      setImmediate: (value?: unknown, options?: { signal?: AbortSignal }) =>
        cancellable(options?.signal, (done) =>
          replacements.setImmediate(() => {
            done(value);
          }),
        ),
    };
    Object.defineProperty(replacements.setTimeout, promisify.custom, {
      value: promised.setTimeout,
    });
    Object.defineProperty(replacements.setImmediate, promisify.custom, {
      value: promised.setImmediate,
    });
    Object.assign(globalThis, replacements);
    Object.assign(timers, replacements);
    Object.assign(timersPromises, promised);
    syncBuiltinESMExports();
  }
}

/** A promise of `node:timers/promises`: fulfilled by the timer, rejected by the signal. */
function cancellable<T>(
  signal: AbortSignal | undefined,
  start: (done: (value: T) => void) => unknown,
): Promise<T> {
  return new OwnPromise((resolve, reject) => {
    const aborted = (): void => {
      reject(
        Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), {
          name: 'AbortError',
          code: 'ABORT_ERR',
        }),
      );
    };
    if (signal?.aborted === true) {
      aborted();
      return;
    }
    signal?.addEventListener('abort', aborted, { once: true });
    start((value) => {
      signal?.removeEventListener('abort', aborted);
      resolve(value);
    });
  });
}
