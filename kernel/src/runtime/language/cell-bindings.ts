import type ts from 'typescript';
import { SCOPE_NAME } from './runtime-names';
import type { TypeScript } from './typescript';

/** What the JavaScript of a cell declares and imports. */
export interface Bindings {
  /** The names that the cell declares, each with the variable that it stands for. */
  readonly exported: ReadonlyMap<string, string>;
  readonly assignable: ReadonlySet<string>;
  /** Variables that JavaScript declares by `var`, as also enums and namespaces are: they have a value, undefined, before their line. */
  readonly hoisted: ReadonlySet<string>;
  readonly imports: readonly string[];
}

/** Reads the JavaScript of the first pass. */
export function readBindings(typescript: TypeScript, file: ts.SourceFile): Bindings {
  const specifiers: ts.ExportSpecifier[] = [];
  const imports: string[] = [];
  const declared = new Set<string>();
  const assignable = new Set<string>();
  const hoisted = new Set<string>();
  const declare = (name: ts.BindingName, isAssignable = true): void => {
    for (const text of boundNames(typescript, name)) {
      declared.add(text);
      if (isAssignable) assignable.add(text);
    }
  };
  const declareVar = (name: ts.BindingName): void => {
    declare(name);
    for (const text of boundNames(typescript, name)) hoisted.add(text);
  };
  for (const statement of file.statements) {
    if (typescript.isExportDeclaration(statement)) {
      if (
        statement.exportClause &&
        typescript.isNamedExports(statement.exportClause) &&
        !statement.moduleSpecifier
      ) {
        specifiers.push(...statement.exportClause.elements);
      }
    } else if (typescript.isImportDeclaration(statement)) {
      if (typescript.isStringLiteral(statement.moduleSpecifier))
        imports.push(statement.moduleSpecifier.text);
      for (const name of importedNames(typescript, statement)) declare(name, false);
    } else if (typescript.isVariableStatement(statement)) {
      const { flags, declarations } = statement.declarationList;
      const isConst = (flags & typescript.NodeFlags.Const) !== 0;
      for (const { name } of declarations) {
        if (flags & typescript.NodeFlags.BlockScoped) declare(name, !isConst);
        else declareVar(name);
      }
    } else if (
      typescript.isFunctionDeclaration(statement) ||
      typescript.isClassDeclaration(statement)
    ) {
      if (statement.name) declare(statement.name);
    } else {
      // `var` inside blocks and loops is a top-level name too.
      collectNestedVars(typescript, statement, declareVar);
    }
  }
  const exported = new Map<string, string>();
  for (const { name, propertyName } of specifiers) {
    const variable = (propertyName ?? name).text;
    // An earlier cell's, which this one gives another name.
    const isEarlier = propertyName !== undefined && !declared.has(variable);
    exported.set(name.text, isEarlier ? `${SCOPE_NAME}.${variable}` : variable);
  }
  return { exported, assignable, hoisted, imports };
}

function boundNames(typescript: TypeScript, name: ts.BindingName): string[] {
  if (typescript.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    typescript.isBindingElement(element) ? boundNames(typescript, element.name) : [],
  );
}

function importedNames(
  typescript: TypeScript,
  { importClause }: ts.ImportDeclaration,
): ts.Identifier[] {
  const { name, namedBindings } = importClause ?? {};
  const own = name ? [name] : [];
  if (!namedBindings) return own;
  if (typescript.isNamespaceImport(namedBindings)) return [...own, namedBindings.name];
  return [...own, ...namedBindings.elements.map((element) => element.name)];
}

function collectNestedVars(
  typescript: TypeScript,
  node: ts.Node,
  collect: (name: ts.BindingName) => void,
): void {
  if (typescript.isFunctionLike(node) || typescript.isClassLike(node)) return;
  if (
    typescript.isVariableDeclarationList(node) &&
    !(node.flags & typescript.NodeFlags.BlockScoped)
  ) {
    for (const declaration of node.declarations) collect(declaration.name);
  }
  typescript.forEachChild(node, (child) => {
    collectNestedVars(typescript, child, collect);
  });
}
