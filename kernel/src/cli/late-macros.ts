import { join } from 'node:path';
import { noMacros, type Macros } from '../jupyter/session/ports';
import { packageRoot, requireFromKernel } from '../runtime/packages';

/**
 * The magics, loaded with the first text that may hold one: their declarations take as many modules as
 * all else of the kernel, which a first reply must not wait for.
 */
export const lateMacros: Macros = {
  expand: (code) => macrosFor(code).expand(code),
  view: (code, offset) => macrosFor(code).view(code, offset),
  complete: (code, offset) => macrosFor(code).complete(code, offset),
  inspect: (code, offset) => macrosFor(code).inspect(code, offset),
};

/** Loads them now, for the first magic not to wait either. */
export function loadMacros(): Macros {
  const file = join(packageRoot, 'dist', 'magics', 'macros.js');
  return (requireFromKernel(file) as { readonly macros: Macros }).macros;
}

/** What there is to do about magics in a text: nothing without the sign that each begins with. */
function macrosFor(code: string): Macros {
  return code.includes('%') ? loadMacros() : noMacros;
}
