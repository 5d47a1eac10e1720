import { createRequire } from 'node:module';

/** The version of this package. */
export function ownVersion(): string {
  const load = createRequire(__filename) as (path: string) => { readonly version: string };
  return load('../../package.json').version;
}
