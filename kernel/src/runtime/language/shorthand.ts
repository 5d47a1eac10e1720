import type ts from 'typescript';
import type { TypeScript } from './typescript';

/** Where a cell's names are looked up. */
export interface CompiledCell {
  readonly checker: ts.TypeChecker;
  /** The file with the declarations of earlier cells. */
  readonly earlier: ts.SourceFile | undefined;
}

/**
 * tslab writes a variable of an earlier cell as `exports.name`, but passes over `{ name }`. This stands
 * in for its `visitEachChild` and writes `{ name: exports.name }`.
 */
export function visitWithShorthand(
  typescript: TypeScript,
  compiled: () => CompiledCell | undefined,
): TypeScript['visitEachChild'] {
  const { factory } = typescript;
  const isEarlier = (node: ts.ShorthandPropertyAssignment): boolean => {
    const current = compiled();
    const symbol = current?.checker.getShorthandAssignmentValueSymbol(
      typescript.getOriginalNode(node),
    );
    return symbol?.declarations?.some((d) => d.getSourceFile() === current?.earlier) ?? false;
  };
  const visit = (
    node: ts.Node,
    visitor: ts.Visitor,
    context?: ts.TransformationContext,
  ): ts.Node => {
    if (!typescript.isShorthandPropertyAssignment(node) || !isEarlier(node)) {
      return typescript.visitEachChild(node, visitor, context);
    }
    const { name, objectAssignmentInitializer: initial } = node;
    const variable = factory.createPropertyAccessExpression(
      factory.createIdentifier('exports'),
      name,
    );
    const value =
      initial === undefined
        ? variable
        : factory.createAssignment(
            variable,
            typescript.visitNode(initial, visitor) as ts.Expression,
          );
    return typescript.setTextRange(
      factory.createPropertyAssignment(factory.createIdentifier(name.text), value),
      node,
    );
  };
  return visit;
}
