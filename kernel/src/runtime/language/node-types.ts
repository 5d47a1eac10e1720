import type ts from 'typescript';
import type { TypeScript } from './typescript';

/**
 * Names of ECMAScript's own library that mean more with Node's types than without: the constructors of
 * errors (`Error.captureStackTrace`), `import.meta`, and `globalThis`, whose unknown properties may be no
 * error at all.
 */
export const AUGMENTED_NAME = /Error|^(?:globalThis|ImportMeta)$/;

/**
 * Whether a cell's file may mean something else without Node's types and still be free of errors.
 *
 * Four fifths of what TypeScript reads before its first answer are Node's types. A cell that names
 * nothing of them needs none, and whatever it does name is an error without them, so that it is
 * checked again with them. Left are the places where a lack shows no error: this says where.
 */
export function mayDependOnNodeTypes(typescript: TypeScript, file: ts.SourceFile): boolean {
  const { commentDirectives } = file as { readonly commentDirectives?: readonly unknown[] };
  // They turn errors into none, and the lack of one into an error.
  if (commentDirectives !== undefined && commentDirectives.length > 0) return true;
  const visit = (node: ts.Node): boolean => {
    if (typescript.isIdentifier(node)) return AUGMENTED_NAME.test(node.text);
    return loadsOrDeclaresModule(typescript, node) || typescript.forEachChild(node, visit) === true;
  };
  return visit(file);
}

function loadsOrDeclaresModule(typescript: TypeScript, node: ts.Node): boolean {
  return (
    typescript.isImportDeclaration(node) ||
    typescript.isImportEqualsDeclaration(node) ||
    typescript.isImportTypeNode(node) ||
    typescript.isModuleDeclaration(node) ||
    // `import.meta` and `import()`
    node.kind === typescript.SyntaxKind.ImportKeyword ||
    typescript.isMetaProperty(node) ||
    (typescript.isExportDeclaration(node) && node.moduleSpecifier !== undefined)
  );
}
