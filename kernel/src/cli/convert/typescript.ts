import { createRequire } from 'node:module';
import type ts from 'typescript';

export type TypeScript = typeof ts;

/** TypeScript, loaded when a notebook is converted. */
export function loadTypeScript(): TypeScript {
  return createRequire(__filename)('typescript') as TypeScript;
}
