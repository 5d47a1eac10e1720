import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** Marks what an `import` asks for, so that it isn't taken for a `require` of the user's. */
export const IMPORT_MARK = 'import:/';

/**
 * Gives the imports that TypeScript wrote as `require` to `runtime`, whoever else is called `require` or
 * `exports` in the module.
 */
export function importsThrough(runtime: string, commonJs: string): string {
  return commonJs
    .replaceAll(`require("${IMPORT_MARK}`, `${runtime}.imported("`)
    .replace(/^Object\.defineProperty\(exports, "__esModule", .*$/m, '');
}

/**
 * V8 reports the call of an imported function behind the parenthesis that TypeScript puts around it; to
 * the user it is where the name is.
 */
export function pointAtName(
  typescript: TypeScript,
  factory: ts.NodeFactory,
  call: ts.CallExpression,
): ts.CallExpression {
  const { expression: callee, typeArguments, arguments: given } = call;
  if (!typescript.isIdentifier(callee)) return call;
  const pos = callee.end - callee.text.length;
  const named = typescript.setOriginalNode(factory.createIdentifier(callee.text), callee);
  typescript.setTextRange(named, { pos, end: pos });
  return factory.updateCallExpression(call, named, typeArguments, given);
}
