import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';
import type { RequestContext } from './request-context';
import { OwnPromise } from './intrinsics';

type Timer = NodeJS.Timeout | NodeJS.Immediate;

/** As many timers are known before it is worth while to look for those that were cleared. */
const SWEPT_FROM = 1000;

/**
 * The timers that user code set. An interrupt cancels them: a loop that goes on through timers has no
 * other place where it could be stopped. Their callbacks run as part of the request that set them.
 */
export class UserTimers {
  /** Those that are set, and some that were cleared meanwhile. */
  private readonly known = new Set<Timer>();
  private sweptAt = SWEPT_FROM;
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
    for (const timer of this.known) this.clear(timer);
    this.known.clear();
  }

  /** How many timers are held, for an interrupt. */
  get size(): number {
    return this.known.size;
  }

  /** Replaces the global timers and those of `node:timers` and `node:timers/promises`. */
  install(): void {
    const { native } = this;
    const once = <A extends unknown[], T extends Timer>(
      set: (callback: (...args: A) => void) => T,
      callback: (...args: A) => unknown,
    ): T => {
      const bound = this.context.bind(callback);
      const timer = set((...args) => {
        this.known.delete(timer);
        bound(...args);
      });
      this.know(timer);
      return timer;
    };
    const replacements = {
      setTimeout: (callback: (...args: unknown[]) => unknown, delay?: number, ...args: unknown[]) =>
        once((run) => native.setTimeout(run, delay, ...args), callback),
      setImmediate: (callback: (...args: unknown[]) => unknown, ...args: unknown[]) =>
        once((run) => native.setImmediate(run, ...args), callback),
      setInterval: (
        callback: (...args: unknown[]) => unknown,
        delay?: number,
        ...args: unknown[]
      ) => {
        const timer = native.setInterval(this.context.bind(callback), delay, ...args);
        this.know(timer);
        return timer;
      },
    };
    const promised = {
      setTimeout: (delay?: number, value?: unknown, options?: { signal?: AbortSignal }) =>
        this.promise(options?.signal, (done) =>
          replacements.setTimeout(() => {
            done(value);
          }, delay),
        ),
      setImmediate: (value?: unknown, options?: { signal?: AbortSignal }) =>
        this.promise(options?.signal, (done) =>
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

  private know(timer: Timer): void {
    this.known.add(timer);
    if (this.known.size < this.sweptAt) return;
    // A timer can be cleared in more ways than one could watch: by its id, or by what it disposes of.
    for (const one of this.known) if (isCleared(one)) this.known.delete(one);
    this.sweptAt = Math.max(SWEPT_FROM, 2 * this.known.size);
  }

  private clear(timer: Timer): void {
    const { clearImmediate, clearTimeout } = this.native;
    // Each leaves what isn't its own alone.
    clearTimeout(timer as NodeJS.Timeout);
    clearImmediate(timer as NodeJS.Immediate);
  }

  /** A promise of `node:timers/promises`: fulfilled by the timer, rejected by the signal. */
  private promise<T>(
    signal: AbortSignal | undefined,
    start: (done: (value: T) => void) => Timer,
  ): Promise<T> {
    return new OwnPromise((resolve, reject) => {
      const abort = (): void => {
        reject(
          Object.assign(new Error('The operation was aborted', { cause: signal?.reason }), {
            name: 'AbortError',
            code: 'ABORT_ERR',
          }),
        );
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      const aborted = (): void => {
        this.clear(timer);
        abort();
      };
      const timer = start((value) => {
        signal?.removeEventListener('abort', aborted);
        resolve(value);
      });
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}

/** Node.js marks those that have fired or were cleared. */
function isCleared(timer: Timer): boolean {
  return (timer as { readonly _destroyed?: boolean })._destroyed === true;
}
