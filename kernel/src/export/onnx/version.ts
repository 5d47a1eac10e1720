import { createRequire } from 'node:module';

/** The package's version, which an exported file names as its producer's. */
export function version(): string {
  const manifest = createRequire(__filename)('../../../package.json') as { version: string };
  return manifest.version;
}
