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

/** Earlier files without what `text` declares anew, as when a cell runs for the second time; none is left empty. */
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
  return files.flatMap((old) => {
    const blocks = blocksOf(typescript, parseDeclarations(typescript, old.text));
    const gone = blocks.flatMap((block) => {
      const anew = later.get(block.name.text);
      if (anew === undefined) return [];
      if (block.body === undefined) return [block];
      return membersOf(typescript, block).flatMap((member) => redeclared(typescript, member, anew));
    });
    const isGone = (node: ts.Node): boolean => gone.includes(node);
    const isEmpty = (block: ts.ModuleDeclaration): boolean =>
      isGone(block) || (block.body !== undefined && membersOf(typescript, block).every(isGone));
    if (blocks.every((block) => later.has(block.name.text) && isEmpty(block))) return [];
    let left = old.text;
    for (const { pos, end } of [...gone].sort((a, b) => b.pos - a.pos))
      left = left.slice(0, pos) + left.slice(end);
    return [{ ...old, text: left }];
  });
}

/** What of a declaration is said anew: of an interface its members, if it says more, else the whole. */
function redeclared(
  typescript: TypeScript,
  member: ts.Statement,
  later: readonly ts.Statement[],
): readonly ts.Node[] {
  const names = new Set(namesOf(typescript, member));
  if (names.size === 0) return hasSameText(member, later) ? [member] : [];
  const same = later.filter((other) => namesOf(typescript, other).some((name) => names.has(name)));
  if (!typescript.isInterfaceDeclaration(member)) return same.length > 0 ? [member] : [];
  const interfaces = same.filter(typescript.isInterfaceDeclaration);
  const said = interfaces.flatMap(({ members }) => [...members]);
  const saidNames = new Set(said.flatMap(({ name }) => name?.getText() ?? []));
  const gone = member.members.filter((one) =>
    one.name ? saidNames.has(one.name.getText()) : hasSameText(one, said),
  );
  const bases = interfaces.flatMap(({ heritageClauses = [] }) => [...heritageClauses]);
  const isWhole =
    interfaces.length > 0 &&
    gone.length === member.members.length &&
    (member.heritageClauses ?? []).every((clause) => hasSameText(clause, bases));
  return isWhole ? [member] : gone;
}

/** Whether one of the others says the same, however it is set. */
function hasSameText(node: ts.Node, others: readonly ts.Node[]): boolean {
  const textOf = (one: ts.Node): string => one.getText().replace(/[\s;]+/g, '');
  return others.some((other) => textOf(other) === textOf(node));
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
  if (typescript.isExportAssignment(statement)) return ['export default'];
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
