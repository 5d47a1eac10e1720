import type ts from 'typescript';
import { pointAtName } from './import-mark';
import { RUNTIME_NAME, SCOPE_NAME, VALUE_MEMBER } from './runtime-names';
import type { TypeScript } from './typescript';

/**
 * Drops the export list (its names are bound) and keeps `import()` and `import.meta` from CommonJS.
 * Imports come first, wherever they stand, as in any module.
 */
export function keepModuleSyntax(typescript: TypeScript): ts.TransformerFactory<ts.SourceFile> {
  return (context) => {
    const { factory } = context;
    const runtime = (member: string): ts.Expression =>
      factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME_NAME), member);
    const visit = (node: ts.Node): ts.Node | undefined => {
      if (
        typescript.isMetaProperty(node) &&
        node.keywordToken === typescript.SyntaxKind.ImportKeyword
      ) {
        return runtime('meta');
      }
      const visited = typescript.visitEachChild(node, visit, context);
      if (!typescript.isCallExpression(visited)) return visited;
      const callee = visited.expression;
      if (callee.kind === typescript.SyntaxKind.ImportKeyword) {
        return factory.updateCallExpression(
          visited,
          runtime('import'),
          undefined,
          visited.arguments,
        );
      }
      if (isEarlierVariable(typescript, callee)) {
        // A plain call, not a method call: `this` is not the notebook's scope.
        const plain = factory.createParenthesizedExpression(
          factory.createComma(factory.createNumericLiteral(0), callee),
        );
        // V8 reports such a call behind the parenthesis; to the user it is where the name is.
        const pos = callee.name.end - callee.name.text.length;
        typescript.setSourceMapRange(plain, { pos, end: pos });
        return factory.updateCallExpression(visited, plain, undefined, visited.arguments);
      }
      return pointAtName(typescript, factory, visited);
    };
    return (file) => {
      const statements = file.statements.flatMap((statement) => {
        const own = withoutExport(typescript, factory, statement);
        return own === undefined ? [] : (visit(own) as ts.Statement);
      });
      const isImport = (statement: ts.Statement, index: number): boolean =>
        // The first statement binds the names.
        index === 0 || typescript.isImportDeclaration(statement);
      return factory.updateSourceFile(file, [
        ...statements.filter(isImport),
        ...statements.filter((statement, index) => !isImport(statement, index)),
      ]);
    };
  };
}

/** What is left of an export: the value of the last expression where it is looked for, or its own effects. */
function withoutExport(
  typescript: TypeScript,
  factory: ts.NodeFactory,
  statement: ts.Statement,
): ts.Statement | undefined {
  const evaluate = (expression: ts.Expression): ts.Statement =>
    typescript.setTextRange(
      factory.createExpressionStatement(factory.createVoidExpression(expression)),
      statement,
    );
  if (typescript.isExportDeclaration(statement) && !statement.moduleSpecifier) return undefined;
  if (typescript.isExportAssignment(statement)) return evaluate(statement.expression);
  const modifiers = typescript.canHaveModifiers(statement) ? statement.modifiers : undefined;
  if (!modifiers?.some(({ kind }) => kind === typescript.SyntaxKind.ExportKeyword))
    return statement;
  if (typescript.isVariableStatement(statement)) {
    // What tslab makes of the last expression: the user's own names are exported in a list.
    const [last] = statement.declarationList.declarations;
    if (!last?.initializer || !typescript.isIdentifier(last.name)) return statement;
    const holder = factory.createPropertyAccessExpression(
      factory.createIdentifier(RUNTIME_NAME),
      VALUE_MEMBER,
    );
    const assigned = factory.createExpressionStatement(
      factory.createAssignment(holder, last.initializer),
    );
    // V8 reports a call of what isn't there at the beginning of the statement.
    for (const node of [holder, assigned]) typescript.setSourceMapRange(node, last.initializer);
    return assigned;
  }
  if (typescript.isClassDeclaration(statement))
    return evaluate(
      factory.createClassExpression(
        undefined,
        undefined,
        undefined,
        statement.heritageClauses,
        statement.members,
      ),
    );
  return typescript.isFunctionDeclaration(statement) ? undefined : statement;
}

/** tslab writes a variable of an earlier cell as `exports.name`, and we as one of {@link SCOPE_NAME}. */
function isEarlierVariable(
  typescript: TypeScript,
  node: ts.Expression,
): node is ts.PropertyAccessExpression {
  return (
    typescript.isPropertyAccessExpression(node) &&
    typescript.isIdentifier(node.expression) &&
    node.expression.text === SCOPE_NAME
  );
}
