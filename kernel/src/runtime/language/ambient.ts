import type ts from 'typescript';
import { parseCell } from './cell-file';
import { isAugmentation } from './known-declarations';
import type { TypeScript } from './typescript';

/** A declaration file that cells have in common: what one of them declares for all modules. */
export interface AmbientFile {
  readonly name: string;
  readonly text: string;
}

/** Whether a cell may declare anything for other modules. */
export function mayBeAmbient(code: string): boolean {
  return /\bdeclare\s+(?:module|global)\b/.test(code);
}

/**
 * Takes the modules out of a cell that nothing but their declaration knows of: such a declaration
 * stands in a script. What is left has the same lines and columns.
 */
export function withoutAmbientModules(
  typescript: TypeScript,
  code: string,
  isKnown: (specifier: string) => boolean,
): { readonly code: string; readonly script: string } {
  const file = parseCell(typescript, code);
  if (file.parseDiagnostics.length > 0) return { code, script: '' };
  const found = file.statements.filter(
    (statement) =>
      isAugmentation(typescript, statement) &&
      typescript.isStringLiteral(statement.name) &&
      !isKnown(statement.name.text),
  );
  let left = code;
  for (const { end, ...statement } of found.map((node) => ({
    start: node.getStart(file),
    end: node.end,
  })))
    left =
      left.slice(0, statement.start) +
      left.slice(statement.start, end).replace(/[^\r\n]/g, ' ') +
      left.slice(end);
  return { code: left, script: found.map((node) => `${node.getText(file)}\n`).join('') };
}

/** Earlier files without what `text` declares anew, as when a cell runs for the second time. */
export function withoutRedeclared(
  typescript: TypeScript,
  files: readonly AmbientFile[],
  text: string,
): readonly AmbientFile[] {
  const later = new Map<string, ts.Statement[]>();
  for (const block of blocksOf(typescript, parseDeclarations(typescript, text)))
    later.set(block.name.text, [
      ...(later.get(block.name.text) ?? []),
      ...membersOf(typescript, block),
    ]);
  return files.map((old) => {
    const file = parseDeclarations(typescript, old.text);
    const gone = blocksOf(typescript, file).flatMap((block) => {
      const anew = later.get(block.name.text);
      if (anew === undefined) return [];
      if (block.body === undefined) return [block];
      return membersOf(typescript, block).flatMap((member) => redeclared(typescript, member, anew));
    });
    if (gone.length === 0) return old;
    let left = old.text;
    for (const { pos, end } of [...gone].sort((a, b) => b.pos - a.pos))
      left = left.slice(0, pos) + left.slice(end);
    return { ...old, text: left };
  });
}

/** What of a declaration is said anew: of an interface its members, else the whole. */
function redeclared(
  typescript: TypeScript,
  member: ts.Statement,
  later: readonly ts.Statement[],
): readonly ts.Node[] {
  const names = new Set(namesOf(typescript, member));
  const same = later.filter((other) => namesOf(typescript, other).some((name) => names.has(name)));
  if (!typescript.isInterfaceDeclaration(member)) return same.length > 0 ? [member] : [];
  const said = new Set(
    same
      .filter(typescript.isInterfaceDeclaration)
      .flatMap(({ members }) => members.map((one) => one.name?.getText())),
  );
  return member.members.filter(({ name }) => said.has(name?.getText()));
}

function blocksOf(typescript: TypeScript, file: ts.SourceFile): ts.ModuleDeclaration[] {
  return file.statements.filter((statement) => isAugmentation(typescript, statement));
}

function membersOf(typescript: TypeScript, { body }: ts.ModuleDeclaration): ts.Statement[] {
  return body && typescript.isModuleBlock(body) ? [...body.statements] : [];
}

function namesOf(typescript: TypeScript, statement: ts.Statement): string[] {
  if (typescript.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name ? [name.text] : [];
}

function parseDeclarations(typescript: TypeScript, text: string): ts.SourceFile {
  return typescript.createSourceFile(
    'ambient.d.ts',
    text,
    typescript.ScriptTarget.Latest,
    /* setParentNodes */ true,
  );
}
