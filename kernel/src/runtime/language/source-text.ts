import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** The text of a node without the comments before it, moved to the left margin. */
export function textOf(node: ts.Node, file: ts.SourceFile): string {
  const start = node.getStart(file);
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1;
  const indent = /^\s*/.exec(file.text.slice(lineStart, start))?.[0].length ?? 0;
  const [first = '', ...others] = file.text.slice(start, node.end).split('\n');
  const margin = new RegExp(`^\\s{0,${indent}}`);
  return [first, ...others.map((line) => line.replace(margin, ''))].join('\n');
}

/** The name that a node declares, if it declares one. */
export function nameOf(typescript: TypeScript, node: ts.Node): string | undefined {
  if (typescript.isPropertyAccessExpression(node) || typescript.isMetaProperty(node))
    return undefined;
  const { name } = node as { readonly name?: ts.Node };
  return name &&
    (typescript.isIdentifier(name) ||
      typescript.isPrivateIdentifier(name) ||
      typescript.isStringLiteralLike(name) ||
      typescript.isNumericLiteral(name))
    ? name.text
    : undefined;
}
