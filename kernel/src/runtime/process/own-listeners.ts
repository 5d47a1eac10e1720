import process from 'node:process';

type Listener = (error: unknown) => void;

/** Listens to `process` in a way that `process.removeAllListeners()` in a cell does not end. */
export function keepListeners(listeners: Readonly<Record<string, Listener>>): void {
  const add = process.on.bind(process) as (event: string, listener: Listener) => void;
  const remove = process.removeAllListeners.bind(process);
  const names = Object.keys(listeners);
  for (const name of names) add(name, (error) => listeners[name]?.(error));
  process.removeAllListeners = (event?: string) => {
    if (event !== undefined) return remove(event);
    remove();
    for (const name of names) add(name, (error) => listeners[name]?.(error));
    return process;
  };
}
