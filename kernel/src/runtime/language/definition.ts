import type ts from 'typescript';
import type { CellDeclarations } from './cell-declarations';
import { nameOf, textOf } from './source-text';
import type { TypeScript } from './typescript';

/** The file in which tslab's converter keeps what earlier cells declared. */
const EARLIER_CELLS = '__prev__.d.ts';

/**
 * What stands behind a name, as it is written: in a cell, as the user wrote it; in a library, the
 * text of its declaration file. Several declarations (overloads, merged interfaces) are all told.
 */
export function definitionOf(
  typescript: TypeScript,
  declarations: readonly ts.Declaration[],
  cells: CellDeclarations,
): string {
  const texts = declarations.map((declaration) => {
    const whole = wholeDeclaration(typescript, declaration);
    const file = whole.getSourceFile();
    const written = file.fileName.endsWith(`/${EARLIER_CELLS}`)
      ? cells.find(pathOf(typescript, declaration))
      : undefined;
    return written ?? textOf(whole, file);
  });
  return [...new Set(texts)].join('\n');
}

/** The statement of a variable or an import; any other declaration is whole by itself. */
function wholeDeclaration(typescript: TypeScript, declaration: ts.Declaration): ts.Node {
  for (let node: ts.Node = declaration; !typescript.isSourceFile(node); node = node.parent) {
    if (typescript.isVariableStatement(node) || typescript.isImportDeclaration(node)) return node;
    if (!isPartOfStatement(typescript, node)) return declaration;
  }
  return declaration;
}

function isPartOfStatement(typescript: TypeScript, node: ts.Node): boolean {
  return (
    typescript.isVariableDeclaration(node) ||
    typescript.isVariableDeclarationList(node) ||
    typescript.isBindingElement(node) ||
    typescript.isObjectBindingPattern(node) ||
    typescript.isArrayBindingPattern(node) ||
    typescript.isImportClause(node) ||
    typescript.isNamedImports(node) ||
    typescript.isNamespaceImport(node) ||
    typescript.isImportSpecifier(node)
  );
}

/** The names that lead to a declaration from the top of its file: `['Point', 'move']`. */
function pathOf(typescript: TypeScript, declaration: ts.Declaration): string[] {
  const path: string[] = [];
  for (let node: ts.Node = declaration; !typescript.isSourceFile(node); node = node.parent) {
    const name = nameOf(typescript, node);
    if (name !== undefined) path.unshift(name);
  }
  return path;
}
