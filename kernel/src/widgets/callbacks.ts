import { host, isInterrupt } from '../host';

/** What widgets call when something happens; they wait for a promise, one message at a time. */
export type Callback<A extends readonly unknown[]> = (...args: A) => unknown;

/** The request that a front end listens to now: of the message that is heard, else of the calling cell. */
export function listenedTo(): string | undefined {
  const notebook = host();
  return notebook?.heard?.() ?? notebook?.request?.();
}

/** Does work as part of a request, where there is a notebook. */
export function within<T>(request: string | undefined, work: () => T): T {
  const notebook = host();
  return request === undefined || notebook?.within === undefined
    ? work()
    : notebook.within(request, work);
}

/** Callbacks of one kind. Each is part of the cell that has added it: what it shows, or throws, appears there. */
export class Callbacks<A extends readonly unknown[]> {
  private readonly added = new Set<{ readonly call: Callback<A>; readonly request?: string }>();

  /** Returns what takes it away. */
  add(call: Callback<A>): () => void {
    const request = host()?.request?.();
    const entry = request === undefined ? { call } : { call, request };
    this.added.add(entry);
    return () => {
      this.added.delete(entry);
    };
  }

  clear(): void {
    this.added.clear();
  }

  /** Calls all. Returns what they promise. An error is shown, and keeps none of the others from being called. */
  call(...args: A): Promise<void>[] {
    return [...this.added].flatMap(({ call, request }) => {
      const shows = (error: unknown): void => {
        within(request, () => {
          showError(error);
        });
      };
      try {
        const result = within(request, () => call(...args));
        return result instanceof Promise ? [result.then(() => undefined, shows)] : [];
      } catch (error) {
        if (isInterrupt(error)) throw error;
        shows(error);
        return [];
      }
    });
  }
}

/** Shows an error as an uncaught one. Without a notebook it is thrown where nobody catches it. */
export function showError(error: unknown): void {
  const show = host()?.showError?.bind(host());
  if (show !== undefined) show(error);
  else
    queueMicrotask(() => {
      throw error;
    });
}
