import type { input } from '../../frontend/input';
import { requireFromKernel } from '../packages';

/**
 * Sets the globals that `language/globals.ts` declares to cells: `input`, the library's own function,
 * loaded when it is first named.
 */
export function installGlobals(): void {
  const define = (value: unknown): void => {
    Object.defineProperty(globalThis, 'input', { configurable: true, writable: true, value });
  };
  Object.defineProperty(globalThis, 'input', {
    configurable: true,
    get: () => {
      const library = requireFromKernel('./dist/frontend/input.js') as {
        readonly input: typeof input;
      };
      define(library.input);
      return library.input;
    },
    set: define,
  });
}
