import { AsyncLocalStorage } from 'node:async_hooks';

const CONTEXT_FRAME = /^--(?:no-)?(?:experimental-)?async-context-frame$/;

/** Which request the code that is running now belongs to, also in timers and after awaits. */
export interface RequestContext {
  /** The request of the calling code; before the first cell, ''. */
  current(): string;
  /** Runs `callback` as part of `requestId`. */
  run<T>(requestId: string, callback: () => T): T;
  /** Runs `callback` as part of `requestId` while a cell may be running. */
  visit<T>(requestId: string, callback: () => T): T;
  /** The same for a call within other code, which goes on with its own request after it. */
  within<T>(requestId: string, callback: () => T): T;
  /** Makes a timer's callback run as part of the request that set it. */
  bind<A extends unknown[]>(callback: (...args: A) => unknown): (...args: A) => unknown;
}

/**
 * `AsyncLocalStorage` where the process survives a forced stop with it, else the request that entered
 * last: a cell, or a timer of one until the event loop goes on.
 */
export function createRequestContext(survives = storageSurvivesStop()): RequestContext {
  return survives ? new StorageContext() : new LastEnteredContext();
}

/**
 * Whether `AsyncLocalStorage` rests on V8's context frames, as Node.js does of itself from 24 on and 22 by a
 * flag. Its other way, by hooks, has a stack that a forced stop leaves behind: the process then aborts.
 */
export function storageSurvivesStop(
  node = process.versions.node,
  flags: readonly string[] = [
    ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/),
    ...process.execArgv,
  ],
): boolean {
  const told = flags.filter((flag) => CONTEXT_FRAME.test(flag)).at(-1);
  return told === undefined ? Number(node.split('.')[0]) >= 24 : !told.startsWith('--no-');
}

class StorageContext implements RequestContext {
  private readonly storage = new AsyncLocalStorage<string>();
  private last = '';

  current(): string {
    return this.storage.getStore() ?? this.last;
  }

  run<T>(requestId: string, callback: () => T): T {
    this.last = requestId;
    return this.storage.run(requestId, callback);
  }

  visit<T>(requestId: string, callback: () => T): T {
    return this.storage.run(requestId, callback);
  }

  within<T>(requestId: string, callback: () => T): T {
    return this.storage.run(requestId, callback);
  }

  bind<A extends unknown[]>(callback: (...args: A) => unknown): (...args: A) => unknown {
    return callback;
  }
}

class LastEnteredContext implements RequestContext {
  private cell = '';
  private entered: string | undefined;
  private readonly setImmediate = setImmediate;

  current(): string {
    return this.entered ?? this.cell;
  }

  run<T>(requestId: string, callback: () => T): T {
    this.cell = requestId;
    this.entered = undefined;
    return callback();
  }

  visit<T>(requestId: string, callback: () => T): T {
    this.enter(requestId);
    return callback();
  }

  within<T>(requestId: string, callback: () => T): T {
    const outer = this.entered;
    this.entered = requestId;
    try {
      return callback();
    } finally {
      this.entered = outer;
    }
  }

  bind<A extends unknown[]>(callback: (...args: A) => unknown): (...args: A) => unknown {
    const requestId = this.current();
    return (...args) => {
      this.enter(requestId);
      return callback(...args);
    };
  }

  private enter(requestId: string): void {
    this.entered = requestId;
    // Promises that the callback resolves go on in microtasks, so leave only after those.
    this.setImmediate(() => {
      this.entered = undefined;
    });
  }
}
