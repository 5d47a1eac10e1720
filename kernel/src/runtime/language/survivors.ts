import type ts from 'typescript';
import { CELL_START } from './cell-file';
import { runsCode } from './definition-effects';
import type { TypeScript } from './typescript';

/** A cell's file and what TypeScript finds wrong in it. */
export interface CheckedCell {
  readonly program: ts.Program;
  readonly file: ts.SourceFile;
  readonly errors: readonly ts.Diagnostic[];
}

/**
 * The statements of a cell with type errors that are worth keeping: imports, and declarations of
 * functions, classes and types, where neither they nor anything they use has an error. To define them
 * runs none of the cell's code.
 */
export function survivors(
  typescript: TypeScript,
  { program, file, errors }: CheckedCell,
): readonly ts.Statement[] {
  const checker = program.getTypeChecker();
  const kept = new Set(
    file.statements.filter(
      (statement) => declaresOnly(typescript, statement) && !hasError(statement, errors),
    ),
  );
  const uses = new Map([...kept].map((one) => [one, usedBy(typescript, checker, file, one)]));
  for (let before = -1; before !== kept.size;) {
    before = kept.size;
    for (const statement of [...kept]) {
      const isLeft = [...(uses.get(statement) ?? [])].every((used) => kept.has(used));
      if (!isLeft) kept.delete(statement);
    }
  }
  return file.statements.filter((statement) => kept.has(statement));
}

/** A cell's text with nothing but these statements, where they were. */
export function textOfStatements(text: string, statements: readonly ts.Statement[]): string {
  const blank = (from: number, to: number): string => text.slice(from, to).replace(/[^\r\n]/g, ' ');
  let left = '';
  for (const statement of statements) {
    const start = Math.max(statement.getFullStart() - CELL_START, 0);
    const end = statement.end - CELL_START;
    left += blank(left.length, start) + text.slice(start, end);
  }
  return left + blank(left.length, text.length);
}

function declaresOnly(typescript: TypeScript, statement: ts.Statement): boolean {
  return (
    typescript.isImportDeclaration(statement) ||
    typescript.isImportEqualsDeclaration(statement) ||
    typescript.isInterfaceDeclaration(statement) ||
    typescript.isTypeAliasDeclaration(statement) ||
    ((typescript.isFunctionDeclaration(statement) ||
      typescript.isClassDeclaration(statement) ||
      typescript.isEnumDeclaration(statement) ||
      typescript.isModuleDeclaration(statement)) &&
      !runsCode(typescript, statement))
  );
}

function hasError(statement: ts.Statement, errors: readonly ts.Diagnostic[]): boolean {
  return errors.some(
    ({ start = -1 }) => start >= statement.getStart() && start < Math.max(statement.end, 1),
  );
}

/** The statements of the cell that declare a name in this one; those of its own name, too. */
function usedBy(
  typescript: TypeScript,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  statement: ts.Statement,
): ReadonlySet<ts.Statement> {
  const used = new Set<ts.Statement>();
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node)) {
      const { parent } = node;
      const symbol = typescript.isShorthandPropertyAssignment(parent)
        ? checker.getShorthandAssignmentValueSymbol(parent)
        : checker.getSymbolAtLocation(node);
      for (const declaration of symbol?.declarations ?? []) {
        const owner = statementOf(typescript, file, declaration);
        if (owner) used.add(owner);
      }
    }
    typescript.forEachChild(node, visit);
  };
  visit(statement);
  return used;
}

function statementOf(
  typescript: TypeScript,
  file: ts.SourceFile,
  declaration: ts.Node,
): ts.Statement | undefined {
  let node = declaration;
  if (typescript.isSourceFile(node)) return undefined;
  while (!typescript.isSourceFile(node.parent)) node = node.parent;
  // An export in the list at the end stands for a name that is declared elsewhere.
  if (node.parent !== file || typescript.isExportDeclaration(node)) return undefined;
  return node as ts.Statement;
}
