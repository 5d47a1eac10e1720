import { createRequire } from 'node:module';
import type { z } from 'zod';

const load = createRequire(__filename);

/**
 * zod, loaded when the first value is checked: that takes half as long as all of the energy service, for
 * which a notebook's first cell waits.
 */
export function lateZod(): typeof z {
  return (load('zod') as { readonly z: typeof z }).z;
}
