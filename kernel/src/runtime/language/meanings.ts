import type ts from 'typescript';
import type { Meanings, Renamed } from './known-declarations';
import type { TypeScript } from './typescript';

/** What the names of a compiled cell stand for, imports by what they lead to. */
export function meaningsOf(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
): ReadonlyMap<string, Meanings> {
  const { locals } = file as { readonly locals?: ReadonlyMap<string, ts.Symbol> };
  const { Alias, Value, Type, Namespace } = typescript.SymbolFlags;
  const meanings = new Map<string, Meanings>();
  locals?.forEach((symbol, name) => {
    const { flags } = symbol.flags & Alias ? checker.getAliasedSymbol(symbol) : symbol;
    meanings.set(name, {
      value: (flags & Value) !== 0,
      type: (flags & Type) !== 0,
      namespace: (flags & Namespace) !== 0 && (flags & Type) === 0,
    });
  });
  return meanings;
}

/** The names that a cell exports under others. */
export function renamedIn(typescript: TypeScript, file: ts.SourceFile): readonly Renamed[] {
  return file.statements.flatMap((statement) => {
    if (!typescript.isExportDeclaration(statement)) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (!exportClause || moduleSpecifier || !typescript.isNamedExports(exportClause)) return [];
    return exportClause.elements.flatMap(({ propertyName, name }) =>
      propertyName ? [{ local: propertyName.text, exported: name.text }] : [],
    );
  });
}

/** The type of one of a compiled cell's variables, as a declaration file can say it. */
export function variableType(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  name: string,
): string | undefined {
  const { locals } = file as { readonly locals?: ReadonlyMap<ts.__String, ts.Symbol> };
  const symbol = locals?.get(typescript.escapeLeadingUnderscores(name));
  if (!symbol || !(symbol.flags & typescript.SymbolFlags.Variable)) return undefined;
  const type = checker.getTypeOfSymbol(symbol);
  return checker.typeToString(type, file, typescript.TypeFormatFlags.NoTruncation);
}
