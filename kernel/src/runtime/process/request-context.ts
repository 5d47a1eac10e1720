import { AsyncLocalStorage } from 'node:async_hooks';

/** Which request the code that is running now belongs to, also in timers and after awaits. */
export interface RequestContext {
  /** The request of the calling code; before the first cell, ''. */
  current(): string;
  /** Runs `callback` as part of `requestId`. */
  run<T>(requestId: string, callback: () => T): T;
  /** Runs `callback` as part of `requestId` while a cell may be running. */
  visit(requestId: string, callback: () => void): void;
  /** Makes a timer's callback run as part of the request that set it. */
  bind<A extends unknown[]>(callback: (...args: A) => unknown): (...args: A) => unknown;
}

/**
 * `AsyncLocalStorage` where the process survives a forced stop with it (Node.js 24 and later), else
 * the request that entered last: a cell, or a timer of one until the event loop goes on.
 */
export function createRequestContext(
  nodeMajor = Number(process.versions.node.split('.')[0]),
): RequestContext {
  return nodeMajor >= 24 ? new StorageContext() : new LastEnteredContext();
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

  visit(requestId: string, callback: () => void): void {
    this.storage.run(requestId, callback);
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

  visit(requestId: string, callback: () => void): void {
    this.enter(requestId);
    callback();
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
