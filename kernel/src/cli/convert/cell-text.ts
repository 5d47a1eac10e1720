import type ts from 'typescript';
import { importStatements, type AnalysedCell, type Place } from './analysis';
import { applyEdits, type Edit } from './edits';
import type { CellNames } from './naming';
import type { TypeScript } from './typescript';

/** Calls whose value is undefined by what they are. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set(['assert', 'console']);

/**
 * A cell as a part of the module: without its imports, by the module's names, and with its last expression
 * shown by the library, which goes by the name `library`. Empty where nothing is left.
 */
export function textOfCell(
  typescript: TypeScript,
  code: string,
  { file, own, borrowed }: AnalysedCell,
  names: CellNames,
  library: string,
): { readonly text: string; readonly shows: boolean } {
  const edits: Edit[] = [
    ...importStatements(typescript, file, code.length).map((statement) => ({
      start: statement.getStart(file),
      end: statement.end,
      text: '',
    })),
    ...renames(own, names.own),
    ...renames(borrowed, names.borrowed),
  ];
  const last = file.statements
    .filter(({ end }) => end <= code.length)
    .filter(({ kind }) => kind !== typescript.SyntaxKind.EmptyStatement)
    .at(-1);
  const shows = last !== undefined && isShown(typescript, last);
  if (shows) {
    const { expression } = last;
    const isList =
      typescript.isBinaryExpression(expression) &&
      expression.operatorToken.kind === typescript.SyntaxKind.CommaToken;
    const [open, close] = isList ? ['((', '))'] : ['(', ')'];
    const [start, end] = [expression.getStart(file), expression.end];
    edits.unshift({ start, end: start, text: `await ${library}.showResult${open}` });
    edits.push({ start: end, end: last.end, text: `${close};` });
  } else if (last && lacksSemicolon(typescript, last, file)) {
    edits.push({ start: last.end, end: last.end, text: ';' });
  }
  const text = applyEdits(code, edits)
    .replace(/^(?:[ \t]*;?[ \t]*\r?\n)+/, '')
    .trimEnd();
  return { text, shows };
}

function renames(places: readonly Place[], names: ReadonlyMap<string, string>): Edit[] {
  return places.flatMap(({ name, start, end, write }) => {
    const final = names.get(name);
    return final === undefined || final === name ? [] : [{ start, end, text: write(final) }];
  });
}

function isShown(
  typescript: TypeScript,
  statement: ts.Statement,
): statement is ts.ExpressionStatement {
  if (!typescript.isExpressionStatement(statement)) return false;
  let callee: ts.Expression = statement.expression;
  if (!typescript.isCallExpression(callee)) return true;
  while (typescript.isCallExpression(callee) || typescript.isPropertyAccessExpression(callee))
    callee = callee.expression;
  return !(typescript.isIdentifier(callee) && SHOWS_NOTHING.has(callee.text));
}

/** What follows could be taken for more of it. */
function lacksSemicolon(
  typescript: TypeScript,
  statement: ts.Statement,
  file: ts.SourceFile,
): boolean {
  const ends =
    typescript.isVariableStatement(statement) ||
    typescript.isExpressionStatement(statement) ||
    typescript.isTypeAliasDeclaration(statement) ||
    typescript.isThrowStatement(statement) ||
    typescript.isDoStatement(statement);
  return ends && !statement.getText(file).endsWith(';');
}
