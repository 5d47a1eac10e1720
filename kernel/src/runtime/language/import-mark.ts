import type ts from 'typescript';
import type { TypeScript } from './typescript';

/**
 * Ends the specifiers of imports, so that they aren't taken for a `require` of the user's. TypeScript
 * names what is imported after it, so that messages can be freed of that name.
 */
export const IMPORT_MARK = '/__halfnote_import';

const REQUIRED = new RegExp(`\\brequire\\("((?:[^"\\\\]|\\\\.)*)${IMPORT_MARK}"\\)`, 'g');
const ES_MODULE = /^Object\.defineProperty\(exports, "__esModule", .*$/m;

/** The module with the specifiers of its static imports marked. */
export function withMarkedImports(typescript: TypeScript, esModule: string): string {
  const file = typescript.createSourceFile('module.js', esModule, typescript.ScriptTarget.Latest);
  let marked = esModule;
  for (const statement of [...file.statements].reverse()) {
    if (!typescript.isImportDeclaration(statement)) continue;
    const { moduleSpecifier } = statement;
    if (!typescript.isStringLiteral(moduleSpecifier)) continue;
    const specifier = JSON.stringify(moduleSpecifier.text + IMPORT_MARK);
    marked =
      marked.slice(0, moduleSpecifier.getStart(file)) +
      specifier +
      marked.slice(moduleSpecifier.end);
  }
  return marked;
}

/**
 * Gives the imports that TypeScript wrote as `require` to `runtime`, whoever else is called `require` or
 * `exports` in the module.
 */
export function importsThrough(runtime: string, commonJs: string): string {
  return commonJs.replace(REQUIRED, `${runtime}.imported("$1")`).replace(ES_MODULE, '');
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
