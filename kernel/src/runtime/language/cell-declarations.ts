import type ts from 'typescript';
import type { CellSource } from '../contract';
import { parseCell } from './cell-file';
import { nameOf, textOf } from './source-text';
import type { TypeScript } from './typescript';

/** The statements by which cells declared the names that are known now, as the user wrote them. */
export class CellDeclarations {
  private readonly statements = new Map<string, string>();

  constructor(private readonly typescript: TypeScript) {}

  /**
   * Takes what a cell declares at its top level, except the names in `lost`.
   * @param code The cell's TypeScript, with magics expanded line for line.
   * @param source What the user wrote, if that is not `code`.
   */
  remember(code: string, source: CellSource | undefined, lost: ReadonlySet<string>): void {
    const { typescript } = this;
    const file = parseCell(typescript, code);
    const found = new Map<string, string>();
    for (const statement of file.statements) {
      const names = declaredNames(typescript, statement).filter((name) => !lost.has(name));
      if (names.length === 0) continue;
      const text = writtenText(statement, file, source);
      for (const name of names) {
        const earlier = found.get(name);
        found.set(name, earlier === undefined ? text : `${earlier}\n${text}`);
      }
    }
    for (const [name, text] of found) this.statements.set(name, text);
  }

  /** The declaration that names lead to from the top level: `['Point', 'move']`. */
  find([name, ...members]: readonly string[]): string | undefined {
    const statement = name === undefined ? undefined : this.statements.get(name);
    if (name === undefined || statement === undefined || members.length === 0) return statement;
    const { typescript } = this;
    const file = typescript.createSourceFile(
      'declaration.ts',
      statement,
      typescript.ScriptTarget.Latest,
      /* setParentNodes */ true,
    );
    const found = membersNamed(typescript, file, [name, ...members]);
    return found.length === 0 ? undefined : found.map((node) => textOf(node, file)).join('\n');
  }

  clear(): void {
    this.statements.clear();
  }
}

function declaredNames(typescript: TypeScript, statement: ts.Statement): string[] {
  const names: string[] = [];
  const add = (name: ts.BindingName): void => {
    if (typescript.isIdentifier(name)) names.push(name.text);
    else
      for (const element of name.elements)
        if (typescript.isBindingElement(element)) add(element.name);
  };
  if (typescript.isVariableStatement(statement)) {
    for (const declaration of statement.declarationList.declarations) add(declaration.name);
  } else if (typescript.isImportDeclaration(statement)) {
    const bindings = statement.importClause?.namedBindings;
    if (statement.importClause?.name) add(statement.importClause.name);
    if (bindings && typescript.isNamespaceImport(bindings)) add(bindings.name);
    else for (const element of bindings?.elements ?? []) add(element.name);
  } else {
    const name = nameOf(typescript, statement);
    if (name !== undefined) names.push(name);
  }
  return names;
}

/** The user's own text of a statement; what a magic put in is the magic's line as a whole. */
function writtenText(
  statement: ts.Statement,
  file: ts.SourceFile,
  source: CellSource | undefined,
): string {
  if (!source) return textOf(statement, file);
  const start = statement.getStart(file);
  const span = source.spans.find(
    ({ target, length }) => start >= target && statement.end <= target + length,
  );
  if (span) {
    const shift = span.source - span.target;
    return source.text.slice(start + shift, statement.end + shift);
  }
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  return source.text
    .split('\n')
    .slice(lineAt(start), lineAt(statement.end) + 1)
    .join('\n')
    .trim();
}

/** Every declaration that the names lead to; what is local to a function's body has no such path. */
function membersNamed(typescript: TypeScript, node: ts.Node, path: readonly string[]): ts.Node[] {
  const [name, ...members] = path;
  const found: ts.Node[] = [];
  typescript.forEachChild(node, (child) => {
    if (typescript.isBlock(child)) return;
    if (nameOf(typescript, child) !== name) found.push(...membersNamed(typescript, child, path));
    else if (members.length === 0) found.push(child);
    else found.push(...membersNamed(typescript, child, members));
  });
  return found;
}
