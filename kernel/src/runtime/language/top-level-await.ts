import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** TypeScript's code for an await outside an async function, which is what tslab looks for. */
const AWAIT_OUTSIDE_ASYNC = 1308;

/** The top-level awaits of a cell as the diagnostics tslab expects; TypeScript itself accepts them. */
export function topLevelAwaits(typescript: TypeScript, file: ts.SourceFile): ts.Diagnostic[] {
  const found: ts.Diagnostic[] = [];
  const report = (start: number): void => {
    found.push({
      file,
      start,
      length: 'await'.length,
      code: AWAIT_OUTSIDE_ASYNC,
      category: typescript.DiagnosticCategory.Error,
      messageText: 'top-level await',
    });
  };
  const visit = (node: ts.Node): void => {
    if (typescript.isFunctionLike(node) || typescript.isClassStaticBlockDeclaration(node)) return;
    if (typescript.isAwaitExpression(node)) report(node.getStart(file));
    if (isAwaitUsing(typescript, node)) report(node.getStart(file));
    if (typescript.isForOfStatement(node) && node.awaitModifier)
      report(node.awaitModifier.getStart(file));
    typescript.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `await using`, which is a declaration of its own kind and no await expression. */
function isAwaitUsing(typescript: TypeScript, node: ts.Node): boolean {
  if (!typescript.isVariableDeclarationList(node)) return false;
  const kind: number = node.flags & typescript.NodeFlags.BlockScoped;
  const awaitUsing: number = typescript.NodeFlags.AwaitUsing;
  return kind === awaitUsing;
}
