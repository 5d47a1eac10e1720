import type ts from 'typescript';
import { SCOPE_NAME } from './runtime-names';
import type { TypeScript } from './typescript';

/** Where a cell's names are looked up. */
export interface CompiledCell {
  readonly checker: ts.TypeChecker;
  readonly file: ts.SourceFile | undefined;
  /** The file with the declarations of earlier cells. */
  readonly earlier: ts.SourceFile | undefined;
}

type ResolvingChecker = ts.TypeChecker & {
  resolveName(
    name: string,
    location: ts.Node,
    meaning: ts.SymbolFlags,
    excludeGlobals: boolean,
  ): ts.Symbol | undefined;
};

/**
 * tslab writes a variable of an earlier cell as a property of {@link SCOPE_NAME}, but passes over
 * `{ name }`. This stands in for its `visitEachChild` and writes `{ name: __cells.name }`.
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
  /** `React` of `React.createElement`, which JSX stands for without naming it. */
  const isEarlierFactory = (node: ts.Node): node is ts.Identifier => {
    const tag = node.parent as ts.Node | undefined;
    if (!typescript.isIdentifier(node) || !tag || !isJsx(typescript, tag, node)) return false;
    const current = compiled();
    const checker = current?.checker as ResolvingChecker | undefined;
    const symbol = checker?.resolveName(node.text, tag, typescript.SymbolFlags.Value, false);
    return symbol?.declarations?.some((d) => d.getSourceFile() === current?.earlier) ?? false;
  };
  const visit = (node: ts.Node, visit: ts.Visitor, context?: ts.TransformationContext): ts.Node => {
    // A name of an earlier cell under another one: what leads to it is made with the other names.
    if (typescript.isExportSpecifier(node)) return node;
    const visitor: ts.Visitor = (child) =>
      isEarlierFactory(child)
        ? factory.createPropertyAccessExpression(factory.createIdentifier(SCOPE_NAME), child.text)
        : visit(child);
    if (typescript.isSourceFile(node)) {
      const visited = typescript.visitEachChild(node, visitor, context);
      if (visited !== node) return visited;
      // tslab puts statements into what it gets, which must not be the user's own file.
      return factory.updateSourceFile(node, factory.createNodeArray([...node.statements]));
    }
    if (!typescript.isShorthandPropertyAssignment(node) || !isEarlier(node)) {
      return typescript.visitEachChild(node, visitor, context);
    }
    const { name, objectAssignmentInitializer: initial } = node;
    const variable = factory.createPropertyAccessExpression(
      factory.createIdentifier(SCOPE_NAME),
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

/** Whether the parent of a name is an element that it is not the tag of. */
function isJsx(typescript: TypeScript, parent: ts.Node, name: ts.Identifier): boolean {
  if (typescript.isJsxOpeningLikeElement(parent)) return parent.tagName !== name;
  return typescript.isJsxOpeningFragment(parent) || typescript.isJsxFragment(parent);
}
