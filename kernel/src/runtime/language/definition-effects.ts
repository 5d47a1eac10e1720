import type ts from 'typescript';
import type { TypeScript } from './typescript';

type Definition =
  ts.FunctionDeclaration | ts.ClassDeclaration | ts.EnumDeclaration | ts.ModuleDeclaration;

/** Whether to define something runs code that a user wrote: decorators, initial values, a base that is made. */
export function runsCode(typescript: TypeScript, definition: Definition): boolean {
  if (typescript.isFunctionDeclaration(definition)) return false;
  if (isMarked(definition, typescript.SyntaxKind.DeclareKeyword)) return false;
  if (typescript.isEnumDeclaration(definition))
    return definition.members.some(({ initializer }) => calls(typescript, initializer));
  if (typescript.isModuleDeclaration(definition)) return !hasTypesOnly(typescript, definition);
  const decorators = (node: ts.HasDecorators): boolean =>
    (typescript.getDecorators(node)?.length ?? 0) > 0;
  const bases = (definition.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  return (
    decorators(definition) ||
    bases.some(({ expression }) => calls(typescript, expression)) ||
    definition.members.some(
      (member) =>
        typescript.isClassStaticBlockDeclaration(member) ||
        (typescript.canHaveDecorators(member) && decorators(member)) ||
        hasCalledName(typescript, member) ||
        (typescript.isPropertyDeclaration(member) &&
          isMarked(member, typescript.SyntaxKind.StaticKeyword) &&
          calls(typescript, member.initializer)),
    )
  );
}

function isMarked({ modifiers }: Definition | ts.PropertyDeclaration, by: ts.SyntaxKind): boolean {
  return modifiers?.some(({ kind }) => kind === by) === true;
}

function hasTypesOnly(typescript: TypeScript, { body }: ts.ModuleDeclaration): boolean {
  if (!body) return true;
  if (typescript.isModuleDeclaration(body)) return hasTypesOnly(typescript, body);
  return (
    typescript.isModuleBlock(body) &&
    body.statements.every(
      (one) => typescript.isInterfaceDeclaration(one) || typescript.isTypeAliasDeclaration(one),
    )
  );
}

function hasCalledName(typescript: TypeScript, { name }: ts.ClassElement): boolean {
  return (
    name !== undefined &&
    typescript.isComputedPropertyName(name) &&
    calls(typescript, name.expression)
  );
}

/** Whether to evaluate an expression may do more than give a value; functions in it don't run. */
function calls(typescript: TypeScript, node: ts.Node | undefined): boolean {
  if (!node || typescript.isFunctionLike(node)) return false;
  return (
    typescript.isCallExpression(node) ||
    typescript.isNewExpression(node) ||
    typescript.isTaggedTemplateExpression(node) ||
    typescript.isAwaitExpression(node) ||
    typescript.isDeleteExpression(node) ||
    typescript.isPostfixUnaryExpression(node) ||
    isAssignment(typescript, node) ||
    (typescript.isPrefixUnaryExpression(node) &&
      (node.operator === typescript.SyntaxKind.PlusPlusToken ||
        node.operator === typescript.SyntaxKind.MinusMinusToken)) ||
    typescript.forEachChild(node, (child) => calls(typescript, child)) === true
  );
}

function isAssignment(typescript: TypeScript, node: ts.Node): boolean {
  if (!typescript.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  const { FirstAssignment, LastAssignment } = typescript.SyntaxKind;
  return kind >= FirstAssignment && kind <= LastAssignment;
}
