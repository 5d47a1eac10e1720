import type ts from 'typescript';

/** TypeScript and JavaScript files beside the notebook that `file` imports, itself included. */
export function sourceDependencies(program: ts.Program, file: ts.SourceFile): string[] {
  const internals = program as ts.Program & {
    getResolvedModuleFromModuleSpecifier(
      specifier: ts.StringLiteralLike,
      file: ts.SourceFile,
    ): { resolvedModule?: ts.ResolvedModuleFull } | undefined;
  };
  const found = new Set<string>();
  const visit = (current: ts.SourceFile): void => {
    if (found.has(current.fileName)) return;
    found.add(current.fileName);
    const imports =
      (current as ts.SourceFile & { imports?: readonly ts.StringLiteralLike[] }).imports ?? [];
    for (const specifier of imports) {
      const target = internals.getResolvedModuleFromModuleSpecifier(
        specifier,
        current,
      )?.resolvedModule;
      if (!target || target.isExternalLibraryImport === true) continue;
      if (/\.d\.[cm]?ts$|\.json$/.test(target.resolvedFileName)) continue;
      const next = program.getSourceFile(target.resolvedFileName);
      if (next) visit(next);
    }
  };
  visit(file);
  return [...found];
}
