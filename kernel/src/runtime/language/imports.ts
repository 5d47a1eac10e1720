import { existsSync } from 'node:fs';
import type ts from 'typescript';
import type { Targets } from './module-code';

/** What a file asks for, and what TypeScript found. */
export interface Import {
  readonly literal: ts.StringLiteralLike;
  readonly resolved: ts.ResolvedModuleFull | undefined;
}

const TYPES = /\.d\.([cm]?)ts$/;

/** Every import of a file by its literal, whether static, by `import()`, or of a type. */
export function importsOf(program: ts.Program, file: ts.SourceFile): Import[] {
  const internals = program as ts.Program & {
    getResolvedModuleFromModuleSpecifier(
      specifier: ts.StringLiteralLike,
      file: ts.SourceFile,
    ): { resolvedModule?: ts.ResolvedModuleFull } | undefined;
  };
  const { imports = [] } = file as ts.SourceFile & { imports?: readonly ts.StringLiteralLike[] };
  return imports.map((literal) => ({
    literal,
    resolved: internals.getResolvedModuleFromModuleSpecifier(literal, file)?.resolvedModule,
  }));
}

/**
 * The file that runs for what was found: itself, or the JavaScript that its types are of. Undefined for
 * packages, which the cell process finds as Node.js does, and for types of nothing.
 */
export function localTarget(resolved: ts.ResolvedModuleFull | undefined): string | undefined {
  if (!resolved || resolved.isExternalLibraryImport === true) return undefined;
  const { resolvedFileName: file } = resolved;
  if (!TYPES.test(file)) return file;
  const beside = ['.$1js', '.jsx'].map((extension) => file.replace(TYPES, extension));
  return beside.find((candidate) => existsSync(candidate));
}

/** The files behind what a file imports, for those that are beside the notebook. */
export function targetsOf(program: ts.Program, file: ts.SourceFile): Targets {
  const targets: Record<string, string> = {};
  for (const { literal, resolved } of importsOf(program, file)) {
    const target = localTarget(resolved);
    if (target !== undefined) targets[literal.text] = target;
  }
  return targets;
}
