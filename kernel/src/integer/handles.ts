import { createHandle, deleteHandles } from '../backend/raw';

/** Native handles with one owner: they are deleted together. */
export class HandleScope {
  readonly #ids: number[] = [];

  own(id: number): number {
    this.#ids.push(id);
    return id;
  }

  /** Takes a handle out, so that it outlives the scope. */
  release(id: number): number {
    const index = this.#ids.lastIndexOf(id);
    if (index >= 0) this.#ids.splice(index, 1);
    return id;
  }

  float(value: number): number {
    return this.own(createHandle([], Float32Array.of(value)));
  }

  int(value: number): number {
    return this.own(createHandle([], Int32Array.of(value)));
  }

  byte(value: number): number {
    return this.own(createHandle([], Uint8Array.of(value)));
  }

  floats(shape: readonly number[], values: Float32Array): number {
    return this.own(createHandle(shape, values.slice()));
  }

  ints(shape: readonly number[], values: Int32Array): number {
    return this.own(createHandle(shape, values.slice()));
  }

  dispose(): void {
    deleteHandles(...this.#ids.splice(0));
  }
}

/** Runs `body` with a scope whose handles are deleted at the end, whatever happens. */
export function withHandles<T>(body: (scope: HandleScope) => T): T {
  const scope = new HandleScope();
  try {
    return body(scope);
  } finally {
    scope.dispose();
  }
}
